"""Clock shifts: days on which everybody begins to work an hour earlier or later.

A log that was written in local time by people who work in another zone moves by an hour when
clocks change. Learnt as it stands, everybody would seem to work at both hours. The earlier part
is moved to the clock of the later one, which is the one that a scenario goes on with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import kstwobign

from simulation.calibration.week import DAY_S, wall_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FEWEST_DAYS = 5  # with events, on each side
_MOST_DAYS = 15
_FEWEST_EVENTS = 60
_MOST_EVENTS = 1_500  # of a side; enough to see a quarter of an hour
_STEP_S = 900.0
_LAGS_S = np.concatenate([np.arange(-12, 0), np.arange(1, 13)]) * _STEP_S
_MOST_SHIFTS = 12


@dataclass(frozen=True, slots=True)
class ClockShift:
    """From a day on (wall-clock seconds), everything happens so much later."""

    at_s: float
    by_s: float

    @property
    def day(self) -> date:
        """The first day of the new hours."""
        return wall_time(self.at_s).date()

    @property
    def clocks_changed(self) -> str | None:
        """Where clocks changed within the three days before; None: nowhere that is known."""
        days = [self.day - timedelta(days=back) for back in range(4)]
        for where, is_change in (("Europe", _in_europe), ("North America", _in_america)):
            if abs(abs(self.by_s) - 3600) < 1 and any(is_change(day) for day in days):
                return where
        return None


def clock_shifts(times: Floats) -> list[ClockShift]:
    """Find the shifts of a log from the times of its events, the latest first."""
    times, shifts = np.sort(times), []
    for _ in range(_MOST_SHIFTS):
        shift = _strongest(times)
        if shift is None:
            break
        shifts.append(shift)
        times = np.sort(moved(times, [shift]))
    return sorted(shifts, key=lambda shift: -shift.at_s)


def moved(times: Floats, shifts: list[ClockShift]) -> Floats:
    """Return times with what lies before each shift moved to the clock after it."""
    result = times.copy()
    for shift in shifts:
        result[times < shift.at_s] += shift.by_s
    return result


def _strongest(times: Floats) -> ClockShift | None:
    """Return the clearest shift that is left."""
    best: tuple[float, float, Floats, Floats] | None = None
    for at_s, before, after in _sides(times):
        distance = _distance(before, after)
        if best is None or distance > best[0]:
            best = (distance, at_s, before, after)
    if best is None:
        return None
    distance, at_s, before, after = best
    if distance < 0.08 or _p_value(distance, before, after) > 1e-4:
        return None
    distances = [_distance((before + lag) % DAY_S, after) for lag in _LAGS_S.tolist()]
    lag_s = float(_LAGS_S[int(np.argmin(distances))])
    left = min(distances)
    if left > 0.4 * distance or _p_value(left, before, after) < 1e-4:
        return None
    return ClockShift(at_s, lag_s)


def _sides(times: Floats) -> Iterator[tuple[float, Floats, Floats]]:
    """Yield each day with the times of day of the days before it, and from it on."""
    day_of = np.floor(times / DAY_S)
    days, first = np.unique(day_of, return_index=True)
    first = np.append(first, len(times))
    for i in range(_FEWEST_DAYS, len(days) - _FEWEST_DAYS + 1):
        low, high = max(0, i - _MOST_DAYS), min(len(days), i + _MOST_DAYS)
        before, after = times[first[low] : first[i]], times[first[i] : first[high]]
        if min(len(before), len(after)) >= _FEWEST_EVENTS:
            yield float(days[i] * DAY_S), _thinned(before) % DAY_S, _thinned(after) % DAY_S


def _thinned(times: Floats) -> Floats:
    return times[:: max(1, len(times) // _MOST_EVENTS)]


def _distance(a: Floats, b: Floats) -> float:
    """The largest gap between two distribution functions (Kolmogorov, Smirnov)."""
    a, b = np.sort(a), np.sort(b)
    both = np.concatenate([a, b])
    gaps = np.searchsorted(a, both, "right") / len(a) - np.searchsorted(b, both, "right") / len(b)
    return float(np.abs(gaps).max())


def _p_value(distance: float, a: Floats, b: Floats) -> float:
    size = len(a) * len(b) / (len(a) + len(b))
    return float(kstwobign.sf(distance * np.sqrt(size)))


def _in_europe(day: date) -> bool:
    is_last = (day + timedelta(days=7)).month != day.month
    return day.weekday() == 6 and is_last and day.month in {3, 10}


def _in_america(day: date) -> bool:
    if day.weekday() != 6:
        return False
    return (day.month == 3 and 8 <= day.day <= 14) or (day.month == 11 and day.day <= 7)
