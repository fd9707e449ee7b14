"""Tornado and Morris: the assumption that matters comes first, with its interval."""

import pytest

from simulation.sensitivity import Question, morris, tornado
from tests.simulation.builders import a_scenario
from tests.simulation.graphs import graph

TWO_STEPS = graph("start > work > nap > end", lanes={"work": "clerk", "nap": "clerk"})


@pytest.fixture(scope="module")
def scenario():
    """Nobody ever waits: the cycle time is ten minutes of work and one minute of nap."""
    return a_scenario(
        TWO_STEPS,
        resources={"clerk": {"units": 50}},
        durations={
            "work": {"constant": None, "exponential": {"mean": "10min"}},
            "nap": {"constant": "1min"},
        },
    )


def test_tornado_finds_what_a_longer_duration_brings(scenario):
    swings = tornado(scenario, Question(change=0.1, replications=10))

    by_field = {swing.field: swing for swing in swings}
    nap = by_field["durations.nap"]
    assert (nap.smaller.difference, nap.larger.difference) == pytest.approx((-6, 6))
    assert by_field["durations.work"].larger.difference == pytest.approx(60, rel=0.35)
    assert swings[0].field == "durations.work"


def test_tornado_is_clear_at_one_end_where_nobody_comes_at_the_other():
    """Every 10 h somebody comes for 8 h; more often they queue, less often nobody comes at all."""
    rare = a_scenario(
        arrivals={"start": {"interval": {"constant": "10h"}}},
        durations={"work": {"constant": "8h"}},
        resources={"clerk": {"units": 1}},
        run={"until": "21h"},
    )
    swings = {s.field: s for s in tornado(rare, Question(change=0.9, replications=2))}

    assert swings["arrivals.start"].smaller is None
    assert swings["arrivals.start"].is_clear


def test_tornado_calls_what_changes_nothing_unclear(scenario):
    swings = {s.field: s for s in tornado(scenario, Question(kpi="OP-WT", replications=5))}

    assert not swings["arrivals.start"].is_clear


def test_morris_finds_the_effects_of_a_process_in_which_they_add_up(scenario):
    effects = {e.field: e for e in morris(scenario, Question(replications=4), trajectories=4)}

    nap = effects["durations.nap"]
    assert nap.mean == pytest.approx(6)
    assert nap.strength.estimate == pytest.approx(6)
    assert nap.spread == pytest.approx(0, abs=1e-6)


def test_morris_walks_every_assumption_once_a_path_and_is_repeatable(scenario):
    question = Question(replications=2)

    first, second = (morris(scenario, question, trajectories=2) for _ in range(2))

    assert first == second
    assert sorted(e.field for e in first) == ["arrivals.start", "durations.nap", "durations.work"]


@pytest.mark.parametrize(
    "wrong", [{"kpi": "OP-XX"}, {"change": 0}, {"change": 1.0}, {"replications": 1}]
)
def test_question_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"KPI|change|replications"):
        Question(**wrong)


def test_single_path_is_refused(scenario):
    with pytest.raises(ValueError, match="two trajectories"):
        morris(scenario, Question(), trajectories=1)
