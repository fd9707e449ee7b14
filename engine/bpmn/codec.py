"""Workflow state <-> compact, versioned bytes.

Only what differs is kept: the live tokens, the forks and scopes they came from, and of their
data what differs from those above (``rows``). The process itself is never stored with an
instance. Values are data and nothing else: no value, whatever its keys, makes the reader build
an object.

Format 2: [2, head, root row, [row, …]] with
head: [next id, data of a case that ended, ready tokens, name of the job that goes on, how often].

Of a loop with many instances, those that just wait are written as text within the state and
read only when somebody touches them: what a command costs does not grow with their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from engine.bpmn.rows import changed, extend, extended, restore, row_of
from engine.bpmn.runtime import ROOT, ProcessWorkflow
from engine.bpmn.token import NOTHING, Frozen, Token, first_of
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from datetime import datetime

    from engine.bpmn.merge import Values
    from engine.bpmn.runtime import Calendars

FORMAT = 2
MANY = 50  # instances of a loop
_LARGEST = 20  # tokens of one instance that is written as text


def dump(workflow: ProcessWorkflow) -> bytes:
    """Return the state of a workflow in which every token waits, or a job goes on."""
    ready = [token.id for token in workflow.ready_queue if token.is_ready()]
    head = [workflow.next_id, workflow.data, ready, workflow.continuation, workflow.continued]
    root = workflow.task_tree
    first = extended([0, 0, ROOT, 0, "", root.internal_data or 0, root.data], root, {})
    if len(workflow.tasks) > MANY or workflow.frozen_bodies:
        _freeze(workflow, frozenset(ready))
    tasks = workflow.tasks
    rows = [
        row_of(token, tasks[token.parent_id].data)  # type: ignore[index] # only the root has none
        for token in workflow.subtree(root)[1:]
    ]
    return orjson.dumps([FORMAT, head, first, rows])


def _freeze(workflow: ProcessWorkflow, ready: frozenset[int]) -> None:
    """Turn instances that just wait into text; the workflow is not used any more."""
    for body in [one for one in workflow.tasks.values() if one.task_spec.is_loop and one.is_scope]:
        frozen = body.frozen or Frozen()
        if len(body.child_ids) + len(frozen.ids) <= MANY:
            continue
        before = len(frozen.ids)
        children = workflow.branches(body)
        live = [one for one in children if not _freeze_one(workflow, one, frozen, ready)]
        body.child_ids = [one.id for one in live]
        if 0 < before < len(frozen.ids):  # back to their order
            pairs = sorted(zip(frozen.ids, frozen.rows, strict=True), key=lambda p: first_of(p[0]))
            frozen.ids, frozen.rows = [ids for ids, _ in pairs], [rows for _, rows in pairs]
        body.frozen = frozen


def _freeze_one(
    workflow: ProcessWorkflow, top: Token, frozen: Frozen, ready: frozenset[int]
) -> bool:
    tokens = workflow.subtree(top) if top.child_ids else [top]
    if len(tokens) > _LARGEST or any(_must_stay(token, ready) for token in tokens):
        return False
    tasks = workflow.tasks
    rows = [row_of(token, tasks[token.parent_id].data) for token in tokens]  # type: ignore[index]
    inside = top.data if len(tokens) == 1 else workflow.inside(top)
    written = changed(workflow.given(top, inside), workflow.fork_of(top).data)
    frozen.ids.append(top.id if len(tokens) == 1 else [one.id for one in tokens])
    frozen.rows.append(orjson.dumps(rows).decode())
    if isinstance(written, dict) and written:
        frozen.written[str(top.id)] = written
    return True


def _must_stay(token: Token, ready: frozenset[int]) -> bool:
    return token.id in ready or token.frozen is not None or token.task_spec.watches


def load(
    state: bytes,
    spec: Any,
    *,
    at: datetime,
    calendars: Calendars = NOTHING,
    facts: Values = NOTHING,
) -> ProcessWorkflow:
    """Return the workflow a state describes."""
    try:
        format_, *content = orjson.loads(state)
        if format_ == 1:
            content = _from_format_1(content)
        if format_ in {1, FORMAT}:
            made = ProcessWorkflow(spec, at=at, calendars=calendars, facts=facts)
            return _workflow(content, made)
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
    extend(root, first, {})
    for row in rows:
        token = restore(workflow, row)
        if token.frozen is not None:
            workflow.frozen_bodies.append(token)
    for waiting in workflow.arrived.values():
        waiting.sort(key=lambda token: token.id)
    workflow.ready_queue.extend(workflow.tasks[number] for number in ready)
    return workflow
