"""When cases come, for BPSim: intervals, or one interval for each calendar of a week of rates."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from simulation.exchange.arrival_week import (
    ArrivalWeek,
    arrival_week,
    interval_of,
    one_by_one,
    tell_group_and_bookings,
)
from simulation.exchange.bpsim_values_out import bpsim_value
from simulation.exchange.entries import refused
from simulation.exchange.ical_out import write_ical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from simulation.exchange.notes import Notes
    from simulation.exchange.weeks import Span
    from simulation.scenario.arrival import Arrival
    from simulation.scenario.load import Scenario

_WORDS = "is needed as interval, rate or appointments: a file or a population has no intervals"


class ArrivalTimers:
    """Writes the timers of start events, and the calendars that only these need."""

    def __init__(self, scenario: Scenario, notes: Notes, calendar_ids: Mapping[str, str]) -> None:
        self._scenario, self._notes, self._calendar_ids = scenario, notes, calendar_ids
        self.calendars: list[str] = []

    def timer(self, start: str) -> str:
        """Return the values of ``InterTriggerTimer`` of a start event. Raises ScenarioInvalid."""
        arrival, field = self._scenario.document.arrivals[start], f"arrivals.{start}"
        if (week := arrival_week(self._scenario.document, arrival)) is not None:
            return self._of_week(start, arrival, week)
        if arrival.interval is None:
            words = f"{_WORDS} that BPSim could draw"
            raise refused(self._scenario.source, field, None, words)
        interval = one_by_one(field, arrival, self._notes)
        if arrival.outside_calendar == "opening":
            words = "cases outside the calendar: BPSim leaves open when they come"
            self._notes.translated(f"{field}.outside_calendar", words)
        valid = self._calendar_ids[arrival.calendar] if arrival.calendar is not None else ""
        text, words_of_law = bpsim_value(interval, valid_for=valid)
        if words_of_law is None:
            self._notes.kept(f"{field}.interval", interval.chosen()[0])
        else:
            self._notes.translated(f"{field}.interval", words_of_law)
        return text

    def _of_week(self, start: str, arrival: Arrival, week: ArrivalWeek) -> str:
        """Return an interval for each rate, valid while this rate holds."""
        field = f"arrivals.{start}"
        name = "rate" if arrival.rate is not None else "appointments"
        if not week.spans:
            words = "brings nobody: there is nothing to write"
            raise refused(self._scenario.source, field, None, words)
        kind = "constant" if week.is_even else "exponential"
        values = []
        for number, (rate, spans) in enumerate(week.spans.items(), start=1):
            law = interval_of(kind, 1 / rate)
            values.append(bpsim_value(law, valid_for=self._calendar(start, number, spans))[0])
        words = f"{len(values)} values of InterTriggerTimer, each with a calendar: "
        intervals = "equal" if week.is_even else "exponential"
        self._notes.translated(f"{field}.{name}", f"{words}{intervals} intervals")
        tell_group_and_bookings(field, arrival, self._notes)
        return "".join(values)

    def _calendar(self, start: str, number: int, spans: Sequence[Span]) -> str:
        id_ = f"twinflow_arrivals_{start}_{number}"
        begin: datetime = self._scenario.document.run.start
        text = escape(write_ical(spans, begin))
        name = quoteattr(f"arrivals at {start} {number}")
        self.calendars.append(f'<bpsim:Calendar id="{id_}" name={name}>{text}</bpsim:Calendar>\n')
        return id_
