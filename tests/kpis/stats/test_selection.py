"""Kim and Nelson's selection of the best: by its definition and by how often it is right."""

import numpy as np
import pytest

from kpis.stats.selection import Rule, select_best


def _systems(means, *, seed, common=0.0):
    """Observations of systems with unit variance that share a part of their noise."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=2_000)
    own = rng.normal(size=(len(means), 2_000))
    values = np.array(means)[:, None] + np.sqrt(common) * shared + np.sqrt(1 - common) * own
    asked = []

    def observe(systems, replications):
        asked.append((list(systems), replications))
        return values[np.ix_(list(systems), list(replications))]

    return observe, asked


def test_selection_is_right_as_often_as_it_says():
    """The least favourable case: every other one is worse by just the indifference."""
    rule = Rule(indifference=0.5, confidence=0.9)
    right = sum(
        select_best(_systems([0, 0.5, 0.5, 0.5], seed=seed)[0], 4, rule).best == 0
        for seed in range(200)
    )

    assert right >= 180


def test_selection_needs_fewer_replications_with_common_random_numbers():
    rule = Rule(indifference=0.2)
    independent = select_best(_systems([0, 0.3, 0.6], seed=1)[0], 3, rule)
    common = select_best(_systems([0, 0.3, 0.6], seed=1, common=0.95)[0], 3, rule)

    assert common.replications < independent.replications / 3


def test_selection_asks_nothing_more_of_a_system_that_is_given_up():
    observe, asked = _systems([0, 0.2, 9], seed=2)

    found = select_best(observe, 3, Rule(indifference=0.2))

    assert found.given_up[2] == 10
    assert all(2 not in systems for systems, replications in asked if replications.start >= 10)


def test_selection_does_not_depend_on_how_many_replications_are_asked_for_at_a_time():
    found = [
        select_best(_systems([0, 0.2, 0.4], seed=5)[0], 3, Rule(indifference=0.2, step=step))
        for step in (1, 3, 50)
    ]

    assert found[0] == found[1] == found[2]


def test_selection_says_that_it_is_undecided_when_the_replications_run_out():
    found = select_best(_systems([0, 0, 0], seed=1)[0], 3, Rule(indifference=0.01, most=20))

    assert not found.is_decided
    assert len(found.remaining) == 3
    assert found.replications == 20


def test_selection_of_a_single_system_is_decided_at_once():
    found = select_best(_systems([4], seed=1)[0], 1, Rule(indifference=1))

    assert (found.best, found.is_decided, found.replications) == (0, True, 10)


def test_selection_refuses_a_system_without_a_value():
    with pytest.raises(ValueError, match="no value"):
        select_best(lambda s, r: np.full((len(s), len(r)), np.nan), 2, Rule(indifference=1))


@pytest.mark.parametrize(
    "wrong",
    [{"indifference": 0}, {"confidence": 95}, {"first": 1}, {"most": 5}, {"step": 0}],
)
def test_selection_refuses_a_rule_that_makes_no_sense(wrong):
    with pytest.raises(ValueError, match="need"):
        Rule(**{"indifference": 1.0, **wrong})


def test_selection_refuses_to_choose_among_no_systems():
    with pytest.raises(ValueError, match="at least one"):
        select_best(_systems([1], seed=1)[0], 0, Rule(indifference=1))
