"""Random numbers: uniform, independent, and named rather than counted off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulation.streams import Purpose, Streams, case_keys

KEYS = case_keys("start", 20_000)
seeds = st.integers(0, 2**63 - 1)


def uniforms(seed=1, replication=0, purpose=Purpose.DURATION, element="register", **more):
    return Streams(seed, replication).uniforms(purpose, element, KEYS, **more)


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(0, 1000), st.text(max_size=8))
def test_numbers_are_uniform(seed, replication, element):
    sample = uniforms(seed, replication, element=element)

    # 20 tries at 1e-7 each: a false alarm once in half a million runs
    assert stats.kstest(sample, "uniform").pvalue > 1e-7


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_numbers_are_inside_the_open_interval(seed):
    sample = uniforms(seed)

    assert sample.min() > 0
    assert sample.max() < 1


@settings(max_examples=30, deadline=None)
@given(seeds, st.lists(st.integers(0, 19_999), min_size=1, max_size=50))
def test_a_case_keeps_its_number_in_any_company_and_order(seed, cases):
    streams = Streams(seed, 3)
    everybody = streams.uniforms(Purpose.BRANCH, "gw", KEYS)

    some = streams.uniforms(Purpose.BRANCH, "gw", KEYS[cases])

    assert some.tolist() == everybody[cases].tolist()


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"replication": 1},
        {"purpose": Purpose.BRANCH},
        {"element": "triage"},
        {"visit": 1},
    ],
)
def test_each_part_of_the_key_gives_unrelated_numbers(other):
    correlation = np.corrcoef(uniforms(), uniforms(**other))[0, 1]

    assert abs(correlation) < 0.04  # 5.6 standard errors


def test_neighbouring_cases_are_unrelated():
    sample = uniforms()

    assert abs(np.corrcoef(sample[:-1], sample[1:])[0, 1]) < 0.04


def test_cases_of_two_start_events_are_different():
    assert not set(case_keys("a", 100).tolist()) & set(case_keys("b", 100).tolist())


def test_more_cases_leave_the_first_ones_alone():
    assert case_keys("start", 10).tolist() == case_keys("start", 50)[:10].tolist()


def test_numbers_are_the_same_on_every_machine():
    sample = Streams(1, 0).uniforms(Purpose.DURATION, "register", case_keys("start", 2))

    assert [f"{u:.17f}" for u in sample] == PINNED


PINNED = ["0.95861510157163810", "0.23081724228079381"]
