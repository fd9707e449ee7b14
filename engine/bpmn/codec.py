"""Workflow state <-> compact, versioned bytes.

Only what differs is kept: the live tokens, the forks and scopes they came from, and of their
data what differs from those above. The process itself is never stored with an instance. Values
are data and nothing else: no value, whatever its keys, makes the reader build an object.

Format 2: [2, head, root row, [row, …]] with
head: [next id, data of a case that ended, ready tokens, name of the job that goes on, how often]
row: [id, id above, spec, state, via, internal data, data, outer, base, done]; from ``outer`` on
only as far as needed. Data that are those above are 0, data that are not there are null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from engine.bpmn.runtime import ROOT, ProcessWorkflow
from engine.bpmn.token import Done, Token
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from datetime import datetime

    from engine.bpmn.merge import Values
    from engine.bpmn.runtime import Calendars

FORMAT = 2
_SHORT = 7  # fields of a row that are always there


def dump(workflow: ProcessWorkflow) -> bytes:
    """Return the state of a workflow in which every token waits, or a job goes on."""
    root, *below = workflow.subtree(workflow.task_tree)
    ready = [token.id for token in workflow.ready_queue if token.is_ready()]
    head = [workflow.next_id, workflow.data, ready, workflow.continuation, workflow.continued]
    first = _extended([0, 0, ROOT, 0, "", root.internal_data or 0, root.data], root, {})
    return orjson.dumps([FORMAT, head, first, [_row(workflow, token) for token in below]])


def _row(workflow: ProcessWorkflow, token: Token) -> list[object]:
    above = workflow.fork_of(token)
    row = [
        token.id,
        above.id,
        token.task_spec.name,
        token._state,  # noqa: SLF001 -- the property costs a call for each of many tokens
        token.via,
        token.internal_data or 0,
        _changed(token.data, above.data),
    ]
    if token.outer is None and token.base is None and not token.done:
        return row
    return _extended(row, token, above.data)


def _extended(row: list[object], token: Token, before: Values) -> list[object]:
    outer = None if token.outer is None else _changed(token.outer, before)
    base = None if token.base is None else _changed(token.base, before)
    done = _written(token.done, token.data) if token.done else None
    row += [outer, base, done]
    while len(row) > _SHORT and row[-1] is None:
        row.pop()
    return row


def _changed(data: Values, before: Values) -> Values | int:
    if data is before:
        return 0
    return {
        key: value for key, value in data.items() if key not in before or before[key] is not value
    }


def _written(done: list[Done], before: Values) -> list[object]:
    return [
        [
            one.token,
            one.step,
            _changed(one.data, before),
            [key for key in before if key not in one.data],  # came later than it
            _written(one.inside, one.data),
        ]
        for one in done
    ]


def load(
    state: bytes, spec: Any, *, at: datetime, calendars: Calendars | None = None
) -> ProcessWorkflow:
    """Return the workflow a state describes."""
    try:
        format_, *content = orjson.loads(state)
        if format_ == 1:
            content = _from_format_1(content)
        if format_ in {1, FORMAT}:
            return _workflow(content, ProcessWorkflow(spec, at=at, calendars=calendars or {}))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ExecutionFailed(spec.name, "the stored state is damaged") from error
    reason = f"the stored state has format {format_}; this version reads up to {FORMAT}"
    raise ExecutionFailed(spec.name, reason)


def _from_format_1(content: list[Any]) -> list[Any]:
    """Return the content of format 1, which knew neither scopes nor jobs, as one of format 2."""
    next_id, root_data, rows, data = content
    return [[next_id, data, [], None, 0], [0, 0, ROOT, 0, "", 0, root_data], rows]


def _workflow(content: list[Any], workflow: ProcessWorkflow) -> ProcessWorkflow:
    head, first, rows = content
    workflow.next_id, workflow.data, ready, workflow.continuation, workflow.continued = head
    root = workflow.task_tree
    root.internal_data, root.data = first[5] or {}, first[6]
    _extend(root, first, {})
    for row in rows:
        _restore(workflow, row)
    for waiting in workflow.arrived.values():
        waiting.sort(key=lambda token: token.id)
    workflow.ready_queue.extend(workflow.tasks[number] for number in ready)
    return workflow


def _restore(workflow: ProcessWorkflow, row: list[Any]) -> None:
    token_id, above_id, spec_name, state, via, internal_data, changed = row[:_SHORT]
    spec = workflow.spec.task_specs.get(spec_name)
    if spec is None:
        raise ExecutionFailed(
            spec_name[1:], "a token waits here, but the model has no such element"
        )
    above = workflow.tasks[above_id]
    token = Token(workflow, spec, token_id, via)
    token._state = state  # noqa: SLF001 -- the property costs a call for each of many tokens
    if internal_data:
        token.internal_data = internal_data
    token.data = {**above.data, **changed} if changed else above.data
    workflow.attach(token, above)
    if len(row) > _SHORT:
        _extend(token, row, above.data)
    if token.is_waiting():
        workflow.is_waiting_again(token)


def _extend(token: Token, row: list[Any], before: Values) -> None:
    outer, base, done = [*row[_SHORT:], None, None, None][:3]
    if outer is not None:
        token.outer = {**before, **outer} if outer else before
    if base is not None:
        token.base = {**before, **base} if base else before
    if done is not None:
        token.done = _read(done, token.data)


def _read(done: list[Any], before: Values) -> list[Done]:
    found = []
    for token, step, changed, lacking, inside in done:
        data = {**before, **changed} if changed else before
        if lacking:
            data = {key: value for key, value in data.items() if key not in lacking}
        found.append(Done(token, step, data, _read(inside, data)))
    return found
