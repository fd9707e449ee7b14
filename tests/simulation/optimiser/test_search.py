"""Searches for staff: against the answer that trying every design gives."""

import itertools
import sys

import pytest

from simulation.errors import ChoicesRefused
from simulation.optimiser.design import Choices, Design
from simulation.optimiser.front import front, undominated
from simulation.optimiser.search import cheapest, quickest
from simulation.optimiser.trials import Aim, Trials
from tests.simulation.builders import a_scenario
from tests.simulation.graphs import graph

TWO_STEPS = graph("start > work > nap > end", lanes={"work": "clerk", "nap": "nurse"})
CHOICES = Choices({"clerk": range(1, 5), "nurse": range(1, 5)})


@pytest.fixture(scope="module")
def scenario():
    return a_scenario(
        TWO_STEPS,
        arrivals={"start": {"interval": {"constant": None, "exponential": {"mean": "10min"}}}},
        durations={
            "work": {"constant": None, "exponential": {"mean": "15min"}},
            "nap": {"exponential": {"mean": "12min"}},
        },
        resources={"clerk": {"cost_per_hour": 20}, "nurse": {"cost_per_hour": 50}},
        run={"until": "30h"},
    )


@pytest.fixture
def trials(scenario):
    return Trials(scenario, CHOICES, Aim(replications=6))


@pytest.fixture(scope="module")
def everything(scenario):
    """Every design, tried."""
    every = [
        Design.of({"clerk": c, "nurse": n}) for c, n in itertools.product(range(1, 5), repeat=2)
    ]
    return Trials(scenario, CHOICES, Aim(replications=6)).of(every)


def test_cheapest_staff_that_keeps_a_limit_is_found_without_trying_all(trials, everything):
    found = cheapest(trials, limit=45 * 60)

    enough = [trial for trial in everything if trial.is_within(45 * 60)]
    assert found.best is not None
    assert found.best.cost == min(trial.cost for trial in enough)
    assert found.designs < len(everything)


def test_steps_of_a_search_say_what_each_one_brought(trials):
    found = cheapest(trials, limit=45 * 60)

    first, *further = found.document()["steps"]
    assert first["reason"] == "begin"
    assert all(step["difference"] < 0 for step in further if step["reason"] == "add")
    assert found.steps[-1].trial == found.best


def test_limit_that_nobody_can_keep_finds_nothing(trials):
    assert cheapest(trials, limit=60).best is None


def test_best_staff_for_the_money_is_found(trials, everything):
    budget = 30 * (3 * 20 + 3 * 50)

    found = quickest(trials, budget=budget, indifference=120)

    affordable = min(trial.mean for trial in everything if trial.cost <= budget)
    assert found.best is not None
    assert found.best.cost <= budget
    assert found.best.mean <= affordable + 120


def test_budget_below_the_fluid_bound_finds_nothing(trials):
    assert quickest(trials, budget=1).best is None


def test_front_holds_the_designs_that_no_other_beats(trials, everything):
    pytest.importorskip("pymoo")
    found = front(trials, population=8, generations=6, confirm=1)

    assert [t.design for t in found.trials] == [t.design for t in undominated(everything)]
    assert all(trial.kpi is not None for trial in found.trials)


def test_front_without_pymoo_says_what_to_install(trials, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymoo.algorithms.moo.nsga2", None)

    with pytest.raises(ChoicesRefused, match=r"install twinflow\[optimiser\]"):
        front(trials)


def test_more_replications_of_a_design_add_to_those_known(trials):
    design = Design.of({"clerk": 3, "nurse": 3})
    (few,), (many,) = trials.of([design]), trials.of([design], replications=9)

    assert (few.replications, many.replications) == (6, 9)
    assert len(trials.values(design)) == 9


def test_search_over_too_many_designs_is_stopped(scenario):
    trials = Trials(scenario, CHOICES, Aim(replications=2, most_designs=2))

    with pytest.raises(ChoicesRefused, match="more than 2 designs"):
        cheapest(trials, limit=60)


@pytest.mark.parametrize("wrong", [{"kpi": "OP-FE"}, {"kpi": "OP-XX"}, {"replications": 1}])
def test_aim_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ChoicesRefused):
        Aim(**wrong)
