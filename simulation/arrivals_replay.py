"""Arrivals as they were: the moments of a file, as far as they lie in the run."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from engine.domain.calendar import MICROSECOND
from engine.domain.wall_time import moment_at
from simulation.errors import ArrivalsRefused
from simulation.streams import case_keys

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from simulation.net import Net
    from simulation.scenario.arrival import Replay
    from simulation.streams import Keys


def replayed(
    net: Net, name: str, replay: Replay
) -> tuple[NDArray[np.int64], Keys, NDArray[np.int64]]:
    """Return moments, keys and rows of the file, in the order of time."""
    times = np.array(_ticks(net, replay.moments or []), dtype=np.int64)
    latest = np.iinfo(np.int64).max if net.until is None else net.until
    rows = np.flatnonzero((times >= 0) & (times < latest))
    if not rows.size:
        raise ArrivalsRefused(name, _why_none(net, replay))
    rows = rows[np.argsort(times[rows], kind="stable")]
    return times[rows], case_keys(name, len(times))[rows], rows


def columns_of(replay: Replay, rows: NDArray[np.int64]) -> dict[str, list[object]]:
    """Return the data that stand in some rows of the file, by column."""
    numbers = rows.tolist()
    return {name: [column[row] for row in numbers] for name, column in replay.data.items()}


def _ticks(net: Net, moments: list[datetime]) -> list[int]:
    """Return moments in µs after the epoch; local ones are those of the scenario's zone."""
    zone, offsets = net.document.timezone, dict[date, timedelta | None]()
    wall_epoch, ticks = net.epoch.replace(tzinfo=None), []
    for moment in moments:
        if moment.tzinfo is not None:
            ticks.append((moment - net.epoch) // MICROSECOND)
            continue
        day = moment.date()
        if day not in offsets:
            offsets[day] = _offset_on(day, zone)
        offset = offsets[day]
        if offset is None:  # the clocks change on this day
            ticks.append((moment_at(moment, zone) - net.epoch) // MICROSECOND)
        else:
            ticks.append((moment - offset - wall_epoch) // MICROSECOND)
    return ticks


def _offset_on(day: date, zone: ZoneInfo) -> timedelta | None:
    """Return how far a zone is from UTC on a day; None if that changes then."""
    midnight = datetime.combine(day, time(), zone)
    offset = midnight.utcoffset()
    return offset if (midnight + timedelta(days=1)).utcoffset() == offset else None


def _why_none(net: Net, replay: Replay) -> str:
    start = f"{net.document.run.start:%Y-%m-%dT%H:%M}"
    if not replay.moments:
        return f"{replay.file} has no rows"
    first, last = replay.moments[0], replay.moments[-1]
    return (
        f"no moment of {replay.file} ({first:%Y-%m-%dT%H:%M} to {last:%Y-%m-%dT%H:%M}) lies in the"
        f" run, which starts {start}; change run.start or run.until"
    )
