"""Pre-emption, patience, full queues and failures against exact results of queueing theory."""

from __future__ import annotations

import numpy as np
import pytest

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
    sojourns,
)

pytestmark = pytest.mark.slow

SERVICE = {"work": exponential(6)}


@pytest.fixture(scope="module")
def preempted():
    """Return runs of a pre-emptive M/M/1 with urgent and other cases."""
    return list(
        runs(
            cases=4_800,
            seed=1,
            arrivals=arriving(20, attributes={"vip": {"choice": {"yes": "50%", "no": "50%"}}}),
            durations=SERVICE,
            priorities={"work": "1 if vip == 'yes' else 2"},
            queues={"clerk": {"preemptive": True}},
        )
    )


# T1 = S / (1 - ρ1), T2 = S / ((1 - ρ1)(1 - ρ1 - ρ2)) for exponential work (White, Christie 1958)


def test_urgent_cases_do_not_see_others(preempted):
    sample = controlled(preempted, lambda run: sojourns(run)[is_vip(run)].mean())

    assert_exact(sample, 6 / (1 - 0.15))


def test_interrupted_cases_take_as_long_as_white_and_christie_say(preempted):
    sample = controlled(preempted, lambda run: sojourns(run)[~is_vip(run)].mean())

    assert_exact(sample, 6 / ((1 - 0.15) * (1 - 0.3)))


def stationary(rates):
    """Return the stationary distribution of a Markov chain with these rates."""
    generator = rates - np.diag(rates.sum(axis=1))
    system = np.vstack([generator.T[:-1], np.ones(len(rates))])
    return np.linalg.solve(system, np.eye(len(rates))[-1])


def test_erlang_a_share_of_those_who_leave_is_exact():
    """P(leave) = θ E[queue] / λ, from the birth-death chain (Palm 1946)."""
    simulated = runs(
        cases=3_000,
        seed=2,
        arrivals=arriving(1),
        durations=SERVICE,
        resources={"clerk": {"units": 5}},
        patience={"work": exponential(10)},
    )
    size = 80
    births = np.diag(np.full(size - 1, 1.0), 1)
    leaves = np.diag([min(n, 5) / 6 + max(n - 5, 0) / 10 for n in range(1, size)], -1)
    queue = stationary(births + leaves) @ np.maximum(np.arange(size) - 5, 0)

    assert_exact(means(simulated, lambda run: run.abandoned), queue / 10)


def test_finite_buffer_turns_away_as_many_as_mm1k():
    """P(full) = (1 - ρ) ρ^K / (1 - ρ^(K + 1)): three places, one of them at the desk."""
    simulated = runs(
        cases=1_500,
        seed=1,
        arrivals=arriving(4),
        durations=SERVICE,
        queues={"clerk": {"capacity": 2}},
    )
    load = 1.5

    truth = (1 - load) * load**3 / (1 - load**4)
    assert_exact(means(simulated, lambda run: run.abandoned), truth)


def test_sojourn_with_breakdowns_is_that_of_the_markov_chain():
    """States are cases present and whether the clerk is up; L = λT (Little 1961)."""
    simulated = runs(
        cases=2_000,
        seed=4,
        arrivals=arriving(20),
        durations=SERVICE,
        resources={"clerk": {"failures": {"up": exponential(60), "down": exponential(5)}}},
    )
    size = 120  # 60 cases, up or down
    rates = np.zeros((size, size))
    for state in range(size):
        cases, is_down = divmod(state, 2)
        if state + 2 < size:
            rates[state, state + 2] = 1 / 20
        if cases and not is_down:
            rates[state, state - 2] = 1 / 6
        rates[state, state ^ 1] = 1 / 5 if is_down else 1 / 60
    present = stationary(rates) @ (np.arange(size) // 2)

    assert_exact(means(simulated, sojourns), present * 20)


def test_two_units_at_once_are_a_group_of_servers():
    """Every case takes both of two units: an M/M/1 (Kleinrock 1975, §3.2)."""
    simulated = runs(
        cases=3_500,
        seed=5,
        arrivals=arriving(20),
        durations=SERVICE,
        resources={"clerk": {"units": 2}},
        demands={"work": {"role": "clerk", "units": 2}},
    )

    assert_exact(means(simulated, sojourns), 1 / (1 / 6 - 1 / 20))


def test_blocking_line_yields_two_thirds():
    """Two desks without room between, always work before the first: 1.5 S a case (Hunt 1956)."""
    process = graph("start > work > check > end", lanes={"work": "clerk", "check": "helper"})
    simulated = runs(
        process,
        cases=1_400,
        seed=6,
        arrivals={"start": {"interval": {"constant": "1s"}}},
        durations={**SERVICE, "check": exponential(6)},
        resources={"helper": {"units": 1}},
        queues={"helper": {"capacity": 0, "when_full": "block"}},
    )

    assert_exact([run.ended.max() / len(run.ended) / MINUTE for run in simulated], 9)
