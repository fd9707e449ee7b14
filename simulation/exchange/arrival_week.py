"""Arrivals by rate or by appointment as a week of constant rates: what other formats can say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from simulation.calibration.week import DAY_S, WEEK_S
from simulation.exchange.weeks import merged
from simulation.scenario.calendar import weekdays_of
from simulation.scenario.distribution import DurationSpec, build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulation.exchange.notes import Notes
    from simulation.exchange.weeks import Span
    from simulation.scenario.arrival import Appointments, Arrival, Rate
    from simulation.scenario.calendar import Calendar
    from simulation.scenario.distribution import NumberSpec
    from simulation.scenario.document import Document

    Floats = NDArray[np.float64]

_MINUTE_S = 60
_DIGITS = 12  # of a rate, so that equal ones are found
_POINTS = 20_000


@dataclass(frozen=True)
class ArrivalWeek:
    """How many cases a second come in which spans of a week; elsewhere nobody comes."""

    spans: dict[float, tuple[Span, ...]]  # by rate, in the order of the week
    is_even: bool  # one after the other in equal intervals, as those who are booked

    @property
    def cases(self) -> float:
        """Return how many come in a week."""
        lengths = ((rate, high - low) for rate, at in self.spans.items() for low, high in at)
        return math.fsum(rate * length_s for rate, length_s in lengths)

    @property
    def open_spans(self) -> tuple[Span, ...]:
        """Return when anybody comes."""
        return merged([span for at in self.spans.values() for span in at])


def arrival_week(document: Document, arrival: Arrival) -> ArrivalWeek | None:
    """Return the week of arrivals by rate or appointment; None: they come otherwise."""
    if arrival.rate is not None:
        found = list(_of_rate(arrival.rate))
        if arrival.calendar is not None:
            found = list(_within(found, week_of(document.calendars[arrival.calendar])))
    elif arrival.appointments is not None:
        found = list(_of_appointments(document, arrival.appointments))
    else:
        return None
    factor = 1.0 if arrival.group is None else _mean_group(arrival.group)
    spans: dict[float, list[Span]] = {}
    for low, high, rate in sorted(found):
        spans.setdefault(float(f"{rate * factor:.{_DIGITS}g}"), []).append((low, high))
    joined = {rate: merged(at) for rate, at in spans.items()}
    return ArrivalWeek(joined, is_even=arrival.appointments is not None)


def week_of(calendar: Calendar) -> tuple[Span, ...]:
    """Return the open time of a calendar's week, without its holidays and exceptions."""
    spans = [
        (day * DAY_S + shift.opens_min * _MINUTE_S, day * DAY_S + shift.closes_min * _MINUTE_S)
        for day, entry in weekdays_of(dict(calendar.weekly)).items()
        for shift in calendar.weekly[entry]
    ]
    return merged(spans)


def prosimos_interval(week: ArrivalWeek) -> tuple[str, float]:
    """Return the kind and mean of the interval with which Prosimos has as many cases in a week.

    There who would come while it is shut comes when it opens. With exponential intervals an
    opening brings 1 - exp(-gap / mean) of a case beside those of the open time; equal intervals
    begin anew at each opening.
    """
    lengths, gaps = _openings(week.open_spans)
    mean_s = float(lengths.sum()) / week.cases
    is_even = week.is_even and week.cases > len(lengths)
    if not gaps.any():
        return "constant" if is_even else "exponential", mean_s
    if is_even:
        return "constant", _even_interval_s(lengths, week.cases)

    def excess(log_interval: float) -> float:
        interval_s = math.exp(log_interval)
        return float((lengths / interval_s - np.expm1(-gaps / interval_s)).sum()) - week.cases

    longest_s = mean_s * WEEK_S / float(lengths.sum()) + WEEK_S
    found = optimize.brentq(excess, math.log(mean_s) - 1, math.log(longest_s) + 3)
    return "exponential", math.exp(float(found))


def _even_interval_s(lengths: Floats, cases: float) -> float:
    """Return the equal interval that brings the number of cases closest to the wanted one."""
    mean_s = float(lengths.sum()) / cases
    candidates: list[float] = [
        length_s / (number - 0.5)  # so many come in such an opening, the last well before its end
        for length_s in set(lengths.tolist())
        for number in range(max(1, int(length_s / mean_s) - 1), int(length_s / mean_s) + 3)
    ]
    return min(candidates, key=lambda s: abs(float(np.ceil(lengths / s).sum()) - cases))


