"""Which cases a scenario is learnt from, and which it is validated with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.calibration.week import DAY_S, wall_s

if TYPE_CHECKING:
    from kpis.log_reader.work_log import WorkLog

_FEWEST_DAYS = 5  # on which cases come


class HoldOut(NamedTuple):
    """The first cases to learn from, the last ones to validate with."""

    train: WorkLog
    held_out: WorkLog | None  # None: nothing is validated
    is_same: bool = False
    words: str = ""


def hold_out(log: WorkLog, share: float) -> HoldOut:
    """Hold out the last cases of a log.

    A log of a few days is not cut: the last fifth of a day has other hours, and every fifth
    case another load. It is compared with what it was learnt from, and says so.
    """
    if share <= 0:
        return HoldOut(log, None)
    arrived = wall_s(log.case_start_s, log.zone)
    days = len(np.unique(np.floor(arrived[np.isfinite(arrived)] / DAY_S)))
    if days >= _FEWEST_DAYS and days * share >= 1:
        return HoldOut(*log.split(1 - share))
    words = (
        f"the log covers {days} days, too few to hold cases out: simulated cases are compared "
        "with those they were learnt from"
    )
    return HoldOut(log, log, is_same=True, words=words)
