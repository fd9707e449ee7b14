"""How many cases come, with intervals: by weekday and hour, by weekday, and in a week.

Each interval rests on the cases of its own hour or day alone, whatever they were pooled with:
so it holds the truth even where a test could not tell two hours apart that do differ. Days
differ more than a Poisson process would have it (weather, campaigns) where the counts of
the same weekday say so; intervals are wider by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from simulation.calibration.estimates import Estimate, normal_width, rate_of
from simulation.calibration.week import DAY_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Intensity:
    """What is expected, with intervals at the confidence asked for."""

    table: Floats  # by weekday and hour
    low: Floats
    high: Floats
    by_day: tuple[Estimate, ...]  # weekdays
    per_week: Estimate
    dispersion: float  # of the counts of days of the same weekday: variance by mean

    @classmethod
    def of(
        cls, cases: Floats, table: Floats, dates: Floats, *, is_renewal: bool, confidence: float
    ) -> Intensity:
        """Return it for arrivals, the table that is used, and the number of days by weekday."""
        counts = _by_hour(cases)
        spread = _Spread.of(cases, dates, is_renewal=is_renewal, confidence=confidence)
        seen = np.maximum(dates, 1)
        of_hour = spread.of_size(float((counts / seen[:, None]).max(initial=0.0)))
        _, low, high = rate_of(counts, np.repeat(seen[:, None], 24, 1), confidence, of_hour)
        _, *own = rate_of(counts.sum(1), seen, confidence, spread.days)
        weeks = np.array([_weeks(dates, table)])
        week = rate_of(np.array([counts.sum()]), weeks, confidence, spread.days)
        return cls(
            table=table,
            low=np.minimum(low, table),
            high=np.maximum(high, table),
            by_day=tuple(_around(*ends) for ends in zip(table.sum(1), *own, strict=True)),
            per_week=_around(*(float(ends[0]) for ends in week)),
            dispersion=spread.days,
        )


@dataclass(frozen=True, slots=True)
class _Spread:
    """How much more (or, for even intervals, less) days differ than Poisson counts."""

    days: float
    size: float  # cases of a usual day

    @classmethod
    def of(cls, times: Floats, dates: Floats, *, is_renewal: bool, confidence: float) -> _Spread:
        day = np.floor(times / DAY_S).astype(np.intp)
        counts = np.bincount(day - day.min()) if len(day) else np.zeros(0)
        weekday = (np.arange(len(counts)) + (day.min() if len(day) else 0)) % 7
        totals = np.bincount(weekday, weights=counts, minlength=7)
        expected = (totals / np.maximum(dates, 1))[weekday]
        busy = expected > 0
        freedom = int(busy.sum() - len(np.unique(weekday[busy])))
        size = float(expected[busy].mean()) if busy.any() else 0.0
        if freedom < 1:
            return cls(1.0, size)
        found = float(((counts - expected)[busy] ** 2 / expected[busy]).sum() / freedom)
        if is_renewal:  # few days tell little of how even they are
            wide = float(special.stdtrit(freedom, (1 + confidence) / 2))
            return cls(found * (wide / normal_width(confidence)) ** 2, size)
        return cls(max(1.0, found), size)

    def of_size(self, size: float) -> float:
        """Return the dispersion of counts of another size: what days share is proportional."""
        return 1 + max(0.0, self.days - 1) * min(1.0, size / max(self.size, 1e-12))


def _weeks(dates: Floats, table: Floats) -> float:
    """Return how many weeks' cases the days brought; of a few weekdays alone, sevenths."""
    if dates.all() and table.any():
        return float(dates @ table.sum(1) / table.sum())
    return float(dates.sum() / 7)


def _around(used: float, low: float, high: float) -> Estimate:
    return Estimate(float(used), float(min(used, low)), float(max(used, high)))


def _by_hour(times: Floats) -> Floats:
    slot = (times // 3600 % 168).astype(np.intp)
    return np.bincount(slot, minlength=168).reshape(7, 24).astype(np.float64)
