"""How far real cases are from each other, and how sure that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.calibration.distances import MEASURES
from simulation.calibration.week import DAY_S
from simulation.calibration.work import Work
from simulation.validation_floors import Floor, floors
from simulation.validation_scores import Score

ROLES = {"work": "clerk"}
CYCLE_TIME = MEASURES[0]


def days(first: int, count: int, *, slow: float = 1.0, seed: int = 1) -> Work:
    """Return the work of some days, twenty cases a day; the last day takes so much longer."""
    random = np.random.default_rng(seed)
    day = np.repeat(np.arange(first, first + count), 20)
    arrived = np.sort(day * DAY_S + random.uniform(8, 16, len(day)) * 3600)
    length = random.exponential(1800, len(day))
    length[day == first + count - 1] *= slow
    case = np.arange(len(day))
    nobody, nothing = np.full(len(day), -1), np.full(len(day), np.nan)
    return Work(
        case_ids=tuple(map(str, case)), activities=("work",), resources=(), roles=(), case=case,
        activity=np.zeros(len(day), dtype=np.intp), resource=nobody, role=nobody,
        enabled_s=nothing, started_s=arrived, ended_s=arrived + length, arrived_s=arrived,
        is_damaged=np.zeros(len(day), dtype=np.bool_), attributes={}, delays={}, unknown={},
    )  # fmt: skip


def test_other_days_held_out_tell_how_sure_the_floor_is():
    found = floors(days(28, 5, seed=2), days(0, 25), ROLES)

    for measure in MEASURES:
        floor = found[measure.key]
        assert floor.low <= floor.value <= floor.high
        assert 3 <= floor.splits <= 10


def test_a_day_that_is_unlike_all_others_makes_the_floor_uncertain():
    sure = floors(days(28, 5, seed=2), days(0, 25), ROLES)["cycle_time"]
    unsure = floors(days(28, 5, seed=2), days(0, 25, slow=30.0), ROLES)["cycle_time"]

    assert unsure.high - unsure.low > 3 * (sure.high - sure.low)


def test_without_training_cases_halves_that_are_drawn_tell_it():
    floor = floors(days(0, 1), None, ROLES)["cycle_time"]

    assert floor.splits == 10
    assert floor.low < floor.median < floor.high


def test_weekdays_that_only_one_side_covers_do_not_count():
    found = floors(days(28, 2, seed=2), days(0, 25), ROLES)

    assert found["arrival_hours"].value < 2  # a day that is missing would be 23 h


@pytest.mark.parametrize(
    ("distance", "floor", "p_value", "code"),
    [
        (1.0, Floor(0.9, 0.9, 0.8, 1.1, 10), 0.01, None),
        (2.0, Floor(0.9, 0.9, 0.1, 1.1, 10), 0.01, "floor_uncertain"),
        (9.0, Floor(0.9, 0.9, 0.8, 1.1, 10), 0.01, None),
        (9.0, Floor(0.9, 0.9, 0.8, 1.1, 10), 0.5, "rests_on_chance"),
        (0.05, Floor(0.0, 0.0, 0.0, 9.0, 10), 0.01, None),
    ],
)
def test_a_grade_that_other_days_would_have_changed_is_doubted(distance, floor, p_value, code):
    score = Score(CYCLE_TIME, distance, 0.1, floor, 3.0, p_value, 0.1, 20)

    assert (score.doubt.code if score.doubt else None) == code


def test_what_is_beyond_every_floor_is_poor_for_sure():
    score = Score(CYCLE_TIME, 9.0, 0.1, Floor(0.9, 0.9, 0.8, 1.1, 10), 0.5, 0.01, 0.1, 20)

    assert score.grade == "poor"
    assert replace(score, distance=1.0).grade == "fair"
