from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from engine.domain.retry import LONGEST_PAUSE_S, jitter, pause

SEEDS = [f"job {number}" for number in range(200)]


@pytest.mark.parametrize(("failures", "usual_s"), [(1, 10), (2, 20), (3, 40), (99, 3600)])
def test_pause_doubles_up_to_an_hour_a_fifth_more_or_less(failures, usual_s):
    pauses_s = [pause(failures, seed=seed).total_seconds() for seed in SEEDS]

    assert 0.8 * usual_s <= min(pauses_s) < 0.85 * usual_s
    assert 1.15 * usual_s < max(pauses_s) <= 1.2 * usual_s


def test_pause_is_the_same_for_the_same_seed():
    assert pause(2, seed="job 7") == pause(2, seed="job 7")
    assert pause(2, seed="job 7") != pause(2, seed="job 8")
    assert pause(500, seed="job 7") <= timedelta(seconds=1.2 * LONGEST_PAUSE_S)


def test_jitter_spreads_evenly():
    factors = sorted(jitter(seed) for seed in SEEDS)

    assert abs(sum(factors) / len(factors) - 1) < 0.03


def test_neighbours_do_not_come_back_together():
    waits_s = sorted(pause(1, seed=f"job {number}").total_seconds() for number in range(10, 40))

    gaps_s = [late - early for early, late in pairwise(waits_s)]
    assert max(gaps_s) < 1.0  # of the four seconds over which they are spread
