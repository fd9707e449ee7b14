"""Timers of the model: whether what stands there says when they fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.cycle import Repeat
from engine.domain.duration import Duration, InvalidDuration, parse_moment
from engine.domain.process_graph import TimerDefinition, TimerKind

if TYPE_CHECKING:
    from simulation.scenario.document import Document


def repeat(timer: TimerDefinition) -> Repeat:
    """Return how often a cycle fires and how far apart, counted from when it is set.

    Raises InvalidDuration for one that is counted from a moment, or written as cron.
    """
    found = Repeat.parse(timer.text)
    if found.first_at is not None:
        raise InvalidDuration(timer.text, "it is counted from a moment")
    return found


def is_timed(timer: TimerDefinition | None, document: Document) -> bool:
    """Whether the model alone says when a timer fires."""
    if timer is None or (timer.calendar is not None and timer.calendar not in document.calendars):
        return False
    try:
        match timer.kind:
            case TimerKind.DATE:
                parse_moment(timer.text, zone=document.timezone)
            case TimerKind.CYCLE:
                repeat(timer)
            case TimerKind.DURATION:
                Duration.parse(timer.text)
    except InvalidDuration:
        return False
    return True
