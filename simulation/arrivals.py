"""When cases arrive and with which data; drawn before the run, for arrivals ask nobody.

Cases of a start event are numbered in the order in which they were drawn (appointments: in
which they were booked); that number, not the order at the door, names their random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import count, islice
from typing import TYPE_CHECKING

import numpy as np

from engine.domain.calendar import CalendarNeverOpens, CompiledCalendar
from simulation.calendars import OpensTooRarely, working_calendar
from simulation.errors import ArrivalsRefused
from simulation.net import US, Net
from simulation.scenario.distribution import build
from simulation.streams import Purpose, Streams, case_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulation.scenario.arrival import Appointments, Arrival, Attribute, Rate
    from simulation.streams import Keys

_BLOCK = 256
_MOST_CASES = 1_000_000  # of a replication: a few GB
_MOST_SLOTS = 500_000  # of a replication
_LATEST = 150 * 366 * 86_400 * US  # from the start of the run


@dataclass(frozen=True)
class Arrivals:
    """The cases of one replication in the order of their arrival, times in µs."""

    times: NDArray[np.int64]
    starts: tuple[str, ...]  # start event of each case
    keys: Keys
    attributes: dict[str, list[object]]  # by name, one value per case

    def __len__(self) -> int:
        return len(self.times)

    def values(self, case: int) -> dict[str, object]:
        """Return the data of one case."""
        return {name: column[case] for name, column in self.attributes.items()}


def draw(net: Net, streams: Streams) -> Arrivals:
    """Draw the arrivals of one replication."""
    names = tuple(net.entries)
    drawn = [_of_start(net, name, streams) for name in names]
    times = np.concatenate([t for t, _ in drawn])
    _ensure_few(len(times), names[0])
    keys = np.concatenate([k for _, k in drawn])
    source = np.repeat(np.arange(len(names)), [len(t) for t, _ in drawn])
    order = np.argsort(times, kind="stable")[: net.document.run.cases]
    starts = tuple(names[i] for i in source[order].tolist())
    keys = keys[order]
    return Arrivals(times[order], starts, keys, _attributes(net, starts, keys, streams))


def _of_start(net: Net, name: str, streams: Streams) -> tuple[NDArray[np.int64], Keys]:
    arrival = net.document.arrivals[name]
    if arrival.appointments is not None:
        return _booked(net, name, arrival.appointments, streams)
    if arrival.rate is not None:
        times = _poisson(net, name, arrival.rate, streams)
    else:
        times = _renewal(net, name, arrival, streams)
    return times, case_keys(name, len(times))


def _renewal(net: Net, name: str, arrival: Arrival, streams: Streams) -> NDArray[np.int64]:
    """Add up intervals; with a calendar, time passes only while it is open."""
    assert arrival.interval is not None
    interval = build(arrival.interval, floor=0.0)
    calendar = None
    if arrival.calendar is not None:
        calendar = CompiledCalendar(working_calendar(net.document, arrival.calendar), net.epoch)
    size = net.document.run.cases or _BLOCK
    while True:
        u = streams.uniforms(Purpose.ARRIVAL, name, case_keys(name, size))
        with np.errstate(over="ignore"):  # what becomes endless comes after the end
            intervals = interval.quantile(u)
        times = _added_up(intervals, net, name)
        if calendar is not None:
            times = _while_open(calendar, times, name)
        if net.until is None:
            return times
        if times[-1] >= net.until:
            return times[: np.searchsorted(times, net.until)]
        _ensure_few(size, name)
        size *= 2


def _added_up(intervals: NDArray[np.float64], net: Net, name: str) -> NDArray[np.int64]:
    """Return the moments of arrival in µs, as far as one after the end of the run."""
    latest_s = (_LATEST if net.until is None else net.until + US) / US
    within = int(np.searchsorted(np.cumsum(intervals), latest_s))
    if net.until is None and within < len(intervals):
        raise ArrivalsRefused(name, "the last of run.cases comes 150 years after the start")
    return np.cumsum(_ticks(np.minimum(intervals[: within + 1], latest_s)))


def _while_open(
    calendar: CompiledCalendar, times: NDArray[np.int64], name: str
) -> NDArray[np.int64]:
    """Let the time of arrivals pass only while a calendar is open."""
    try:
        opens = calendar.next_open(0)
        moments = [calendar.finish(opens, t) for t in times.tolist()]
    except (CalendarNeverOpens, OpensTooRarely) as error:
        raise ArrivalsRefused(name, str(error)) from error
    return np.array(moments, dtype=np.int64)


def _ensure_few(cases: float, name: str) -> None:
    if not cases <= _MOST_CASES:
        words = f"more than {_MOST_CASES:,} cases would arrive in one replication"
        raise ArrivalsRefused(name, f"{words}; shorten run.until, or give run.cases")


def _poisson(net: Net, name: str, rate: Rate, streams: Streams) -> NDArray[np.int64]:
    """Invert the expected number of arrivals (Çinlar 1975, §4.7)."""
    edges, expected = _rate_table(net, name, rate)
    _ensure_few(expected[-1], name)
    size = max(_BLOCK, int(expected[-1] + 12 * expected[-1] ** 0.5))
    u = streams.uniforms(Purpose.ARRIVAL, name, case_keys(name, size))
    operational = np.cumsum(-np.log1p(-u))
    within = operational[: np.searchsorted(operational, expected[-1])]
    return np.asarray(np.floor(np.interp(within, expected, edges))).astype(np.int64)


def _rate_table(net: Net, name: str, rate: Rate) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return slot edges in µs and the expected arrivals up to each, as far as they are needed."""
    edges, expected = [0.0], [0.0]
    wanted = net.document.run.cases
    slack = 0.0 if wanted is None else wanted + 12 * wanted**0.5 + 12
    slot = round(rate.slot * US)
    for start, per_slot in _slots(net, name, rate):
        done = start >= net.until if net.until is not None else expected[-1] > slack
        if done:
            break
        end = start + slot if net.until is None else min(start + slot, net.until)
        begin = max(start, 0)
        if end <= begin:
            continue
        edges += [begin, end]
        expected += [expected[-1], expected[-1] + per_slot * (end - begin) / slot]
    return np.array(edges), np.array(expected)


