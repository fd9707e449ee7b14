"""Compensation: activities that are done are undone, the last one first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn import catching
from engine.bpmn.specs import Step
from engine.bpmn.throw_specs import EndEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bpmn.specs import Activity
    from engine.bpmn.token import Done, Token
    from engine.domain.process_graph import FlowNode


class Compensating(Step):
    """Runs handlers one after another; a scope with at most one token: that of a handler.

    A handler sees the data as of the completion of its activity. What it writes is written to
    the data of today (BPMN 2.0, clause 13.5.5).
    """

    def _run_hook(self, my_task: Token) -> bool | None:
        my_task.done = self.taken(my_task)
        my_task.state = TaskState.STARTED
        if self._begin_next(my_task):
            return None
        my_task.done = None
        return True

    def taken(self, token: Token) -> list[Done]:
        """Take what is to be undone out of the scopes that remember it."""
        scope = token.workflow.scope_of(token)
        done, scope.done = scope.done or [], None
        return done

    def _begin_next(self, token: Token) -> bool:
        """Begin to undo the youngest visit that a handler is drawn for; False: there is none."""
        workflow = token.workflow
        while token.done:
            youngest = token.done.pop()
            activity: Activity = workflow.spec.task_specs[youngest.step]
            if activity.undo is None:
                token.done += youngest.inside
                continue
            handler = workflow.spawn(activity.undo, token, youngest.data)
            handler.base = youngest.data
            if activity.undo.is_event_sub_process:
                handler.done = list(youngest.inside) or None
            activity.undo._update(handler)  # noqa: SLF001 -- how SpiffWorkflow delivers
            return True
        return False

    def token_ended(self, scope: Token, token: Token) -> None:
        """Take over what the handler wrote, and begin the next."""
        workflow = scope.workflow
        scope.data = workflow.given(token, token.data)
        workflow.detach(token)
        if not self._begin_next(scope):
            scope.done = None
            scope.complete()


class CompensationEvent(Compensating):
    """A throwing event that compensates its scope, or one activity of it."""

    is_recorded = True

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        assert node.event is not None
        self._activity = node.event.activity

    def taken(self, token: Token) -> list[Done]:
        """Take the visits of the activity, or all of the scope."""
        taken: list[Done] = []
        for scope in _scopes(token):
            done = scope.done or []
            if self._activity is None:
                taken, scope.done = [*done, *taken], None
                continue
            specs = token.workflow.spec.task_specs
            its = [one for one in done if specs[one.step].bpmn_id == self._activity]
            taken = [*its, *taken]
            scope.done = [one for one in done if one not in its] or None
        return taken


def _scopes(token: Token) -> Iterator[Token]:
    """Return the scope of a token, and for event subprocesses the scope they belong to."""
    scope = token.workflow.scope_of(token)
    yield scope
    while scope.task_spec.is_event_sub_process and scope is not token.workflow.task_tree:
        scope = token.workflow.scope_of(scope)
        yield scope


class SilentCompensation(CompensationEvent):
    """Compensates beside a throwing event that does not wait for it."""

    is_recorded = False


class CancelEndEvent(EndEvent):
    """A cancel end event: withdraws all tokens of its transaction and compensates it."""

    def __init__(self, process_spec: Any, node: FlowNode, *, name: str) -> None:
        super().__init__(process_spec, node, name=name)
        self._rest = Cancelling(process_spec, node, name=f"{name}:rest")

    def leave(self, token: Token) -> None:
        """Empty the transaction, then undo what was done in it."""
        workflow = token.workflow
        scope = workflow.scope_of(token)
        data = workflow.inside(scope)
        workflow.empty(scope)
        rest = workflow.spawn(self._rest, scope, data)
        self._rest._update(rest)  # noqa: SLF001 -- how SpiffWorkflow delivers


class Cancelling(Compensating):
    """What is left to do in a transaction that was cancelled."""

    def leave(self, token: Token) -> None:
        """Go on from the cancel event at the border of the transaction."""
        catching.cancel(token.workflow.scope_of(token))
