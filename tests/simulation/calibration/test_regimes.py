from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from simulation.calibration.regimes import clock_shifts, moved
from simulation.calibration.week import DAY_S, wall_s


def working_days(first: date, days: int, opens_h: float, seed: int = 1):
    """Return fifty events a day, Monday to Friday, within eight hours."""
    random = np.random.default_rng(seed)
    start = (first - date(1969, 12, 29)).days
    kept = [day for day in range(start, start + days) if day % 7 < 5]
    hours = random.uniform(opens_h, opens_h + 8, size=(len(kept), 50))
    return (np.array(kept)[:, None] * DAY_S + hours * 3600).reshape(-1)


def test_a_change_of_clocks_is_found_on_its_day():
    before = working_days(date(2026, 2, 2), 54, 7)  # up to Friday, 27 March
    after = working_days(date(2026, 3, 30), 40, 8, seed=2)

    (shift,) = clock_shifts(np.concatenate([before, after]))

    assert (shift.day, shift.by_s, shift.clocks_changed) == (date(2026, 3, 30), 3600, "Europe")


def test_two_changes_are_both_undone():
    parts = [
        working_days(date(2025, 9, 1), 55, 8),
        working_days(date(2025, 10, 27), 60, 7, seed=2),
        working_days(date(2026, 3, 30), 40, 8, seed=3),
    ]
    times = np.concatenate(parts)

    shifts = clock_shifts(times)
    hours = moved(times, shifts) % DAY_S / 3600

    assert [shift.by_s for shift in shifts] == [3600, -3600]
    assert (hours.min(), hours.max()) == pytest.approx((8, 16), abs=0.1)


def test_steady_hours_have_no_shift():
    assert clock_shifts(working_days(date(2026, 1, 5), 120, 8)) == []


def test_hours_that_become_longer_are_no_shift():
    before = working_days(date(2026, 1, 5), 40, 8)
    after = working_days(date(2026, 2, 16), 40, 8, seed=2)
    after = np.concatenate([after, after + 3 * 3600])

    assert clock_shifts(np.concatenate([before, after])) == []


def test_wall_time_follows_the_zone():
    noon_utc = np.array([1_767_960_000.0, 1_783_512_000.0])  # in winter and in summer

    hours = wall_s(noon_utc, "Europe/Berlin") % DAY_S / 3600

    assert hours.tolist() == [13, 14]
