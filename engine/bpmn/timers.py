"""Timing: the compiled text of a timer event. Simulation may use it: no SpiffWorkflow here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from engine.domain.duration import Duration, InvalidDuration, Repeat, parse_moment
from engine.domain.process_graph import TimerDefinition, TimerKind


@dataclass(frozen=True, slots=True)
class Timing:
    """When a timer fires, and how often: once, unless it is a cycle (None: for ever)."""

    interval: Duration | None
    moment: datetime | None = None
    times: int | None = 1
    zone: tzinfo = UTC

    @classmethod
    def compile(cls, definition: TimerDefinition, *, zone: tzinfo = UTC) -> Timing:
        """Read the ISO 8601 text of a timer event, or raise InvalidDuration."""
        if definition.kind is TimerKind.DATE:
            return cls(None, parse_moment(definition.text), zone=zone)
        if definition.kind is TimerKind.DURATION:
            return cls(Duration.parse(definition.text), zone=zone)
        repeat = Repeat.parse(definition.text)
        return cls(repeat.interval, repeat.first_at, repeat.times, zone)

    def first_due(self, at: datetime) -> datetime:
        """Return when a timer that is set at a moment fires first."""
        return self.moment or self.next_due(at)

    def next_due(self, after: datetime) -> datetime:
        """Return when a cycle fires next, counted from when it was due, so that it never drifts."""
        if self.interval is None:
            raise InvalidDuration("date", "a date has no next time")
        return self.interval.after(after, zone=self.zone)
