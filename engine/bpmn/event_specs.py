"""Events that catch: on their own, at the border of an activity, or to start a subprocess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.specs import Activity, Step, withdraw_beside
from engine.bpmn.terms import Mappings
from engine.bpmn.triggers import ConditionTrigger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.merge import Values
    from engine.bpmn.token import Token
    from engine.bpmn.triggers import Trigger
    from engine.domain.process_graph import FlowNode


class Awaiting(Step):
    """A step that waits for what its trigger says."""

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str, trigger: Trigger) -> None:
        super().__init__(process_spec, node, name=name)
        self.trigger = trigger
        self.waits_for = trigger.waits_for
        self.rivals: Mapping[str, frozenset[Step]] = {}  # behind an event-based gateway, by flow

    def _on_complete(self, my_task: Token) -> None:
        self.trigger.close(my_task)
        super()._on_complete(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        self.trigger.close(my_task)

    def leave(self, token: Token) -> None:
        """Withdraw what else could have happened, take the values in, and go on."""
        withdraw_beside(token, self.rivals.get(token.via, frozenset()))
        token.data = self.received(token.data, token)
        super().leave(token)

    def received(self, data: Values, token: Token) -> Values:
        """Return data with the values that came with the event."""
        return {**data, **token.received} if token.received else data


class Catcher(Awaiting):
    """An event that waits, and says which of the values that come with it are kept."""

    is_recorded = True

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str, trigger: Trigger) -> None:
        super().__init__(process_spec, node, name=name, trigger=trigger)
        self.watches = isinstance(trigger, ConditionTrigger)
        self.payload = Mappings(node.id, node.outputs)

    def arrive(self, token: Token) -> None:
        """Wait."""
        self.trigger.open(token)

    def wait_again(self, before: Token, again: Token) -> None:
        """Let another token wait in the place of one whose event happened."""
        told = self.trigger.told_again(before)
        again.workflow.journal.scheduled(self.bpmn_id, again.name, told)
        self.trigger.open_again(again, before)

    def received(self, data: Values, token: Token) -> Values:
        """Return data with the values that came with the event."""
        got = super().received(data, token)
        return {**data, **self.payload.results(got, token, onto=data)} if self.payload else got

    def wake(self, token: Token, inside: Mapping[int, Values]) -> bool:
        """Let a conditional event happen if its condition became true."""
        assert isinstance(self.trigger, ConditionTrigger)
        seen = view_from(token, inside)
        if not self.trigger.happens(token, seen):
            return False
        self.see(token, seen)
        token.run()
        return True

    def see(self, token: Token, seen: Values) -> None:
        """Let the token go on with the data it saw; what others wrote stays theirs."""
        if seen is token.data:
            return
        own = token.data
        before = token.workflow.fork_of(token).data if token.base is None else token.base
        written = {key for key, value in own.items() if before.get(key, before) is not value}
        base = {key: value for key, value in seen.items() if key not in written}
        token.base = {**base, **{key: before[key] for key in written if key in before}}
        token.data = seen


def view_from(token: Token, inside: Mapping[int, Values]) -> Values:
    """Return the data of the case as a token sees them: its scopes' local values on top."""
    workflow = token.workflow
    seen = dict(inside[0])
    scopes = [workflow.tasks[number] for number in workflow.forks_above(token)]
    for scope in [one for one in reversed(scopes) if one.outer is not None]:
        for name in scope.task_spec.local_names:
            if name in inside[scope.id]:
                seen[name] = inside[scope.id][name]
    return seen


class CatchEvent(Catcher):
    """An intermediate event that catches."""


class ReceiveTask(Awaiting, Activity):
    """A task that waits for a message."""

    def begin(self, token: Token) -> None:
        """Subscribe."""
        self.trigger.open(token)


class BoundaryEvent(Catcher):
    """An event at the border of an activity that waits as long as the activity is open."""

    is_token = False
    is_boundary = True
    is_interrupting = True
    host: Step
    beside: frozenset[Step] = frozenset()  # the activity and the other events at its border

    def see(self, token: Token, seen: Values) -> None:
        """Nothing: the event goes on with the data of its activity."""

    def leave(self, token: Token) -> None:
        """Withdraw the activity, or wait on beside it; then go on."""
        workflow = token.workflow
        fork = workflow.fork_of(token)
        host = next(t for t in workflow.branches(fork) if t.task_spec is self.host)
        seen = workflow.seen_beside(host)
        token.data = self.received(seen, token)
        if self.is_interrupting:
            token.base = host.base
            withdraw_beside(token, self.beside)
        else:
            token.base = None if seen is fork.data else seen
            if self.trigger.can_open_again(token):
                self._wait_on(token)
        token.workflow.move(token, self.ways)

    def _wait_on(self, token: Token) -> None:
        workflow = token.workflow
        fork = workflow.fork_of(token)
        self.wait_again(token, workflow.spawn(self, fork, fork.data))


class CaughtEvent(Step):
    """An event at the border of an activity that catches what is thrown inside; never waits."""

    is_recorded = True
    is_interrupting = True

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        assert node.event is not None
        self.event, self.kind, self.code = node.event, node.event.kind, node.event.code
        self.payload = Mappings(node.id, node.outputs)

    def catch(self, host: Token, received: Values, named: Values) -> None:
        """Go on from the border of an activity, instead of it or beside it.

        ``named`` is what the event itself keeps of what came, whatever its mappings say.
        """
        workflow = host.workflow
        seen = workflow.seen_beside(host)
        fork = workflow.fork_of(host)
        token = workflow.spawn(self, fork, {**seen, **received} if received else seen)
        if self.payload:
            token.data = {**seen, **self.payload.results(token.data, token, onto=seen)}
        if named:
            token.data = {**token.data, **named}
        if self.is_interrupting:
            token.base = host.base
            withdraw_beside(host, host.task_spec.boundary)
            workflow.withdraw(host)
        elif seen is not fork.data:
            token.base = seen
        self._update(token)
