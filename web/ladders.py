"""Escalation ladders of a process folder: what process.yaml says, and bringing it to the engine."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.duration import Duration, InvalidDuration
from engine.domain.escalation import (
    EscalationAction,
    EscalationLadder,
    EscalationStep,
    InvalidLadder,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.domain.process_graph import ProcessGraph
    from engine.process_engine import ProcessEngine

    Steps = tuple[EscalationStep, ...]

EVERY_TASK = "*"
KNOWN = frozenset({"after", "do", "group"})


def read_ladders(written: object) -> dict[str, Steps]:
    """Return the steps by element, ``*`` for every task; InvalidLadder in words."""
    if written is None:
        return {}
    if not isinstance(written, dict):
        raise InvalidLadder("escalation: elements and their steps, not " + repr(written)[:60])
    return {str(element): _read_steps(str(element), steps) for element, steps in written.items()}


def ladders_for(steps: Mapping[str, Steps], graph: ProcessGraph) -> list[EscalationLadder]:
    """Return the ladders of the tasks that a model has."""
    return [
        EscalationLadder(graph.key, None if element == EVERY_TASK else element, of_element)
        for element, of_element in steps.items()
        if element == EVERY_TASK or element in graph.nodes
    ]


def install_ladders(
    engine: ProcessEngine, ladders: Iterable[EscalationLadder], *, by: str | None
) -> None:
    """Replace the ladders that the engine has; those of other elements stay."""
    for ladder in ladders:
        engine.set_escalation_ladder(ladder, by=by)


def _read_steps(element: str, written: object) -> Steps:
    if not isinstance(written, list):
        raise InvalidLadder(f"escalation of {element!r}: a list of steps, not {written!r}")
    try:
        steps = tuple(_read_step(step) for step in written)
        EscalationLadder("", element, steps)  # checks that they can be taken
    except (InvalidLadder, InvalidDuration) as error:
        raise InvalidLadder(f"escalation of {element!r}: {error}") from error
    return steps


def _read_step(written: object) -> EscalationStep:
    if not isinstance(written, dict) or not {"after", "do"} <= written.keys() <= KNOWN:
        message = "a step is such as {after: PT30M, do: escalate, group: leader}"
        raise InvalidLadder(f"{message}, not {written!r}")
    try:
        action = EscalationAction(str(written["do"]))
    except ValueError:
        allowed = ", ".join(EscalationAction)
        raise InvalidLadder(f"do: one of {allowed}, not {written['do']!r}") from None
    group = written.get("group")
    return EscalationStep(
        _distance(str(written["after"])), action, None if group is None else str(group)
    )


def _distance(text: str) -> timedelta:
    """Return a distance from the due moment: -PT30M lies half an hour before it."""
    duration = Duration.parse(text.removeprefix("-"))
    if duration.months:
        raise InvalidLadder(f"after: {text!r} has months, which differ in length; use days")
    distance = timedelta(days=duration.days, seconds=duration.clock_s)
    return -distance if text.startswith("-") else distance