def interval_of(kind: str, mean_s: float) -> DurationSpec:
    """Return intervals between cases as a scenario writes them: constant or exponential."""
    text = f"{mean_s:.9f}s"
    return DurationSpec.model_validate({kind: text if kind == "constant" else {"mean": text}})


def one_by_one(field: str, arrival: Arrival, notes: Notes) -> DurationSpec:
    """Return the interval of cases that come one by one, as many as come in groups."""
    assert arrival.interval is not None
    if arrival.group is None:
        return arrival.interval
    kind, law = arrival.interval.chosen()
    size = _mean_group(arrival.group)
    if kind != "exponential":
        notes.lost(f"{field}.group", f"cases come one by one: {size:.4g} times fewer")
        return arrival.interval
    tell_group_and_bookings(field, arrival, notes)
    return interval_of(kind, law.mean / size)


def tell_group_and_bookings(field: str, arrival: Arrival, notes: Notes) -> None:
    """Note what a week of rates does not hold of groups and appointments."""
    if arrival.group is not None:
        words = "cases come one by one, as many as with the groups"
        notes.translated(f"{field}.group", words)
    booked = arrival.appointments
    if booked is not None and booked.no_show:
        words = f"{100 * booked.no_show:.4g} % of the booked cases do not come: so many fewer come"
        notes.translated(f"{field}.appointments.no_show", words)
    if booked is not None and booked.punctuality is not None:
        words = "cases come evenly within a slot: nobody is early or late"
        notes.lost(f"{field}.appointments.punctuality", words)


def _openings(spans: tuple[Span, ...]) -> tuple[Floats, Floats]:
    """Return how long it is open each time, and how long shut afterwards; the week is a ring."""
    joined = list(spans)
    if len(joined) > 1 and joined[0][0] == 0 and joined[-1][1] == WEEK_S:
        joined = [*joined[1:-1], (joined[-1][0], WEEK_S + joined[0][1])]
    lengths = np.array([high - low for low, high in joined])
    nexts = [low for low, _ in joined[1:]] + [joined[0][0] + WEEK_S]
    return lengths, np.array(nexts) - np.array([high for _, high in joined])


def _of_rate(rate: Rate) -> Iterator[tuple[float, float, float]]:
    for day, slots in enumerate(rate.by_weekday):
        for i, cases in enumerate(slots):
            low = day * DAY_S + rate.from_ * _MINUTE_S + i * rate.slot
            if cases > 0:
                yield low, low + rate.slot, cases / rate.slot


def _within(
    found: list[tuple[float, float, float]], open_time: tuple[Span, ...]
) -> Iterator[tuple[float, float, float]]:
    for low, high, rate in found:
        for opens, closes in open_time:
            if max(low, opens) < min(high, closes):
                yield max(low, opens), min(high, closes), rate


def _of_appointments(
    document: Document, booked: Appointments
) -> Iterator[tuple[float, float, float]]:
    """Yield the slots; those who do not come leave the others farther apart."""
    shifts = {day: [(booked.from_ or 0, math.inf)] for day in range(7)}
    if booked.calendar is not None:
        weekly = document.calendars[booked.calendar].weekly
        entry_of = weekdays_of(dict(weekly))
        shifts = {
            day: [(s.opens_min, s.closes_min) for s in sorted(weekly[entry])]
            for day, entry in entry_of.items()
        }
    for day, opened in shifts.items():
        for low, cases in _slots(booked, opened):
            begin = day * DAY_S + low
            if cases and booked.no_show < 1:
                rate = cases * (1 - booked.no_show) / booked.slot
                yield begin % WEEK_S, begin % WEEK_S + booked.slot, rate


def _slots(booked: Appointments, opened: list[tuple[int, float]]) -> Iterator[tuple[float, int]]:
    """Yield when the slots of a day begin, and how many are booked in each."""
    numbers = [*booked.per_slot]
    is_endless = len(numbers) == 1 and booked.calendar is not None
    for opens_min, closes_min in opened:
        low = float(opens_min * _MINUTE_S)
        while numbers and low + booked.slot <= closes_min * _MINUTE_S:
            yield low, numbers[0] if is_endless else numbers.pop(0)
            low += booked.slot


def _mean_group(group: NumberSpec) -> float:
    """Return how many come at once on average; parts of a case are rounded, one comes at least."""
    points = build(group).quantile((np.arange(_POINTS) + 0.5) / _POINTS)
    return float(np.maximum(np.rint(points), 1).mean())
