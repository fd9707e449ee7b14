"""Changing where a case stands: skip an activity, move tokens elsewhere, begin again.

What is left out counts as withdrawn, never as done: compensation will not undo it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.merge import three_way
from engine.bpmn.specs import Activity, BoundarySplit, Step, withdraw_beside
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.bpmn.merge import Values
    from engine.bpmn.program import Program
    from engine.bpmn.runtime import ProcessWorkflow
    from engine.bpmn.token import Token


def skip(workflow: ProcessWorkflow, token: Token, values: Values) -> None:
    """Withdraw what a token waits for and go on as if it were done."""
    spec = token.task_spec
    if not spec.is_token:
        raise ExecutionFailed(spec.bpmn_id, "an event that only listens is not skipped")
    if token.is_scope:
        token.data = workflow.inside(token)
        workflow.empty(token)
    if values:
        token.data = {**token.data, **values}
    token.done = None
    token.cancel()
    token.pass_on()
    if isinstance(spec, Activity):
        spec.go_on(token)
    else:
        spec.leave(token)


def move(
    program: Program,
    workflow: ProcessWorkflow,
    *,
    cancel: Collection[Token],
    activate: Collection[str],
    values: Values,
) -> None:
    """Put tokens at elements, then withdraw others and the scopes that are left empty.

    What was withdrawn has written values; they are the new tokens' from now on.
    """
    known = set(workflow.tasks)
    for element_id in activate:
        node = program.graph.nodes.get(element_id)
        if node is None:
            raise ExecutionFailed(element_id, "the model has no such element")
        if element_id not in program.doors or node.attached_to or node.is_event_sub_process:
            raise ExecutionFailed(element_id, "no token can be put here")
        scope = _open_scope(program, workflow, node.parent)
        door = program.doors[element_id]
        seen = workflow.inside(scope)
        token = workflow.spawn(door, scope, {**seen, **values})
        token.base = None if seen is scope.data else seen
        door._update(token)  # noqa: SLF001 -- how SpiffWorkflow delivers
    for token in cancel:
        if workflow.tasks.get(token.id) is token:
            _withdraw(workflow, token)
    for token in list(workflow.tasks.values()):
        if token.id not in known and token.parent_id in known:
            _take_over_data(workflow, token, known)


def _take_over_data(workflow: ProcessWorkflow, token: Token, known: Collection[int]) -> None:
    """Count as the token's own what it saw and no other token in its scope has written."""
    scope = workflow.fork_of(token)
    inside = workflow.merged(scope)
    others = [child for child in workflow.branches(scope) if child.id in known]
    kept = three_way(scope.data, (workflow.given(child, inside[child.id]) for child in others))
    token.base = None if kept is scope.data else kept


def _withdraw(workflow: ProcessWorkflow, token: Token) -> None:
    scope = workflow.scope_of(token)
    withdraw_beside(token, token.task_spec.boundary)
    workflow.withdraw(token)
    if scope.task_spec.is_loop:
        scope.task_spec.instance_gone(scope)
    elif next(workflow.counting(scope), None) is not None:
        return
    elif scope is workflow.task_tree:
        reason = "nothing would be left of the case; cancel it instead"
        raise ExecutionFailed(scope.task_spec.bpmn_id, reason)
    else:
        _withdraw(workflow, scope)


def _open_scope(program: Program, workflow: ProcessWorkflow, parent: str | None) -> Token:
    """Return the open scope of an element; one that is not open is opened without its start."""
    if parent is None:
        return workflow.task_tree
    spec = program.inner[parent]
    workflow.thaw_below(workflow.task_tree)
    found = [token for token in workflow.tasks.values() if token.task_spec is spec]
    open_ = [token for token in found if token.is_scope]
    if len(open_) == 1:
        return open_[0]
    if len(open_) > 1:
        raise ExecutionFailed(parent, f"is open {len(open_)} times; no token can be put into it")
    node = program.graph.nodes[parent]
    if node.loop is not None or node.is_event_sub_process:
        raise ExecutionFailed(parent, "is not open; no token can be put into it")
    above = _open_scope(program, workflow, node.parent)
    return _opened(workflow, program.doors[parent], spec, above)


def _opened(workflow: ProcessWorkflow, door: Step, spec: Any, above: Token) -> Token:
    seen = workflow.inside(above)
    first = workflow.spawn(door, above, seen)
    first.base = None if seen is above.data else seen
    scope = first
    if isinstance(door, BoundarySplit):
        first.state = TaskState.COMPLETED
        scope = workflow.spawn(spec, first, seen)
        for _, event in door.ways[1:]:
            event._update(workflow.spawn(event, first, seen))  # noqa: SLF001 -- as above
    workflow.journal.scheduled(spec.bpmn_id, scope.name)
    scope.state = TaskState.STARTED
    spec.open(scope)
    return scope
