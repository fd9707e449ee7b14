"""One step of a process instance: state and a command in, Delta out.

Nothing here knows the database, people or the wall clock: the caller hands in the moment and
stores what comes back. States are bytes of ``engine.bpmn.codec``. Values are JSON values:
text, numbers, booleans, null, lists and objects; a date is handed in as ISO 8601 text.

A command names the token that waited. If the step is more than one command should do, it opens
a job of kind CONTINUE, and ``proceed`` goes on; any other command does so as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn import catching
from engine.bpmn.build import spec_name
from engine.bpmn.command import command
from engine.bpmn.migrate import Blocker, blockers, migrate
from engine.bpmn.operate import Waiting, move, set_values, skip, waits
from engine.bpmn.program import Program, compile_graph, compile_model
from engine.bpmn.runtime import ProcessWorkflow
from engine.bpmn.stepping import advanced, opened
from engine.bpmn.token import NOTHING
from engine.bpmn.values import ensure_json
from engine.domain.process_graph import EventKind
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.bpmn.delta import Delta
    from engine.bpmn.runtime import Calendars
    from engine.bpmn.token import Token

__all__ = [
    "Blocker",
    "Program",
    "Waiting",
    "blockers",
    "compile_graph",
    "compile_model",
    "complete",
    "deliver",
    "escalate",
    "finish_call",
    "finish_job",
    "fire",
    "migrate",
    "move",
    "proceed",
    "raise_error",
    "set_values",
    "skip",
    "start",
    "waits",
]


def start(
    program: Program,
    *,
    values: Mapping[str, object],
    start_event: str | None,
    at: datetime,
    calendars: Calendars = NOTHING,
    facts: Mapping[str, object] = NOTHING,
) -> Delta:
    """Start an instance at a start event; it may be left out if there is only one."""
    chosen = program.start_event(start_event)
    workflow = ProcessWorkflow(program.spec, at=at, calendars=calendars, facts=facts)
    root = workflow.task_tree
    root.data = ensure_json(values, element_id=chosen)
    token = workflow.spawn(program.spec.task_specs[spec_name(chosen)], root, root.data)
    root.task_spec.open(root)
    token.task_spec._update(token)  # noqa: SLF001 -- how SpiffWorkflow delivers
    return advanced(workflow)


@command
def complete(workflow: ProcessWorkflow, *, token: str, values: Mapping[str, object]) -> None:
    """Complete an open user or manual task with the values a person gave."""
    _take_in(opened(workflow, token, "task"), values)


@command
def fire(workflow: ProcessWorkflow, *, token: str) -> None:
    """Let a timer fire, whether or not it is due."""
    opened(workflow, token, "timer").run()


@command
def deliver(workflow: ProcessWorkflow, *, token: str, values: Mapping[str, object]) -> None:
    """Hand a message or signal to a token that waits for it."""
    waiting = opened(workflow, token, "subscription")
    waiting.received = ensure_json(values, element_id=waiting.task_spec.bpmn_id)
    waiting.run()


@command
def finish_job(workflow: ProcessWorkflow, *, token: str, values: Mapping[str, object]) -> None:
    """Go on after a worker did a job, with the values it gave."""
    _take_in(opened(workflow, token, "job"), values)


def _take_in(task: Token, values: Mapping[str, object]) -> None:
    if values:
        task.data = {**task.data, **ensure_json(values, element_id=task.task_spec.bpmn_id)}
    task.run()


@command
def finish_call(workflow: ProcessWorkflow, *, token: str, values: Mapping[str, object]) -> None:
    """Go on after the called case is done, with its values."""
    task = opened(workflow, token, "call")
    task.task_spec.take(task, ensure_json(values, element_id=task.task_spec.bpmn_id))
    task.run()


@command
def raise_error(
    workflow: ProcessWorkflow, *, token: str, code: str | None, values: Mapping[str, object]
) -> None:
    """Let a job or called case end in an error: the innermost activity that catches it goes on.

    If nothing catches it, the case has ended and ``Delta.error`` says so.
    """
    _throw(opened(workflow, token, "job", "call"), EventKind.ERROR, code, values)


@command
def escalate(
    workflow: ProcessWorkflow, *, token: str, code: str | None, values: Mapping[str, object]
) -> None:
    """Let an escalation out of a job or called case, which goes on unless it is interrupted."""
    _throw(opened(workflow, token, "job", "call"), EventKind.ESCALATION, code, values)


def _throw(task: Token, kind: EventKind, code: str | None, values: Mapping[str, object]) -> None:
    received = ensure_json(values, element_id=task.task_spec.bpmn_id)
    catching.throw(task, kind, code, received)


@command
def proceed(workflow: ProcessWorkflow, *, token: str) -> None:
    """Go on where the budget of steps ended."""
    if workflow.continuation != token:
        reason = f"nothing is to be continued at token {token!r}"
        raise ExecutionFailed(workflow.spec.name, reason)
