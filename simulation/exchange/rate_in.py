"""Intervals that change by calendar as the rate of a scenario: cases by time of day and week."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.exchange.weeks import merged
from simulation.scenario.calendar import by_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from simulation.exchange.weeks import Span

_DAY_MIN, _WEEK_MIN = 1440, 7 * 1440
_DIGITS = 6


class RateWeek:
    """The rate in each minute of a week; who writes a minute first is right."""

    def __init__(self) -> None:
        self._per_min: NDArray[np.float64] = np.zeros(_WEEK_MIN)
        self._is_said: NDArray[np.bool_] = np.zeros(_WEEK_MIN, dtype=np.bool_)

    def put(self, mean_s: float, spans: Iterable[Span]) -> bool:
        """Say the mean interval in spans of a week; return whether some of it was said before."""
        place = np.zeros(_WEEK_MIN, dtype=np.bool_)
        for low, high in merged(list(spans)):
            place[round(low / 60) : round(high / 60)] = True
        is_new = place & ~self._is_said
        self._per_min[is_new] = 60 / mean_s
        self._is_said |= place
        return bool((place & ~is_new).any())

    def put_elsewhere(self, mean_s: float) -> None:
        """Say the mean interval of all other times."""
        self._per_min[~self._is_said] = 60 / mean_s

    @property
    def is_silent(self) -> bool:
        """Whether nobody comes at all."""
        return not self._per_min.any()

    def written(self) -> dict[str, Any]:
        """Return the rate as a scenario writes it, in the longest slots that hold it."""
        days = self._per_min.reshape(7, _DAY_MIN)
        slot = _slot_min(days)
        busy = np.flatnonzero(days.any(axis=0))
        first = int(busy[0]) // slot * slot
        rows = [_slots(day, first, slot) for day in days]
        found: dict[str, Any] = {"slot": f"{slot}min", "from": f"{first // 60:02}:{first % 60:02}"}
        weekly = by_day(rows)
        if list(weekly) == ["mon-sun"]:
            return found | {"per_slot": weekly["mon-sun"]}
        return found | {"weekly": weekly}


def _slot_min(days: NDArray[np.float64]) -> int:
    changes = np.flatnonzero((np.diff(days, axis=1) != 0).any(axis=0)) + 1
    return math.gcd(_DAY_MIN // 24, *changes.tolist())


def _slots(day: NDArray[np.float64], first: int, slot: int) -> Sequence[float]:
    """Return how many come in each slot, until the last one in which anybody does."""
    row = [round(float(rate) * slot, _DIGITS) for rate in day[first::slot]]
    while row and not row[-1]:
        row.pop()
    return row
