"""Arrivals that nobody plans: intervals between cases, and rates by time of day and week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.domain.calendar import CalendarNeverOpens, CompiledCalendar
from simulation.arrivals_clock import LATEST, MOST_CASES, OpenHours, days, ensure_few, slot_edges
from simulation.calendars import OpensTooRarely, working_calendar
from simulation.errors import ArrivalsRefused
from simulation.net import US
from simulation.scenario.distribution import build
from simulation.streams import Purpose, case_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulation.net import Net
    from simulation.scenario.arrival import Arrival, Rate
    from simulation.streams import Streams

_BLOCK = 256


def renewal(net: Net, name: str, arrival: Arrival, streams: Streams) -> NDArray[np.int64]:
    """Add up intervals; with a calendar, time passes only while it is open, or arrivals wait."""
    assert arrival.interval is not None
    interval = build(arrival.interval, floor=0.0)
    _ensure_few_expected(net, name, arrival.calendar, interval.mean)
    size = net.document.run.cases or _BLOCK
    while True:
        u = streams.uniforms(Purpose.ARRIVAL, name, case_keys(name, size))
        with np.errstate(over="ignore"):  # what becomes endless comes after the end
            intervals = interval.quantile(u)
        if arrival.outside_calendar == "opening":
            times = _at_openings(net, name, arrival, intervals)
        else:
            times = _added_up(intervals, net, name)
            if arrival.calendar is not None:
                times = while_open(net, arrival.calendar, times, name)
        if net.until is None:
            return times
        if times[-1] >= net.until:
            return times[: np.searchsorted(times, net.until)]
        ensure_few(size, name)
        size *= 2


def poisson(net: Net, name: str, arrival: Arrival, streams: Streams) -> NDArray[np.int64]:
    """Invert the expected number of arrivals (Çinlar 1975, §4.7)."""
    assert arrival.rate is not None
    edges, expected = _rate_table(net, name, arrival.rate, arrival.calendar)
    size = net.document.run.cases or max(_BLOCK, int(expected[-1] + 12 * expected[-1] ** 0.5))
    u = streams.uniforms(Purpose.ARRIVAL, name, case_keys(name, size))
    operational = np.cumsum(-np.log1p(-u))
    within = operational[: np.searchsorted(operational, expected[-1])]
    closes = edges[np.searchsorted(expected, within, side="right")]
    times = np.floor(np.interp(within, expected, edges))
    return np.asarray(np.minimum(times, closes - 1)).astype(np.int64)  # rounded, but not so far


def _ensure_few_expected(net: Net, name: str, calendar: str | None, mean_s: float) -> None:
    """Raise ArrivalsRefused before anything is drawn if far too many cases would come.

    At least the open time ÷ the mean interval − 1 come on average (Wald's equation).
    """
    if net.until is None or net.until <= MOST_CASES * mean_s * US:
        return
    enough_us = (MOST_CASES + 1) * mean_s * US
    spans = [(0, net.until)]
    hours = spans if calendar is None else OpenHours(net, calendar, name).within(0, net.until)
    open_us = 0
    for opens, closes in hours:
        open_us += closes - opens
        if open_us > enough_us:
            ensure_few(np.inf, name)


def ticks(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return seconds as whole microseconds."""
    return np.rint(seconds * US).astype(np.int64)


def _added_up(intervals: NDArray[np.float64], net: Net, name: str) -> NDArray[np.int64]:
    """Return the moments of arrival in µs, as far as one after the end of the run."""
    latest_s = (LATEST if net.until is None else net.until + US) / US
    within = int(np.searchsorted(np.cumsum(intervals), latest_s))
    if net.until is None and within < len(intervals):
        raise ArrivalsRefused(name, "the last of run.cases comes 150 years after the start")
    return np.cumsum(ticks(np.minimum(intervals[: within + 1], latest_s)))


def _at_openings(
    net: Net, name: str, arrival: Arrival, intervals: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Let who would come while a calendar is shut come when it opens; then the next interval."""
    assert arrival.calendar is not None
    calendar = CompiledCalendar(working_calendar(net.document, arrival.calendar), net.epoch)
    latest = LATEST if net.until is None else net.until
    times, now = [], 0
    for interval in ticks(np.minimum(intervals, LATEST / US)).tolist():
        try:
            now = calendar.next_open(now + interval)
        except (CalendarNeverOpens, OpensTooRarely) as error:
            raise ArrivalsRefused(name, str(error)) from error
        times.append(now)
        if now >= latest:
            break
    if net.until is None and times[-1] >= LATEST:
        raise ArrivalsRefused(name, "the last of run.cases comes 150 years after the start")
    return np.array(times, dtype=np.int64)


def while_open(
    net: Net, calendar_name: str, times: NDArray[np.int64], name: str
) -> NDArray[np.int64]:
    """Let the time of arrivals pass only while a calendar is open.

    Whose time is over at the very closing comes at the next opening: it is shut at closing time.
    """
    calendar = CompiledCalendar(working_calendar(net.document, calendar_name), net.epoch)
    try:
        opens = calendar.next_open(0)
        moments = [calendar.next_open(calendar.finish(opens, t)) for t in times.tolist()]
    except (CalendarNeverOpens, OpensTooRarely) as error:
        raise ArrivalsRefused(name, str(error)) from error
    return np.array(moments, dtype=np.int64)


def _rate_table(
    net: Net, name: str, rate: Rate, calendar: str | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return slot edges in µs and the expected arrivals up to each, as far as they are needed."""
    edges, expected = [0.0], [0.0]
    wanted = net.document.run.cases
    slack = 0.0 if wanted is None else wanted + 12 * wanted**0.5 + 12
    hours = None if calendar is None else OpenHours(net, calendar, name)
    for start, finish, per_slot in _slots(net, name, rate):
        done = start >= net.until if net.until is not None else expected[-1] > slack
        if done:
            break
        end = finish if net.until is None else min(finish, net.until)
        begin = max(start, 0)
        if end <= begin:
            continue
        length = finish - start
        for opens, closes in [(begin, end)] if hours is None else hours.within(begin, end):
            edges += [opens, closes]
            expected += [expected[-1], expected[-1] + per_slot * (closes - opens) / length]
        if wanted is None:
            ensure_few(expected[-1], name)
    return np.array(edges), np.array(expected)


def _slots(net: Net, name: str, rate: Rate) -> Iterator[tuple[int, int, float]]:
    """Yield begin and end (µs) and the expected arrivals of every slot, day by day."""
    slot = max(1, round(rate.slot * US))
    weekday = net.document.run.start.weekday()
    for day in days(name, max(map(len, rate.by_weekday))):
        rates = rate.by_weekday[(weekday + day) % 7]
        edges = slot_edges(net, day, rate.from_, slot, len(rates))
        yield from zip(edges, edges[1:], rates, strict=False)
