"""When cases come, for Prosimos: one distribution of intervals, and a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.exchange.arrival_week import (
    ArrivalWeek,
    arrival_week,
    interval_of,
    one_by_one,
    prosimos_interval,
    tell_group_and_bookings,
    week_of,
)
from simulation.exchange.entries import refused
from simulation.exchange.prosimos_laws_out import prosimos_law
from simulation.exchange.prosimos_weeks_out import periods

if TYPE_CHECKING:
    from simulation.exchange.notes import Notes
    from simulation.exchange.weeks import Span
    from simulation.scenario.arrival import Arrival
    from simulation.scenario.distribution import DurationSpec
    from simulation.scenario.load import Scenario

Json = dict[str, Any]
_WORDS = "is needed as interval, rate or appointments: a file or a population has no intervals"


def prosimos_arrivals(scenario: Scenario, start: str, notes: Notes) -> tuple[Json, list[Json]]:
    """Return the distribution of the intervals and the calendar.

    Raises:
        ScenarioInvalid: cases come in a way that Prosimos does not know.
    """
    field, arrival = f"arrivals.{start}", scenario.document.arrivals[start]
    for other in scenario.document.arrivals:
        if other != start:
            notes.lost(f"arrivals.{other}", "Prosimos knows one start event")
    if (week := arrival_week(scenario.document, arrival)) is not None:
        if not week.spans:
            raise refused(scenario.source, field, None, "brings nobody: there is nothing to write")
        return _of_week(field, arrival, week, notes)
    if arrival.interval is None:
        raise refused(scenario.source, field, None, f"{_WORDS} that Prosimos could draw")
    interval = one_by_one(field, arrival, notes)
    if arrival.calendar is None:
        return _law(field, interval, notes), periods()
    spans = week_of(scenario.document.calendars[arrival.calendar])
    if arrival.outside_calendar == "pause":
        interval = _paused(field, interval, spans, notes)
    return _law(field, interval, notes), periods(spans)


def _law(field: str, interval: DurationSpec, notes: Notes) -> Json:
    law, words = prosimos_law(interval)
    if words is None:
        notes.kept(f"{field}.interval", law["distribution_name"])
    else:
        notes.translated(f"{field}.interval", words)
    return law


def _paused(
    field: str, interval: DurationSpec, spans: tuple[Span, ...], notes: Notes
) -> DurationSpec:
    """Return the interval that keeps the cases of a week where it does not pause while shut."""
    kind, law = interval.chosen()
    if kind != "exponential" or law.mean <= 0:
        words = "Prosimos lets intervals pass while it is shut: one more case per opening"
        notes.translated(f"{field}.calendar", words)
        return interval
    _, mean_s = prosimos_interval(ArrivalWeek({1 / law.mean: spans}, is_even=False))
    words = f"{mean_s:,.0f} s instead of {law.mean:,.0f} s: in Prosimos one more comes per opening"
    notes.translated(f"{field}.calendar", words)
    return interval_of(kind, mean_s)


def _of_week(
    field: str, arrival: Arrival, week: ArrivalWeek, notes: Notes
) -> tuple[Json, list[Json]]:
    """Write intervals that keep the number of cases in a week, and say what they lose."""
    kind, mean_s = prosimos_interval(week)
    law, _ = prosimos_law(interval_of(kind, mean_s))
    name = "rate" if arrival.rate is not None else "appointments"
    hourly = [3600 * rate for rate in week.spans]
    told = f"{week.cases:,.1f} cases a week, one after {mean_s:,.0f} s on average while it is open"
    notes.translated(f"{field}.{name}", f"{told} ({law['distribution_name']})")
    if min(hourly) < max(hourly):
        words = f"how the rate changes, from {min(hourly):.4g} to {max(hourly):.4g} cases an hour"
        notes.lost(f"{field}.{name}", f"{words}: Prosimos has one distribution for all hours")
    tell_group_and_bookings(field, arrival, notes)
    return law, periods(week.open_spans)
