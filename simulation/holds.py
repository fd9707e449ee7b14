"""Who was bound when: one row per stretch in which a unit belonged to a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from simulation.recorder import Ints
    from simulation.run_record import SimulatedRun


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
    plain = _of_rows(run)
    if not len(run.stints["unit"]):
        return Holds(*plain)
    special = _of_stints(run)
    return Holds(*(np.concatenate(pair) for pair in zip(plain, special, strict=True)))


def _of_rows(run: SimulatedRun) -> tuple[Ints, ...]:
    is_plain = [run.net.staff.group_of(pool) is None for pool in range(len(run.net.pools))]
    begun = (run.unit >= 0) & (run.started >= 0)
    begun &= np.array([*is_plain, False], dtype=np.bool_)[run.pool]
    rows = np.flatnonzero(begun).astype(np.int32)
    mine = slice(None) if len(rows) == len(begun) else rows  # all of them are not copied
    unit, begin, end, work = run.unit[mine], run.started[mine], run.completed[mine], run.work[mine]
    is_open, shifts = end < 0, run.shifts
    if is_open.any():
        end = np.where(is_open, max(run.horizon, 0), end)
        works_on = np.array([n.works_on for n in run.net.nodes], dtype=np.bool_)[run.node[mine]]
        # as far as a visit that is open has come
        done = np.where(works_on, end - begin, shifts.overlap(unit, begin, end))
        work = np.where(is_open, np.minimum(work, done), work)
    overtime = np.broadcast_to(np.int64(0), len(rows))
    if shifts.has_calendars:
        overtime = np.maximum(work - shifts.overlap(unit, begin, end), 0)
    ones = np.broadcast_to(np.int32(1), len(rows))
    return rows, run.pool[mine], unit, begin, end, work, overtime, ones


def _of_stints(run: SimulatedRun) -> tuple[Ints, ...]:
    stints = run.stints
    pool = run.pools_of(stints["node"], stints["unit"])
    columns = ("unit", "begin", "end", "work", "overtime", "uses")
    return run.rows_of(stints), pool, *(stints[name] for name in columns)
