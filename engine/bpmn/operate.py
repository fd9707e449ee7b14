"""What operators do to a running case: set values, skip, move, see what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.bpmn import codec, modify
from engine.bpmn.command import command
from engine.bpmn.stepping import advanced, present
from engine.bpmn.token import NOTHING
from engine.bpmn.values import ensure_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.bpmn.delta import Delta
    from engine.bpmn.program import Program
    from engine.bpmn.runtime import Calendars, ProcessWorkflow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # for commands in which nothing moves


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a token waits for: task, timer, job, subscription, call, condition, join, continue."""

    token: str
    element_id: str
    kind: str


@command
def set_values(workflow: ProcessWorkflow, *, values: Mapping[str, object]) -> None:
    """Change values of the case, seen by all its tokens; conditions are evaluated again."""
    workflow.set_values(ensure_json(values, element_id=workflow.spec.name))


@command
def skip(workflow: ProcessWorkflow, *, token: str, values: Mapping[str, object]) -> None:
    """Go on behind an activity or event that waits, as if it were done; it counts as withdrawn."""
    left_out = present(workflow, token)
    modify.skip(workflow, left_out, ensure_json(values, element_id=left_out.task_spec.bpmn_id))


def move(  # noqa: PLR0913 -- a command, what it brings, and its moment
    program: Program,
    state: bytes,
    *,
    cancel: Collection[str] | None,
    activate: Collection[str],
    values: Mapping[str, object] = NOTHING,
    at: datetime,
    calendars: Calendars = NOTHING,
    facts: Mapping[str, object] = NOTHING,
) -> Delta:
    """Put tokens at elements and withdraw others; ``cancel=None`` withdraws all there are."""
    workflow = codec.load(state, program.spec, at=at, calendars=calendars, facts=facts)
    if cancel is None:
        gone = [token for token in workflow.leaves() if token.task_spec.is_token]
    else:
        gone = [present(workflow, token) for token in cancel]
    given = ensure_json(values, element_id=workflow.spec.name)
    modify.move(program, workflow, cancel=gone, activate=activate, values=given)
    return advanced(workflow)


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
