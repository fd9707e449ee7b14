"""Which cases a scenario is learnt from, and which it is validated with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.calibration.told import Told, told
from simulation.calibration.week import DAY_S, wall_s

if TYPE_CHECKING:
    from kpis.log_reader.work_log import WorkLog

_FEWEST_DAYS = 5  # on which cases come
FEWEST_CASES = 20  # to compare with


class HoldOut(NamedTuple):
    """The first cases to learn from, the last ones to validate with."""

    train: WorkLog
    held_out: WorkLog | None  # None: nothing is validated
    is_same: bool = False
    told: Told | None = None


def hold_out(log: WorkLog, share: float) -> HoldOut:
    """Hold out the last cases of a log.

    The cut is at the nearest midnight: a day that is cut in two would be learnt as a quiet one.
    A log of a few days is not cut: the last fifth of a day has other hours, and every fifth
    case another load. It is compared with what it was learnt from, and says so.
    """
    if share <= 0:
        return HoldOut(log, None)
    arrived = wall_s(log.case_start_s, log.zone)
    _, by_day = np.unique(np.floor(arrived[np.isfinite(arrived)] / DAY_S), return_counts=True)
    days = len(by_day)
    cases = len(log.case_ids)
    if cases < FEWEST_CASES:
        return HoldOut(log, None, told=told("not_validated", cases=cases))
    if days >= _FEWEST_DAYS and days * share >= 1 and cases * share >= FEWEST_CASES:
        before = np.cumsum(by_day)[:-1] / cases
        return HoldOut(*log.split(float(before[np.argmin(np.abs(before - (1 - share)))])))
    return HoldOut(log, log, is_same=True, told=told("not_held_out", days=days, cases=cases))
