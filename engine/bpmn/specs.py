"""What activities and events do with a token: our task specs on SpiffWorkflow's.

The life of a token at a node, as SpiffWorkflow calls it: ``_update`` (the token arrived: wait
or be ready), ``_run_hook`` (the node does its work), ``_on_complete`` (the token goes on) or
``_on_cancel`` (it was withdrawn). Prediction of future tasks is switched off.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from engine.domain.duration import InvalidDuration
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.bpmn.runtime import Token
    from engine.bpmn.timers import Timing
    from engine.domain.process_graph import FlowNode

# A way out of a node: id of the sequence flow and the spec of the node it leads to.
Way: TypeAlias = "tuple[str, Step]"


class Step(BpmnSpecMixin):  # type: ignore[misc] # untyped base
    """A node that hands every token on at once."""

    is_recorded = False  # activities and events are, gateways are not
    waits_for_outside = False  # for a person or a moment, not for another token
    is_token = True  # boundary events wait beside the token of their activity

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, name)
        self.bpmn_id: str = node.id
        self.ways: tuple[Way, ...] = ()

    def _predict(self, my_task: Token, *_: object, **__: object) -> None:
        """Nothing: only tokens that exist are in the tree."""

    def _update(self, my_task: Token) -> None:
        if self.is_recorded:
            my_task.workflow.journal.scheduled(self.bpmn_id, my_task.name)
        self.arrive(my_task)

    def arrive(self, token: Token) -> None:
        """Decide whether a token that arrived waits; by default it goes on."""
        token.ready()

    def _on_ready(self, my_task: Token) -> None:
        if not self.manual:
            my_task.workflow.ready_queue.append(my_task)

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_complete(self, my_task: Token) -> None:
        if self.is_recorded:
            my_task.workflow.journal.completed(self.bpmn_id, my_task.name)
        self.leave(my_task)

    def leave(self, token: Token) -> None:
        """Send a token on that is done here."""
        token.workflow.move(token, self.chosen(token))

    def chosen(self, token: Token) -> Sequence[Way]:
        """Return the ways a token takes: all, unless a gateway decides."""
        return self.ways

    def _on_cancel(self, my_task: Token) -> None:
        if self.is_recorded:
            my_task.workflow.journal.cancelled(self.bpmn_id, my_task.name)


class PassedStep(Step):
    """A start event or plain task: recorded, and done at once."""

    is_recorded = True


class EndEvent(Step):
    """A none end event: consumes its token."""

    is_recorded = True

    def leave(self, token: Token) -> None:
        """Consume the token."""
        token.workflow.end(token)


class TerminateEndEvent(EndEvent):
    """A terminate end event: consumes every token of the instance."""

    def leave(self, token: Token) -> None:
        """Consume the token and withdraw all others."""
        token.workflow.terminate(token)


class OfferedTask(Step):
    """A user or manual task: waits for a person."""

    is_recorded = True
    waits_for_outside = True

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        self.manual = True
        self.boundary: frozenset[Step] = frozenset()

    def arrive(self, token: Token) -> None:
        """Offer the task."""
        token.ready()
        token.workflow.journal.task_opened(self.bpmn_id, token.name)

    def leave(self, token: Token) -> None:
        """Withdraw the events at the boundary and go on."""
        withdraw_beside(token, self.boundary)
        super().leave(token)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        my_task.workflow.journal.task_withdrawn(my_task.name)


def withdraw_beside(token: Token, specs: frozenset[Step]) -> None:
    """Withdraw the tokens at these nodes that came from the same fork.

    An activity and the events at its boundary always hang under the fork that armed them:
    the fork stays as long as one of its events waits.
    """
    if not specs:
        return
    workflow = token.workflow
    for other in workflow.branches(workflow.fork_of(token)):
        if other is not token and other.task_spec in specs:
            other.cancel()
            workflow.detach(other)


class TimerEvent(Step):
    """A timer event: waits for a moment."""

    is_recorded = True
    waits_for_outside = True

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str, timing: Timing) -> None:
        super().__init__(process_spec, node, name=name)
        self.timing = timing

    def arrive(self, token: Token) -> None:
        """Set the timer."""
        try:
            due_at = self.timing.first_due(token.workflow.at)
        except InvalidDuration as error:
            raise ExecutionFailed(self.bpmn_id, str(error)) from error
        self.arm(token, due_at, self.timing.times)

    def arm(self, token: Token, due_at: datetime, times: int | None) -> None:
        """Let a token wait for a moment; a cycle says how often that may happen."""
        token.internal_data = {"due": due_at.isoformat(), "times": times}
        token.wait()
        token.workflow.journal.timer_opened(self.bpmn_id, token.name, due_at)

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.journal.timer_closed(my_task.name)
        super()._on_complete(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        my_task.workflow.journal.timer_closed(my_task.name)


class InterruptingTimer(TimerEvent):
    """A timer at the boundary of an activity that ends the activity when it fires."""

    is_token = False
    beside: frozenset[Step] = frozenset()  # the activity and the other events at its boundary

    def leave(self, token: Token) -> None:
        """Withdraw the activity and go on."""
        withdraw_beside(token, self.beside)
        super().leave(token)


class NonInterruptingTimer(TimerEvent):
    """A timer at the boundary that starts a branch beside the activity, perhaps repeatedly."""

    is_token = False

    def leave(self, token: Token) -> None:
        """Set the timer of a cycle again and go on."""
        times = token.internal_data["times"]
        if times is None or times > 1:
            self._arm_again(token, None if times is None else times - 1)
        super().leave(token)

    def _arm_again(self, token: Token, times: int | None) -> None:
        workflow = token.workflow
        fork = workflow.fork_of(token)
        again = workflow.spawn(self, fork, fork.data)
        workflow.journal.scheduled(self.bpmn_id, again.name)
        due_at = datetime.fromisoformat(token.internal_data["due"])
        self.arm(again, self.timing.next_due(due_at), times)


class BoundarySplit(Step):
    """Stands before an activity with boundary events and arms them beside it."""
