"""Do 95 % intervals hold the truth in 95 of 100 experiments? Four hundred seeds say so.

Six cases come at the same moment to one clerk whose work is exponential with mean m: the mean
cycle time is exactly m (1 + 2 + ... + 6) / 6 = 3.5 m.
"""

import pytest

from kpis.stats.comparison import paired
from kpis.stats.intervals import mean_interval
from simulation.replication import Figure, replicate
from tests.simulation.builders import a_scenario, slots

SEEDS, REPLICATIONS = 400, 12
CYCLE_TIME = Figure("kpi", "OP-CT", "")


def rush(mean_min):
    return a_scenario(
        arrivals=slots(6),
        durations={"work": {"constant": None, "exponential": {"mean": f"{mean_min}min"}}},
    )


@pytest.fixture(scope="module")
def samples():
    """Cycle times in minutes of two scenarios, by scenario, seed and replication."""
    return [
        [
            [
                replication.figures[CYCLE_TIME] / 60
                for replication in replicate(
                    scenario,
                    seed=seed,
                    replications=range(REPLICATIONS),
                    measure="cycle_time",
                )
            ]
            for seed in range(SEEDS)
        ]
        for scenario in map(rush, (10, 12))
    ]


def test_intervals_of_means_hold_the_truth_as_often_as_they_say(samples):
    found = [mean_interval(sample) for sample in samples[0]]

    held = sum(one is not None and one.low <= 35 <= one.high for one in found)
    assert 0.93 <= held / SEEDS <= 0.97


def test_intervals_of_differences_hold_the_truth_as_often_as_they_say(samples):
    found = [paired(*pair) for pair in zip(*samples, strict=True)]

    held = sum(one is not None and one.low <= 7 <= one.high for one in found)
    assert 0.93 <= held / SEEDS <= 0.97


def test_common_random_numbers_make_a_difference_far_surer_than_independent_ones(samples):
    as_is, to_be = samples
    shared = paired(as_is[0], to_be[0])
    apart = paired(as_is[0], to_be[1])

    assert shared is not None
    assert apart is not None
    assert shared.half_width < apart.half_width / 4
