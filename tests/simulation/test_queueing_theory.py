"""The engine against exact results of queueing theory, each inside its own 99 % interval.

Seeds are fixed, so that the tests either always pass or never; were they free, each would fail
once in a hundred runs.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from kpis.stats.intervals import mean_interval
from simulation.net import US
from tests.simulation.builders import a_run, a_scenario

pytestmark = [pytest.mark.slow, pytest.mark.untraced]

MINUTE = 60 * US


HALVES = {"yes": "50%", "no": "50%"}


def exponential(minutes):
    return {"interval": {"exponential": {"mean": f"{minutes}min"}, "constant": None}}


def queue(units, *, arrival_min, service_min, cases, seed, **patch):
    """Return the waits (min) of M/M/c in ten replications, without the warm-up."""
    scenario = a_scenario(
        run={"until": None, "cases": cases},
        arrivals={"start": exponential(arrival_min)},
        durations={"work": {"exponential": {"mean": f"{service_min}min"}, "constant": None}},
        resources={"clerk": {"units": units}},
        **patch,
    )
    runs = [a_run(scenario, seed=seed, replication=r) for r in range(10)]
    return [((run.started - run.scheduled) / MINUTE)[cases // 10 :] for run in runs]


def erlang_c(units, load):
    """Return the chance to wait (Erlang 1917)."""
    last = load**units / math.factorial(units) * units / (units - load)
    return last / (sum(load**k / math.factorial(k) for k in range(units)) + last)


def assert_covers(sample, truth):
    interval = mean_interval(np.array(sample), confidence=0.99)
    assert interval.low <= truth <= interval.high, interval
    assert interval.half_width <= 0.1 * truth, "the interval says too little"


@pytest.fixture(scope="module")
def mm1():
    return queue(1, arrival_min=10, service_min=6, cases=20_000, seed=5)


@pytest.fixture(scope="module")
def mm3():
    return queue(3, arrival_min=4, service_min=9, cases=20_000, seed=6)


def test_mm1_mean_wait_is_exact(mm1):
    assert_covers([waits.mean() for waits in mm1], 0.6 / (1 - 0.6) * 6)


def test_mm1_chance_to_wait_is_the_load(mm1):
    assert_covers([(waits > 0).mean() for waits in mm1], 0.6)


def test_mm3_chance_to_wait_is_erlang_c(mm3):
    assert_covers([(waits > 0).mean() for waits in mm3], erlang_c(3, 2.25))


def test_mm3_mean_wait_is_exact(mm3):
    assert_covers([waits.mean() for waits in mm3], erlang_c(3, 2.25) * 9 / (3 - 2.25))


@pytest.fixture(scope="module")
def two_classes():
    """Return the mean waits of urgent and other cases, ten replications."""
    scenario = a_scenario(
        run={"until": None, "cases": 20_000},
        arrivals={"start": {**exponential(10), "attributes": {"vip": {"choice": HALVES}}}},
        durations={"work": {"exponential": {"mean": "6min"}, "constant": None}},
        priorities={"work": "1 if vip == 'yes' else 2"},
    )
    waits = []
    for replication in range(10):
        run = a_run(scenario, seed=7, replication=replication)
        is_vip = np.array([v == "yes" for v in run.arrivals.attributes["vip"]])
        wait = (run.started - run.scheduled) / MINUTE
        waits.append((wait[is_vip].mean(), wait[~is_vip].mean()))
    return np.array(waits)


# Cobham 1954: W1 = R/(1-s1), W2 = R/((1-s1)(1-s1-s2)), R = 0.6 · 6 the mean residual work


def test_urgent_cases_wait_as_cobham_says(two_classes):
    assert_covers(two_classes[:, 0], 3.6 / (1 - 0.3))


def test_other_cases_wait_as_cobham_says(two_classes):
    assert_covers(two_classes[:, 1], 3.6 / ((1 - 0.3) * (1 - 0.6)))


@pytest.fixture(scope="module")
def office_hours():
    """Return the waits of a queue whose customers and clerk are there Mon-Fri 9-17 only."""
    scenario = a_scenario(
        run={"until": None, "cases": 15_000},
        arrivals={"start": {**exponential(10), "calendar": "office"}},
        durations={"work": {"exponential": {"mean": "6min"}, "constant": None}},
        calendars={"office": {"weekly": {"mon-fri": ["09:00-17:00"]}}},
        resources={"clerk": {"calendar": "office"}},
    )
    return [a_run(scenario, seed=8, replication=r) for r in range(10)]


def test_suspend_and_resume_is_mm1_in_working_time(office_hours):
    """Queue and server stand still together, so that open waits are those without nights."""
    means = []
    for run in office_hours:
        waits = [_open_minutes(s, b) for s, b in zip(run.scheduled, run.started, strict=True)]
        means.append(np.mean(waits[1_500:]))

    assert_covers(means, 0.6 / (1 - 0.6) * 6)


def test_suspended_work_takes_its_length_in_working_time(office_hours):
    run = office_hours[0]
    pairs = zip(run.started, run.completed, strict=True)
    open_min = [_open_minutes(start, end) for start, end in pairs]

    np.testing.assert_allclose(open_min, run.work / MINUTE, atol=1e-5)


def _open_minutes(start, end):
    """Open minutes between two moments (µs after Monday 08:00), by hand."""

    def worked(at):
        days, minute = divmod(at / MINUTE + 8 * 60, 24 * 60)
        weeks, weekday = divmod(days, 7)
        today = min(max(minute - 9 * 60, 0), 480) if weekday < 5 else 0
        return (weeks * 5 + min(weekday, 5)) * 480 + today

    return worked(end) - worked(start)
