"""Scopes: the process itself, subprocesses and event subprocesses."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.event_specs import Catcher
from engine.bpmn.specs import Activity, Step
from engine.bpmn.terms import Mappings
from engine.bpmn.token import NOTHING
from engine.domain.process_graph import FlowNode, NodeType

if TYPE_CHECKING:
    from engine.bpmn.merge import Values
    from engine.bpmn.token import Token
    from engine.bpmn.triggers import Trigger


class SubProcess(Activity):
    """A subprocess: open until no token that counts is left in it."""

    starts: tuple[Step, ...] = ()

    def _run_hook(self, my_task: Token) -> None:
        my_task.state = TaskState.STARTED
        self.open(my_task)
        workflow = my_task.workflow
        for start in self.starts:
            token = workflow.spawn(start, my_task, my_task.data)
            start._update(token)  # noqa: SLF001 -- how SpiffWorkflow delivers

    def open(self, scope: Token) -> None:
        """Let event subprocesses listen from the beginning of the scope to its end."""
        for listener in self.listeners:
            token = scope.workflow.spawn(listener, scope, scope.data)
            listener._update(token)  # noqa: SLF001 -- how SpiffWorkflow delivers

    def token_ended(self, scope: Token, token: Token) -> None:
        """Consume a token; those it ran beside see what it wrote. The last one ends the scope."""
        workflow = scope.workflow
        top, written = token, workflow.given(token, token.data)
        fork = workflow.fork_of(token)
        while fork is not scope and len(fork.child_ids) == 1:  # a fork that had to stay
            top, written = fork, workflow.given(fork, written)
            fork = workflow.fork_of(top)
        is_last = next(islice(workflow.counting(scope), 1, 2), None) is None
        if fork is scope and is_last:
            workflow.detach(token)
            self.finish(scope, written)
        else:
            workflow.publish(fork, written)
            workflow.detach(token)

    def finish(self, scope: Token, data: Values) -> None:
        """Close a scope with the data it ends with."""
        scope.workflow.empty(scope)
        scope.data = data
        scope.complete()


class RootScope(SubProcess):
    """The process itself."""

    is_recorded = False

    def __init__(self, process_spec: Any, *, name: str, key: str) -> None:
        super().__init__(process_spec, FlowNode(key, NodeType.SUB_PROCESS), name=name)

    def finish(self, scope: Token, data: Values) -> None:
        """End the case."""
        workflow = scope.workflow
        workflow.empty(scope)
        workflow.data = data


class EventSubProcess(SubProcess):
    """A subprocess that its start event starts, in place of its scope's tokens or beside them."""

    is_event_sub_process = True

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str, start: FlowNode) -> None:
        super().__init__(process_spec, node, name=name)
        assert start.event is not None
        self.event, self.kind, self.code = start.event, start.event.kind, start.event.code
        self.takes_over = start.is_interrupting
        self.start_id = start.id
        self.payload = Mappings(start.id, start.outputs)
        self.start: Step

    def handle(self, scope: Token, received: Values, named: Values) -> None:
        """Catch an error or escalation that was thrown in the scope."""
        workflow = scope.workflow
        name = str(workflow.next_id)
        workflow.next_id += 1
        workflow.journal.scheduled(self.start_id, name)
        workflow.journal.completed(self.start_id, name)
        self.trigger(scope, received, named)

    def trigger(self, scope: Token, received: Values, named: Values = NOTHING) -> None:
        """Begin in a scope with the values that came with the event.

        ``named`` is what the event itself keeps of them, whatever its mappings say.
        """
        workflow = scope.workflow
        seen = workflow.inside(scope)
        if self.takes_over:
            workflow.empty(scope)
        data = {**seen, **received} if received else seen
        if self.payload:
            data = {**seen, **self.payload.results(data, scope, onto=seen)}
        data = {**data, **named} if named else data
        token = workflow.spawn(self, scope, data)
        if not self.takes_over and seen is not scope.data:
            token.base = seen
        self._update(token)

    def _run_hook(self, my_task: Token) -> None:
        my_task.state = TaskState.STARTED
        self.open(my_task)
        workflow = my_task.workflow
        first = workflow.spawn(self.start, my_task, my_task.data)
        workflow.move(first, self.start.ways)


class Listener(Catcher):
    """The start event of an event subprocess: waits as long as the scope around it is open."""

    is_listener = True
    is_token = False

    def __init__(
        self,
        process_spec: Any,
        node: FlowNode,
        *,
        name: str,
        trigger: Trigger,
        event_sub_process: EventSubProcess,
    ) -> None:
        super().__init__(process_spec, node, name=name, trigger=trigger)
        self.event_sub_process = event_sub_process

    def see(self, token: Token, seen: Values) -> None:
        """Nothing: the event subprocess begins with the data of its scope."""

    def leave(self, token: Token) -> None:
        """Start the event subprocess; one that does not interrupt may start again."""
        workflow, started = token.workflow, self.event_sub_process
        scope = workflow.fork_of(token)
        if not started.takes_over and self.trigger.can_open_again(token):
            self.wait_again(token, workflow.spawn(self, scope, scope.data))
        received = token.received
        workflow.detach(token)
        started.trigger(scope, received)
