"""Arrivals as they were: the moments of a file, as far as they lie in the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.domain.calendar import MICROSECOND
from engine.domain.wall_time import moment_at
from simulation.errors import ArrivalsRefused
from simulation.streams import case_keys

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from simulation.net import Net
    from simulation.scenario.arrival import Replay
    from simulation.streams import Keys


def replayed(
    net: Net, name: str, replay: Replay
) -> tuple[NDArray[np.int64], Keys, NDArray[np.int64]]:
    """Return moments, keys and rows of the file, in the order of time."""
    times = np.array([_ticks(net, moment) for moment in replay.moments or ()], dtype=np.int64)
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


def _ticks(net: Net, moment: datetime) -> int:
    if moment.tzinfo is None:
        moment = moment_at(moment, net.document.timezone)
    return (moment - net.epoch) // MICROSECOND


def _why_none(net: Net, replay: Replay) -> str:
    start = f"{net.document.run.start:%Y-%m-%dT%H:%M}"
    if not replay.moments:
        return f"{replay.file} has no rows"
    first, last = replay.moments[0], replay.moments[-1]
    return (
        f"no moment of {replay.file} ({first:%Y-%m-%dT%H:%M} to {last:%Y-%m-%dT%H:%M}) lies in the"
        f" run, which starts {start}; change run.start or run.until"
    )
