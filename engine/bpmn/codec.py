"""Workflow state <-> compact, versioned bytes.

Only what differs is kept: the live tokens, the forks they came from, and of their data what
differs from the fork's. The process itself is never stored with an instance. Values are data
and nothing else: no value, whatever its keys, makes the reader build an object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.runtime import ProcessWorkflow, Token
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from datetime import datetime

    from engine.bpmn.merge import Values

FORMAT = 1


def dump(workflow: ProcessWorkflow) -> bytes:
    """Return the state of a workflow in which every token waits."""
    rows = [_row(workflow, token) for token in _forks_first(workflow)]
    return orjson.dumps([FORMAT, workflow.next_id, workflow.task_tree.data, rows, workflow.data])


def _forks_first(workflow: ProcessWorkflow) -> list[Token]:
    order = workflow.branches(workflow.task_tree)
    for token in order:  # grows while it is read
        order += workflow.branches(token)
    return order


def _row(workflow: ProcessWorkflow, token: Token) -> list[object]:
    above = workflow.fork_of(token)
    changed: Values | int = 0
    if token.data is not above.data:
        before = above.data
        changed = {
            key: value
            for key, value in token.data.items()
            if key not in before or before[key] is not value
        }
    return [
        token.id,
        above.id,
        token.task_spec.name,
        token.state,
        token.via,
        token.internal_data or 0,
        changed,
    ]


def load(state: bytes, spec: Any, *, at: datetime) -> ProcessWorkflow:
    """Return the workflow a state describes."""
    try:
        format_, *content = orjson.loads(state)
        if format_ == FORMAT:
            return _workflow(content, spec, at)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ExecutionFailed(spec.name, "the stored state is damaged") from error
    reason = f"the stored state has format {format_}; this version reads {FORMAT}"
    raise ExecutionFailed(spec.name, reason)


def _workflow(content: list[Any], spec: Any, at: datetime) -> ProcessWorkflow:
    next_id, root_data, rows, data = content
    workflow = ProcessWorkflow(spec, at=at, next_id=next_id)
    workflow.task_tree.data, workflow.data = root_data, data
    for row in rows:
        _restore(workflow, row)
    return workflow


def _restore(workflow: ProcessWorkflow, row: list[Any]) -> None:
    token_id, fork_id, spec_name, state, via, internal_data, changed = row
    spec = workflow.spec.task_specs.get(spec_name)
    if spec is None:
        raise ExecutionFailed(
            spec_name[1:], "a token waits here, but the model has no such element"
        )
    fork = workflow.tasks[fork_id]
    token = Token(workflow, spec, token_id, via)
    token.state = state
    token.internal_data = internal_data or {}
    token.data = {**fork.data, **changed} if changed else fork.data
    workflow.attach(token, fork)
    if state == TaskState.WAITING and not spec.waits_for_outside:
        workflow.arrived.setdefault(spec_name, []).append(token)
