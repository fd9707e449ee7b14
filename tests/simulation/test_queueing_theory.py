"""Roles of alike units against exact results of queueing theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from simulation.spans import time_until, unrolled
from tests.simulation.graphs import graph
from tests.simulation.truth import (
    MINUTE,
    arriving,
    assert_exact,
    controlled,
    exponential,
    is_vip,
    means,
    runs,
    settled,
    sojourns,
    uncontrolled,
    waits,
)

pytestmark = pytest.mark.slow

SERVICE = {"work": exponential(6)}
HALVES = {"yes": "50%", "no": "50%"}
LANES = {"work": "clerk", "again": "helper"}


def erlang_c(units, load):
    """Return the chance to wait (Erlang 1917)."""
    last = load**units / math.factorial(units) * units / (units - load)
    return last / (sum(load**k / math.factorial(k) for k in range(units)) + last)


@pytest.fixture(scope="module")
def mm3():
    """Return runs of M/M/3 at a load of 2 of 3."""
    desk = {"clerk": {"units": 3}}
    return list(runs(cases=18_000, seed=6, arrivals=arriving(3), durations=SERVICE, resources=desk))


def test_mm3_chance_to_wait_is_erlang_c(mm3):
    assert_exact(means(mm3, lambda run: waits(run) > 0), erlang_c(3, 2))


def test_mm3_mean_time_is_exact(mm3):
    assert_exact(means(mm3, sojourns), 6 + erlang_c(3, 2) * 6 / (3 - 2))


def test_mm3_ninth_decile_of_the_time_is_exact(mm3):
    # P(T > t) = exp(-μt) (1 + C μt) where the load is one unit less than there are
    sample = controlled(mm3, lambda run: np.quantile(settled(sojourns(run)), 0.9))

    truth = brentq(lambda x: math.exp(-x) * (1 + erlang_c(3, 2) * x) - 0.1, 1, 10)
    assert_exact(sample, truth * 6)


def test_mg1_mean_wait_is_pollaczek_khinchine():
    durations = {"work": {"uniform": {"min": "2min", "max": "10min"}, "constant": None}}
    simulated = runs(cases=12_000, seed=1, arrivals=arriving(15), durations=durations)
    second_moment = 6**2 + 8**2 / 12

    assert_exact(means(simulated, waits), second_moment / 15 / 2 / (1 - 6 / 15))


def test_gim1_mean_wait_is_exact():
    """The root of σ = A*(μ(1 - σ)) gives W = σ / (μ(1 - σ)) (Kleinrock 1975, §6.3)."""
    interval = {"erlang": {"mean": "12min", "phases": 2}, "constant": None}
    simulated = runs(
        cases=20_000, seed=2, arrivals={"start": {"interval": interval}}, durations=SERVICE
    )
    root = brentq(lambda x: x - (1 / (1 + 6 * (1 - x) / 6)) ** 2, 0, 0.999)

    assert_exact(means(simulated, waits), 6 * root / (1 - root))


@pytest.fixture(scope="module")
def two_classes():
    """Return runs of a queue with urgent and other cases."""
    return list(
        runs(
            cases=14_000,
            seed=7,
            arrivals=arriving(12, attributes={"vip": {"choice": HALVES}}),
            durations={"work": {"uniform": {"min": "2min", "max": "10min"}, "constant": None}},
            priorities={"work": "1 if vip == 'yes' else 2"},
        )
    )


# Cobham 1954: W1 = R/(1-s1), W2 = R/((1-s1)(1-s1-s2)), R = λE[S²]/2 the mean residual work
RESIDUAL = (6**2 + 8**2 / 12) / 12 / 2


def test_urgent_cases_wait_as_cobham_says(two_classes):
    sample = controlled(two_classes, lambda run: waits(run)[is_vip(run)].mean())

    assert_exact(sample, RESIDUAL / (1 - 0.25))


def test_other_cases_wait_as_cobham_says(two_classes):
    sample = controlled(two_classes, lambda run: waits(run)[~is_vip(run)].mean())

    assert_exact(sample, RESIDUAL / ((1 - 0.25) * (1 - 0.5)))


def test_jackson_network_with_rework_is_exact():
    """A node with rate r and work s holds rs / (1 - rs) cases on average (Jackson 1957)."""
    process = graph(
        "start > gw_in > work > again > gw_ok =back> gw_in", "gw_ok =done> end", lanes=LANES
    )
    simulated = runs(
        process,
        cases=2_800,
        seed=3,
        arrivals=arriving(20),
        durations={**SERVICE, "again": exponential(4)},
        resources={"helper": {"units": 1}},
        branches={"gw_ok": {"back": "20%", "done": "80%"}},
    )
    loads = [6 / 20 / 0.8, 4 / 20 / 0.8]

    assert_exact(means(simulated, sojourns), sum(load / (1 - load) for load in loads) * 20)


def test_fork_and_join_of_two_mm1_is_exact():
    """T = (12 - ρ) / 8 · 1 / (μ - λ) (Flatto, Hahn 1984; Nelson, Tantawi 1988)."""
    process = graph(
        "start > and_split > work > and_join > end", "and_split > again > and_join", lanes=LANES
    )
    simulated = runs(
        process,
        cases=2_500,
        seed=4,
        arrivals=arriving(20),
        durations={**SERVICE, "again": exponential(6)},
        resources={"helper": {"units": 1}},
    )

    assert_exact(means(simulated, sojourns), (12 - 0.3) / 8 / (1 / 6 - 1 / 20))


@pytest.fixture(scope="module")
def office_hours():
    """Return runs of a queue whose customers and clerk are there Mon-Fri 9-17 only."""
    return list(
        runs(
            cases=5_000,
            seed=8,
            arrivals=arriving(20, calendar="office"),
            durations=SERVICE,
            calendars={"office": {"weekly": {"mon-fri": ["09:00-17:00"]}}},
            resources={"clerk": {"calendar": "office"}},
        )
    )


def open_minutes(run, start, end):
    hours = unrolled(run.net.pools[0].calendar, run.net.epoch, int(run.ended.max()) + 1)
    return (time_until(hours, end) - time_until(hours, start)) / MINUTE


def test_suspend_and_resume_is_mm1_in_working_time(office_hours):
    """Queue and clerk stand still together: in open time, a case is there 1 / (μ - λ)."""
    sample = uncontrolled(office_hours, lambda run: open_minutes(run, run.scheduled, run.completed))

    assert_exact(sample, 1 / (1 / 6 - 1 / 20))


def test_suspended_work_takes_its_length_in_working_time(office_hours):
    run = office_hours[0]

    by_hand = _by_hand(run.completed) - _by_hand(run.started)

    np.testing.assert_allclose(by_hand, run.work / MINUTE, atol=1e-5)


def _by_hand(at):
    """Return the open minutes from Monday 08:00 to a moment, Mon-Fri 9-17."""
    days, minute = np.divmod(at / MINUTE + 8 * 60, 24 * 60)
    weeks, weekday = np.divmod(days, 7)
    today = np.where(weekday < 5, np.clip(minute - 9 * 60, 0, 480), 0)
    return (weeks * 5 + np.minimum(weekday, 5)) * 480 + today
