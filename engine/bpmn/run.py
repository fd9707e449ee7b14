"""One step of a process instance: state and a command in, Delta out.

Nothing here knows the database, people or the wall clock: the caller hands in the moment and
stores what comes back. States are bytes of ``engine.bpmn.codec``. Values are JSON values:
text, numbers, booleans, null, lists and objects; a date is handed in as ISO 8601 text.

A command names the token that waited. If the step is more than one command should do, it opens
a job of kind CONTINUE, and ``proceed`` goes on; any other command does so as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.bpmn import catching, codec
from engine.bpmn.build import spec_name
from engine.bpmn.delta import Delta
from engine.bpmn.program import Program, compile_graph, compile_model
from engine.bpmn.runtime import ProcessWorkflow
from engine.bpmn.values import ensure_json
from engine.domain.process_graph import EventKind
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.runtime import Calendars
    from engine.bpmn.token import Token

__all__ = [
    "Program",
    "Waiting",
    "compile_graph",
    "compile_model",
    "complete",
    "deliver",
    "escalate",
    "finish_call",
    "finish_job",
    "fire",
    "proceed",
    "raise_error",
    "set_values",
    "start",
    "waits",
]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # for commands in which nothing moves


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a token waits for: task, timer, job, subscription, call, condition, join, continue."""

    token: str
    element_id: str
    kind: str


def start(
    program: Program,
    *,
    values: Mapping[str, object],
    start_event: str | None,
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Start an instance at a start event; it may be left out if there is only one."""
    chosen = program.start_event(start_event)
    workflow = ProcessWorkflow(program.spec, at=at, calendars=calendars)
    root = workflow.task_tree
    root.data = ensure_json(values, element_id=chosen)
    token = workflow.spawn(program.spec.task_specs[spec_name(chosen)], root, root.data)
    root.task_spec.open(root)
    token.task_spec._update(token)  # noqa: SLF001 -- how SpiffWorkflow delivers
    return _advanced(workflow)


def complete(
    program: Program,
    state: bytes,
    *,
    token: str,
    values: Mapping[str, object],
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Complete an open user or manual task with the values a person gave."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    task = _open(workflow, token, "task")
    if values:
        task.data = {**task.data, **ensure_json(values, element_id=task.task_spec.bpmn_id)}
    task.run()
    return _advanced(workflow)


def fire(
    program: Program,
    state: bytes,
    *,
    token: str,
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Let a timer fire, whether or not it is due."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    _open(workflow, token, "timer").run()
    return _advanced(workflow)


def deliver(
    program: Program,
    state: bytes,
    *,
    token: str,
    values: Mapping[str, object],
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Hand a message or signal to a token that waits for it."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    waiting = _open(workflow, token, "subscription")
    waiting.received = ensure_json(values, element_id=waiting.task_spec.bpmn_id)
    waiting.run()
    return _advanced(workflow)


def finish_job(
    program: Program,
    state: bytes,
    *,
    token: str,
    values: Mapping[str, object],
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Go on after a worker did a job, with the values it gave."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    task = _open(workflow, token, "job")
    task.data = {**task.data, **ensure_json(values, element_id=task.task_spec.bpmn_id)}
    task.run()
    return _advanced(workflow)


def finish_call(
    program: Program,
    state: bytes,
    *,
    token: str,
    values: Mapping[str, object],
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Go on after the called case is done, with its values."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    task = _open(workflow, token, "call")
    task.task_spec.take(task, ensure_json(values, element_id=task.task_spec.bpmn_id))
    task.run()
    return _advanced(workflow)


def raise_error(  # noqa: PLR0913 -- a command, what it brings, and its moment
    program: Program,
    state: bytes,
    *,
    token: str,
    code: str | None,
    values: Mapping[str, object],
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Let a job or called case end in an error: the innermost activity that catches it goes on.

    If nothing catches it, the case has ended and ``Delta.error`` says so.
    """
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    task = _open(workflow, token, "job", "call")
    received = ensure_json(values, element_id=task.task_spec.bpmn_id)
    catching.throw(task, EventKind.ERROR, code, received)
    return _advanced(workflow)


def escalate(  # noqa: PLR0913 -- a command, what it brings, and its moment
    program: Program,
    state: bytes,
    *,
    token: str,
    code: str | None,
    values: Mapping[str, object],
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Let an escalation out of a job or called case, which goes on unless it is interrupted."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    task = _open(workflow, token, "job", "call")
    received = ensure_json(values, element_id=task.task_spec.bpmn_id)
    catching.throw(task, EventKind.ESCALATION, code, received)
    return _advanced(workflow)


def proceed(
    program: Program, state: bytes, *, token: str, at: datetime, calendars: Calendars = _NOTHING
) -> Delta:
    """Go on where the budget of steps ended."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    if workflow.continuation != token:
        reason = f"nothing is to be continued at token {token!r}"
        raise ExecutionFailed(workflow.spec.name, reason)
    return _advanced(workflow)


def set_values(
    program: Program,
    state: bytes,
    *,
    values: Mapping[str, object],
    at: datetime,
    calendars: Calendars = _NOTHING,
) -> Delta:
    """Change values of the case, seen by all its tokens; conditions are evaluated again."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars)
    workflow.set_values(ensure_json(values, element_id=workflow.spec.name))
    return _advanced(workflow)


def waits(program: Program, state: bytes) -> list[Waiting]:
    """Return what a case waits for, in the order in which it began to wait."""
    workflow = codec.load(state, program.spec, at=_EPOCH)
    found = [
        Waiting(leaf.name, leaf.task_spec.bpmn_id, leaf.task_spec.waits_for or "join")
        for leaf in sorted(workflow.leaves(), key=lambda leaf: leaf.id)
        if leaf.is_waiting() or leaf.task_spec.waits_for == "task"
    ]
    if workflow.continuation is not None:
        first = workflow.ready_queue[0].task_spec.bpmn_id
        found.append(Waiting(workflow.continuation, first, "continue"))
    return found


def _open(workflow: ProcessWorkflow, token: str, *kinds: str) -> Token:
    """Return the token that waits for what the command brings, or raise ExecutionFailed."""
    number = int(token) if token.isascii() and token.isdecimal() else -1
    task: Token | None = workflow.tasks.get(number) or workflow.thawed(number)
    if (
        task is None
        or task.child_ids
        or str(number) != token
        or task.task_spec.waits_for not in kinds
        or not (task.is_waiting() or task.is_ready())
    ):
        kind = " or ".join(kinds)
        raise ExecutionFailed(workflow.spec.name, f"no {kind} is open at token {token!r}")
    return task


def _advanced(workflow: ProcessWorkflow) -> Delta:
    workflow.advance()
    journal = workflow.journal
    values = workflow.merged_data()
    return Delta(
        state=codec.dump(workflow),
        is_completed=workflow.is_completed(),
        values=values,
        thrown=tuple(journal.thrown),
        uncaught=tuple(journal.uncaught),
        facts=tuple(journal.facts),
        **journal.changes(),
    )
