"""The best of several scenarios: found early, in the right direction, or said to be undecided."""

import pytest

from kpis.stats.selection import Rule
from simulation.errors import ChoicesRefused
from simulation.executor import RunOptions
from simulation.selection import select
from tests.simulation.builders import a_scenario

BUSY = {
    "arrivals": {"start": {"interval": {"constant": None, "exponential": {"mean": "12min"}}}},
    "durations": {"work": {"constant": None, "exponential": {"mean": "10min"}}},
    "run": {"until": "8h"},
}


def with_clerks(units):
    return a_scenario(**BUSY, resources={"clerk": {"units": units}})


def test_best_scenario_is_found_and_the_worst_given_up_early():
    choice = select([with_clerks(1), with_clerks(2), with_clerks(3)], kpi="OP-CT", rule=Rule(300))

    assert choice.found.best != 0
    assert choice.found.given_up[0] < choice.rule.most


def test_largest_value_is_best_where_higher_is_better():
    choice = select([with_clerks(1), with_clerks(3)], kpi="OP-FE", rule=Rule(0.01))

    document = choice.document()
    assert document["decided"]
    assert choice.found.best == 1
    assert document["scenarios"][1]["mean"] > document["scenarios"][0]["mean"] > 0


def test_equal_scenarios_cannot_be_told_apart():
    choice = select([with_clerks(1)] * 2, kpi="OP-CT", rule=Rule(1e-3, most=12))

    assert not choice.document()["decided"]


def test_progress_counts_every_replication_once():
    told = []
    options = RunOptions(progress=lambda done, total: told.append((done, total)))

    choice = select([with_clerks(1)] * 2, kpi="OP-CT", rule=Rule(1e-3, most=12), options=options)

    assert sum(total for done, total in told if done == total) == 2 * choice.found.replications


def test_scenario_without_a_value_cannot_be_chosen():
    too_short = a_scenario(**{**BUSY, "run": {"until": "1s"}})

    with pytest.raises(ChoicesRefused, match=r"OP-CT: .* has no value of it in a replication"):
        select([with_clerks(1), too_short], kpi="OP-CT", rule=Rule(1))


@pytest.mark.parametrize("kpi", ["OP-XX", "OP-UT"])
def test_kpi_without_a_better_direction_cannot_decide(kpi):
    with pytest.raises(ValueError, match="cannot decide"):
        select([with_clerks(1)] * 2, kpi=kpi, rule=Rule(1))


def test_single_scenario_is_no_choice():
    with pytest.raises(ValueError, match="two scenarios"):
        select([with_clerks(1)], kpi="OP-CT", rule=Rule(1))
