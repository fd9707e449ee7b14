"""Who was bound when: one row per stretch in which a unit belonged to a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.spans import time_until, unrolled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.run_record import SimulatedRun

    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Holds:
    """Columns of stretches, times in µs; work that a cut run leaves open counts up to there."""

    row: Ints  # of the visit, in the run
    pool: Ints  # in which the unit acts
    unit: Ints
    begin: Ints
    end: Ints
    work: Ints
    overtime: Ints  # of the work, outside the shifts
    uses: Ints  # 1 when a unit is taken for the first time


def holds(run: SimulatedRun) -> Holds:
    """Return the stretches of a run: of plain roles a visit is one, of special ones its stints."""
    plain, special = _of_rows(run), _of_stints(run)
    return Holds(*(np.concatenate(pair) for pair in zip(plain, special, strict=True)))


def _of_rows(run: SimulatedRun) -> tuple[Ints, ...]:
    is_plain = [run.net.staff.group_of(pool) is None for pool in range(len(run.net.pools))]
    begun = (run.unit >= 0) & (run.started >= 0)
    rows = np.flatnonzero(begun & np.array([*is_plain, False], dtype=np.bool_)[run.pool])
    is_open = run.completed[rows] < 0
    end = np.where(is_open, max(run.horizon, 0), run.completed[rows])
    work, overtime = run.work[rows].copy(), np.zeros(len(rows), dtype=np.int64)
    for pool, plan in enumerate(run.net.pools):
        mine = run.pool[rows] == pool
        if plan.calendar is None or not is_plain[pool] or not mine.any():
            continue
        hours = unrolled(plan.calendar, run.net.epoch, int(end[mine].max()) + 1)
        there = time_until(hours, end[mine]) - time_until(hours, run.started[rows][mine])
        work[mine] = np.where(is_open[mine], np.minimum(work[mine], there), work[mine])
        overtime[mine] = np.maximum(work[mine] - there, 0)
    work = np.where(is_open, np.minimum(work, end - run.started[rows]), work)
    ones = np.ones(len(rows), dtype=np.int64)
    return rows, run.pool[rows], run.unit[rows], run.started[rows], end, work, overtime, ones


def _of_stints(run: SimulatedRun) -> tuple[Ints, ...]:
    stints = run.stints
    pool = run.pools_of(stints["node"], stints["unit"])
    columns = ("unit", "begin", "end", "work", "overtime", "uses")
    return run.rows_of(stints), pool, *(stints[name] for name in columns)
