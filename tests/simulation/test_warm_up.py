"""The warm-up that the data show: an M/M/1 queue that starts empty, and one that never settles."""

import pytest

from simulation.executor import Plan, RunOptions
from simulation.experiment import run
from simulation.study import Study
from simulation.warm_up import find_warm_up
from tests.simulation.builders import a_scenario, slots

BUSY = {
    "arrivals": {"start": {"interval": {"constant": None, "exponential": {"mean": "10min"}}}},
    "durations": {"work": {"constant": None, "exponential": {"mean": "8min"}}},
    "resources": {"clerk": {"units": 1, "calendar": None}},
}


def busy(**run_):
    return a_scenario(**BUSY, run={"until": "400h", "replications": 4, "warm_up": "mser5", **run_})


def test_warm_up_of_a_queue_that_starts_empty_is_found():
    found = find_warm_up({"a": busy()}, Plan(4, seed=1))

    assert found.is_found
    assert 0 < found.seconds < 200 * 3600


def test_warm_up_that_is_found_is_left_out_of_the_figures():
    found = find_warm_up({"a": busy()}, Plan(4, seed=1))

    by_rule, by_hand = run(busy()), run(busy(warm_up=f"{found.seconds:.6f}s"))

    assert by_rule.kpi_frame.equals(by_hand.kpi_frame)
    (said,) = [w for w in by_rule.warnings if w.code == "warm_up"]
    assert "MSER-5 leaves out the first" in said.text


def test_queue_that_only_grows_is_never_steady():
    growing = busy().patched({"durations": {"work": {"exponential": {"mean": "30min"}}}})

    assert "not_steady" in [w.code for w in run(growing).warnings]


def test_scenarios_that_are_compared_share_the_longest_warm_up():
    slow = busy().patched({"durations": {"work": {"exponential": {"mean": "9.5min"}}}})
    alone = [find_warm_up({"a": one}, Plan(4, seed=1)).seconds for one in (busy(), slow)]
    study = Study({"a": busy(), "b": slow}, replications=2, seed=1, options=RunOptions())

    study.carry_out()

    shared = [scenario.document.run.warm_up for scenario in study.scenarios.values()]
    assert shared == pytest.approx([max(alone)] * 2)


def test_every_figure_leaves_the_warm_up_out():
    """Three come at once within the warm-up, one alone after it."""
    scenario = a_scenario(arrivals=slots(3, 0, 1), run={"warm_up": "2h"})

    document = run(scenario).document()

    waits = document["activities"]["work"]["wait"]["quantiles"]
    assert waits == {"0.5": 0, "0.9": 0, "0.95": 0}
    assert document["activities"]["work"]["visits"]["mean"] == 1
    cases = document["cases"]
    assert (cases["started"]["mean"], cases["completed"]["mean"]) == (1, 1)
    assert document["kpis"]["OP-CT"]["quantiles"]["0.9"] == 600
