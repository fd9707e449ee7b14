from __future__ import annotations

import numpy as np
import pytest

from simulation.calibration.arrivals import learn_arrivals
from simulation.calibration.scenario import weekly
from simulation.calibration.week import DAY_S, WEEK_S


def learn(times, weeks=8):
    return learn_arrivals(np.array(times), span=(0.0, weeks * WEEK_S - 1))


def poisson(rates, weeks=8, seed=1):
    """Return arrivals of a Poisson process by hour of the week."""
    random = np.random.default_rng(seed)
    counts = random.poisson(np.tile(rates, weeks))
    hours = np.repeat(np.arange(len(counts)), counts)
    return (hours + random.uniform(size=len(hours))) * 3600


def office(rate=4.0):
    rates = np.zeros((7, 24))
    rates[:5, 8:16] = rate
    return rates


def test_random_arrivals_have_a_rate_by_the_hour():
    found = learn(poisson(office().reshape(-1)))

    assert found.kind == "rate"
    assert found.variation == pytest.approx(1, abs=0.1)
    assert found.spec["rate"]["from"] == "08:00"
    assert list(found.spec["rate"]["weekly"]) == ["mon,tue,wed,thu,fri"]
    assert found.spec["rate"]["weekly"]["mon,tue,wed,thu,fri"] == pytest.approx([4] * 8, rel=0.1)


def test_hours_that_differ_by_chance_alone_share_a_rate():
    (shares,) = learn(poisson(office().reshape(-1))).spec["rate"]["weekly"].values()

    assert len(set(shares)) == 1


def test_hours_that_differ_for_sure_have_their_own():
    rates = office()
    rates[:5, 8:10] = 12

    (shares,) = learn(poisson(rates.reshape(-1))).spec["rate"]["weekly"].values()

    assert shares[0] == pytest.approx(12, rel=0.15)
    assert shares[-1] == pytest.approx(4, rel=0.25)


def test_a_weekday_that_differs_for_sure_has_its_own():
    rates = office()
    rates[0, 8:16] = 12

    found = learn(poisson(rates.reshape(-1)))

    monday, _, _, thursday, *_ = found.intensity.by_day
    assert monday.low < 96 < monday.high
    assert thursday.low < 32 < thursday.high
    assert thursday.high < monday.low


def test_even_intervals_are_drawn_while_the_doors_are_open():
    days = [day for day in range(8 * 7) if day % 7 < 5]
    times = [d * DAY_S + 8 * 3600 + i * 1800 for d in days for i in range(1, 17)]

    found = learn(times)

    assert (found.kind, found.spec) == ("interval", {"interval": {"constant": "30min"}})
    assert weekly(found.week) == {"mon-fri": ["08:30-16:30"]}  # nobody comes at closing time


def test_doors_that_are_open_over_midnight_are_found():
    days = [day for day in range(8 * 7) if day % 7 < 5]
    times = [d * DAY_S + 20 * 3600 + i * 1800 for d in days for i in range(16)]

    found = learn(times)

    assert found.kind == "interval"
    assert weekly(found.week) == {
        "mon": ["20:00-24:00"],
        "tue-fri": ["00:00-04:00", "20:00-24:00"],
        "sat": ["00:00-04:00"],
    }


def test_a_log_that_ends_at_noon_does_not_make_the_week_smaller():
    days = [day for day in range(4 * 7) if day % 7 < 5]
    times = [d * DAY_S + 8 * 3600 + i * 1800 for d in days for i in range(1, 17)]

    found = learn(times[:-8], weeks=4).intensity

    assert found.per_week.value < 80
    assert found.per_week.high >= 80
    assert found.by_day[4].high >= 16


def test_week_is_a_whole_one_after_ten_days():
    times = poisson(office(40).reshape(-1), weeks=2)
    times = times[times < 10 * DAY_S]  # Monday to the next Wednesday: eight days with cases
    found = learn(times, weeks=10 / 7).intensity

    assert found.per_week.value == pytest.approx(5 * len(times) / 8)
    assert found.per_week.low < found.per_week.value


def test_bursts_are_intervals_too():
    random = np.random.default_rng(2)
    gaps = np.where(random.uniform(size=1500) < 0.9, 60, 9000) * random.exponential(size=1500)

    found = learn(np.cumsum(gaps), weeks=3)

    assert found.kind == "interval"
    assert found.variation > 1.5


def test_cases_that_come_together_come_in_groups():
    times = np.repeat(poisson(office(2).reshape(-1)), 3)

    found = learn(times)

    assert found.group == {"empirical": {"values": [3] * 100}}
    assert found.group_size.value == 3
    assert found.intensity.per_week.low < 5 * 8 * 2 * 3 < found.intensity.per_week.high
    assert found.intensity.by_day[0].low < 16 < found.intensity.by_day[0].high


def test_one_day_is_told_by_the_hour_and_with_a_warning():
    random = np.random.default_rng(1)
    times = np.concatenate([random.uniform(9, 12, 90), random.uniform(14, 17, 30)]) * 3600

    found = learn_arrivals(times, span=(times.min(), times.max()))

    assert len(found.spec["rate"]["per_slot"]) == 8
    assert "few_days" in {remark.code for remark in found.warnings}