def _slots(net: Net, name: str, rate: Rate) -> Iterator[tuple[int, float]]:
    """Yield the start (µs) and the expected arrivals of every slot, day by day."""
    slot = round(rate.slot * US)
    most = max(map(len, rate.by_weekday))
    monday = net.document.run.start.weekday()
    for day in _days(name, most):
        first = _local(net, day, rate.from_)
        for i, per_slot in enumerate(rate.by_weekday[(monday + day) % 7]):
            yield first + i * slot, per_slot


def _days(name: str, slots_a_day: int) -> Iterator[int]:
    """Yield the days after the start, as many as a run can hold."""
    for day in count():
        if day * slots_a_day > _MOST_SLOTS or day * 86_400 * US > _LATEST:
            words = f"needs {day * slots_a_day:,} slots on {day:,} days, and still too few cases"
            raise ArrivalsRefused(name, f"{words} have arrived; shorten run.until, or raise rates")
        yield day


def _booked(
    net: Net, name: str, booked: Appointments, streams: Streams
) -> tuple[NDArray[np.int64], Keys]:
    """Place each booking in its slot; early or late by its punctuality, never before the start."""
    middles = np.fromiter(islice(_middles(net, name, booked), _MOST_CASES + 1), dtype=np.int64)
    _ensure_few(len(middles), name)
    keys = case_keys(name, len(middles))
    times = middles
    if booked.punctuality is not None:
        u = streams.uniforms(Purpose.ARRIVAL, name, keys)
        times = middles + _ticks(build(booked.punctuality).quantile(u))
    comes = streams.uniforms(Purpose.NO_SHOW, name, keys) >= booked.no_show
    times, keys = np.maximum(times[comes], 0), keys[comes]
    order = np.argsort(times, kind="stable")
    return times[order], keys[order]


def _middles(net: Net, name: str, booked: Appointments) -> Iterator[int]:
    """Yield the middle of its slot for each booking, in order."""
    half = round(booked.slot * US) // 2
    slots = _appointment_slots(net, name, booked)
    bookings = (start + half for start, n in slots for _ in range(n))
    wanted = net.document.run.cases
    if wanted is None:
        return bookings
    return islice(bookings, int(wanted / max(1e-9, 1 - booked.no_show) * 1.5) + 100)


def _appointment_slots(net: Net, name: str, booked: Appointments) -> Iterator[tuple[int, int]]:
    slot = round(booked.slot * US)
    for day in _days(name, max(len(booked.per_slot), 86_400 * US // max(slot, US))):
        openings = _openings(net, booked, day)
        starts = [s for begin, end in openings for s in range(begin, end - slot + 1, slot)]
        for i, start in enumerate(starts):
            if net.until is not None and start >= net.until:
                return
            if start >= 0 and (len(booked.per_slot) == 1 or i < len(booked.per_slot)):
                yield start, booked.per_slot[0 if len(booked.per_slot) == 1 else i]


def _openings(net: Net, booked: Appointments, day: int) -> list[tuple[int, int]]:
    """Return when the slots of a day may lie, in µs."""
    if booked.from_ is not None:
        begin = _local(net, day, booked.from_)
        return [(begin, begin + round(booked.slot * US) * len(booked.per_slot))]
    assert booked.calendar is not None
    calendar = working_calendar(net.document, booked.calendar)
    date = net.document.run.start.date() + timedelta(days=day)
    shifts = calendar.exceptions.get(date, calendar.weekly.get(date.weekday(), ()))
    return [(_local(net, day, s.opens_min), _local(net, day, s.closes_min)) for s in sorted(shifts)]


def _local(net: Net, day: int, minutes: int) -> int:
    """Return a local time of day, so many days after the start, in µs after the epoch."""
    date = net.document.run.start.date() + timedelta(days=day + minutes // 1440)
    wall = time(minutes % 1440 // 60, minutes % 60)
    moment = datetime.combine(date, wall, net.document.timezone).astimezone(UTC)
    return (moment - net.epoch) // timedelta(microseconds=1)


def _ticks(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(seconds * US).astype(np.int64)


def _attributes(
    net: Net, starts: tuple[str, ...], keys: Keys, streams: Streams
) -> dict[str, list[object]]:
    names = {n for arrival in net.document.arrivals.values() for n in arrival.attributes}
    values: dict[str, list[object]] = {name: [None] * len(starts) for name in sorted(names)}
    for start, arrival in net.document.arrivals.items():
        rows = [i for i, at in enumerate(starts) if at == start]
        for name, attribute in arrival.attributes.items():
            u = streams.uniforms(Purpose.ATTRIBUTE, name, keys[rows])
            for row, value in zip(rows, _attribute_values(attribute, u), strict=True):
                values[name][row] = value
    return values


def _attribute_values(attribute: Attribute, u: NDArray[np.float64]) -> list[object]:
    if attribute.choice is not None:
        names = list(attribute.choice)
        upper = np.cumsum(list(attribute.choice.values()))
        chosen = np.minimum(np.searchsorted(upper, u, side="right"), len(names) - 1)
        return [names[i] for i in chosen.tolist()]
    if attribute.constant is not None:
        return [attribute.constant] * len(u)
    return list(build(attribute).quantile(u).tolist())
