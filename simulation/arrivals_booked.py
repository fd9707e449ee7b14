"""Arrivals by appointment: each case is due in the middle of its slot."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from simulation.arrivals_clock import MOST_CASES, days, ensure_few, local
from simulation.arrivals_random import ticks
from simulation.calendars import working_calendar
from simulation.errors import ArrivalsRefused
from simulation.net import US
from simulation.scenario.distribution import build
from simulation.streams import Purpose, case_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulation.net import Net
    from simulation.scenario.arrival import Appointments
    from simulation.streams import Keys, Streams


def booked(
    net: Net, name: str, appointments: Appointments, streams: Streams
) -> tuple[NDArray[np.int64], Keys]:
    """Place each booking in its slot; early or late by its punctuality, never before the start.

    Who is booked before the end of the run still comes after it, unless the run is cut there.
    """
    middles = np.fromiter(islice(_middles(net, name, appointments), MOST_CASES + 1), dtype=np.int64)
    ensure_few(len(middles), name)
    keys = case_keys(name, len(middles))
    times = middles
    if appointments.punctuality is not None:
        u = streams.uniforms(Purpose.ARRIVAL, name, keys)
        times = middles + ticks(build(appointments.punctuality).quantile(u))
    comes = streams.uniforms(Purpose.NO_SHOW, name, keys) >= appointments.no_show
    if net.until is not None and not net.document.run.drain:
        comes &= times < net.until
    times, keys = np.maximum(times[comes], 0), keys[comes]
    order = np.argsort(times, kind="stable")
    return times[order], keys[order]


def _middles(net: Net, name: str, appointments: Appointments) -> Iterator[int]:
    """Yield the middle of its slot for each booking, in order."""
    half = round(appointments.slot * US) // 2
    slots = _appointment_slots(net, name, appointments)
    bookings = (start + half for start, n in slots for _ in range(n))
    wanted = net.document.run.cases
    if wanted is None:
        return bookings
    if appointments.no_show >= 1:
        raise ArrivalsRefused(name, "nobody ever comes: no_show is 100%; give run.until")
    return islice(bookings, int(wanted / max(1e-9, 1 - appointments.no_show) * 1.5) + 100)


def _appointment_slots(
    net: Net, name: str, appointments: Appointments
) -> Iterator[tuple[int, int]]:
    slot, per_slot = round(appointments.slot * US), appointments.per_slot
    for day in days(name, max(len(per_slot), 86_400 * US // slot)):
        openings = _openings(net, appointments, day)
        starts = [s for begin, end in openings for s in range(begin, end - slot + 1, slot)]
        for i, start in enumerate(starts):
            if net.until is not None and start >= net.until:
                return
            if start >= 0 and (len(per_slot) == 1 or i < len(per_slot)):
                yield start, per_slot[0 if len(per_slot) == 1 else i]


def _openings(net: Net, appointments: Appointments, day: int) -> list[tuple[int, int]]:
    """Return when the slots of a day may lie, in µs."""
    if appointments.from_ is not None:
        begin = local(net, day, appointments.from_)
        return [(begin, begin + round(appointments.slot * US) * len(appointments.per_slot))]
    assert appointments.calendar is not None
    calendar = working_calendar(net.document, appointments.calendar)
    date = net.document.run.start.date() + timedelta(days=day)
    shifts = calendar.exceptions.get(date, calendar.weekly.get(date.weekday(), ()))
    return [(local(net, day, s.opens_min), local(net, day, s.closes_min)) for s in sorted(shifts)]
