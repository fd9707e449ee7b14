"""When events happen: what the scenario says, else what the model says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.domain.duration import Duration, InvalidDuration, parse_moment
from engine.domain.process_graph import (
    EventDefinition,
    EventKind,
    FlowNode,
    NodeType,
    TimerDefinition,
    TimerKind,
)
from engine.domain.wall_time import moment_at
from simulation.calendars import working_calendar
from simulation.distributions import Constant
from simulation.net.parts import NO_TIME, US, Comes, Trigger
from simulation.scenario.distribution import build
from simulation.scenario.timers import repeat

if TYPE_CHECKING:
    from engine.domain.calendar import WorkingCalendar
    from simulation.distributions import Distribution
    from simulation.scenario.document import Document

THROWN = frozenset(
    {EventKind.ERROR, EventKind.ESCALATION, EventKind.CANCEL, EventKind.COMPENSATION}
)
SENT = frozenset({EventKind.MESSAGE, EventKind.SIGNAL})
Wait = tuple[Trigger, "Distribution", tuple[float, float] | None]  # shares: happens, does not


def wait_of(node: FlowNode, document: Document) -> Wait:
    """Return what an event waits for, how long that takes, and whether it happens at all."""
    definition = node.event
    assert definition is not None, "only events that wait are asked"
    given = document.events.get(node.id)
    comes, duration, at = _comes(node, definition, document)
    kind = definition.kind
    trigger = Trigger(
        comes,
        kind,
        name=definition.code if kind in THROWN else definition.name,
        at=at,
        most=_most(node, definition, comes),
        is_interrupting=node.is_interrupting,
        in_calendar=_calendar(definition, document) if given is None else None,
    )
    share = None if given is None else given.share
    return trigger, duration, None if share is None else (share, 1 - share)


def _comes(
    node: FlowNode, definition: EventDefinition, document: Document
) -> tuple[Comes, Distribution, int]:
    given = document.events.get(node.id)
    if given is not None and given.after is not None:
        return Comes.TIME, build(given.after, floor=0.0), 0
    if definition.kind is EventKind.TIMER:
        assert definition.timer is not None
        return _timer(definition.timer, document)
    if given is not None and node.type is NodeType.BOUNDARY_EVENT:
        return Comes.AT_END, NO_TIME, 0
    if definition.kind in SENT:
        sent = Comes.MESSAGE if definition.kind is EventKind.MESSAGE else Comes.SIGNAL
        return sent, NO_TIME, 0
    return Comes.THROWN, NO_TIME, 0


def _timer(timer: TimerDefinition, document: Document) -> tuple[Comes, Distribution, int]:
    if timer.kind is TimerKind.DATE:
        start = moment_at(document.run.start, document.timezone)
        after = parse_moment(timer.text, zone=document.timezone) - start
        return Comes.DATE, NO_TIME, round(after.total_seconds() * US)
    if timer.kind is TimerKind.CYCLE:
        return Comes.TIME, Constant(_seconds(repeat(timer).interval)), 0
    return Comes.TIME, Constant(_seconds(Duration.parse(timer.text))), 0


def _seconds(duration: Duration) -> float:
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return (duration.after(start) - start).total_seconds()


def _most(node: FlowNode, definition: EventDefinition, comes: Comes) -> int | None:
    """Return how often an event that does not interrupt happens; None: as often as it comes."""
    if comes in {Comes.MESSAGE, Comes.SIGNAL}:
        return None
    timer = definition.timer
    if timer is None or timer.kind is not TimerKind.CYCLE:
        return 1
    try:
        return repeat(timer).times
    except InvalidDuration:  # the scenario says how far apart, the model (as cron) has no end
        return None


def _calendar(definition: EventDefinition, document: Document) -> WorkingCalendar | None:
    name = definition.timer.calendar if definition.timer is not None else None
    return None if name is None else working_calendar(document, name)
