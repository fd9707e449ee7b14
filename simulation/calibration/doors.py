"""The hours in which cases come one after another, so that an interval goes on over night.

The doors open with the earliest case of all days. They close so long after the last one that
the gap over night is, in open time, as long as the gaps within a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.calibration.week import DAY_S, WEEK_S, OpenWeek

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_CLOCK_S = 300.0
_SHORTEST_NIGHT_S = 2 * 3600.0
_RARE_SHARE = 0.02  # of the cases of a usual weekday
_FEWEST_DAYS = 3


def arrival_week(times: Floats) -> OpenWeek | None:
    """Return the hours in which cases come, from their times in order; None: at any time.

    A day is taken from one quietest hour to the next: doors may be open over midnight.
    """
    quiet_s = quietest_s(times)
    turned = times - quiet_s
    day = np.floor(turned / DAY_S)
    starts = np.flatnonzero(np.diff(day, prepend=-np.inf) > 0)
    within = np.diff(turned)[np.diff(day) == 0]
    if len(starts) < _FEWEST_DAYS or not len(within):
        return None
    firsts = turned[starts] % DAY_S
    lasts = turned[np.append(starts[1:], len(turned)) - 1] % DAY_S
    night_s = float(np.median(firsts)) + DAY_S - float(np.median(lasts))
    if night_s < max(4 * float(np.quantile(within, 0.95)), _SHORTEST_NIGHT_S):
        return None
    opens = np.floor(np.quantile(firsts, 0.01) / _CLOCK_S) * _CLOCK_S
    rest = within.mean() - np.maximum(firsts[1:] - opens, 0)
    closes = np.round((lasts[:-1] + rest).mean() / _CLOCK_S) * _CLOCK_S
    after_last = np.floor(np.quantile(lasts[:-1], 0.99) / _CLOCK_S + 1) * _CLOCK_S
    closes = min(max(float(closes), float(after_last)), opens + DAY_S)
    shift = quiet_s + DAY_S * _weekdays(day)
    return OpenWeek(_cut(opens + shift, closes + shift))


def quietest_s(times: Floats) -> float:
    """Return the middle of the longest time of day at which nobody ever comes; midnight if so."""
    seen = np.unique(np.floor(times % DAY_S / _CLOCK_S)) * _CLOCK_S
    gaps = np.diff(seen, append=seen[0] + DAY_S)
    place = int(np.argmax(gaps[::-1]))
    if place == 0:  # over midnight: days are then those of the calendar
        return 0.0
    middle_s = seen[::-1][place] + gaps[::-1][place] / 2
    return float(np.floor(middle_s / _CLOCK_S) * _CLOCK_S)


def _weekdays(day: Floats) -> Floats:
    """Return the weekdays on which cases come."""
    counts = np.bincount((day % 7).astype(np.intp), minlength=7)
    usual = counts[counts > 0].mean()
    return np.flatnonzero(counts >= max(_RARE_SHARE * usual, 1)).astype(np.float64)


def _cut(opens: Floats, closes: Floats) -> tuple[tuple[float, float], ...]:
    """Return the intervals within a week; what goes on beyond its end begins the next one."""
    found = []
    for a, b in zip(opens.tolist(), closes.tolist(), strict=True):
        found.append((a, min(b, WEEK_S)))
        if b > WEEK_S:
            found.append((0.0, b - WEEK_S))
    return tuple(sorted((a, b) for a, b in found if a < b))
