"""Assumptions made larger and smaller: what is scaled, what stays, what is left out."""

import numpy as np
import pytest

from simulation.arrivals import draw
from simulation.factors import factors, scaled
from simulation.net import compile_net
from simulation.streams import Streams
from tests.simulation.builders import a_scenario, shipped
from tests.simulation.graphs import graph

FORK = graph(
    "start > work > gw =a> nap > end", "gw =b> end", lanes={"work": "clerk", "nap": "clerk"}
)


def changed(scenario, field, times):
    (factor,) = [factor for factor in factors(scenario) if factor.field == field]
    return scaled(scenario, {factor: times})


def test_factors_of_the_patient_visit_are_its_arrivals_durations_and_shares():
    fields = {factor.field for factor in factors(shipped("as_is"))}

    assert {"arrivals.start_walk_in", "durations.consult", "branches.gw_tests.tests_yes"} <= fields


@pytest.mark.parametrize(
    "spec",
    [
        {"constant": "10min"},
        {"exponential": {"mean": "4min"}},
        {"lognormal": {"mean": "8min", "sd": "4min"}},
        {"triangular": {"min": "1min", "mode": "2min", "max": "5min"}},
        {"uniform": {"min": "1min", "max": "5min"}},
        {"gamma": {"mean": "8min", "sd": "4min"}},
        {"erlang": {"mean": "8min", "phases": 3}},
        {"weibull": {"shape": 1.5, "scale": "8min"}},
        {"beta": {"min": "1min", "max": "9min", "mean": "4min", "sd": "1min"}},
        {"empirical": {"values": ["1min", "2min", "9min"]}},
        {"histogram": {"edges": ["0min", "2min", "9min"], "weights": [1, 2]}},
    ],
)
def test_every_quantile_of_a_duration_is_so_many_times_as_long(spec):
    scenario = a_scenario(durations={"work": {"constant": None, **spec}})
    u = np.linspace(0.01, 0.99, 9)

    (before,) = [n.duration for n in compile_net(scenario).nodes if n.element_id == "work"]
    after_net = compile_net(changed(scenario, "durations.work", 1.1))
    (after,) = [n.duration for n in after_net.nodes if n.element_id == "work"]

    assert after.quantile(u) == pytest.approx(1.1 * before.quantile(u), rel=1e-6)


def test_arrivals_come_so_many_times_as_often():
    scenario = a_scenario(run={"until": "40h"})
    net = compile_net(changed(scenario, "arrivals.start", 2))

    arrived = draw(net, Streams(1, 0))
    assert len(arrived) == pytest.approx(2 * len(draw(compile_net(scenario), Streams(1, 0))), abs=2)


def test_odds_of_a_way_out_are_scaled_and_the_shares_still_add_up():
    forked = a_scenario(
        FORK, durations={"nap": {"constant": "5min"}}, branches={"gw": {"a": "20%", "b": "80%"}}
    )

    shares = changed(forked, "branches.gw.a", 2).document.branches["gw"].shares

    assert shares == pytest.approx({"a": 1 / 3, "b": 2 / 3})


def test_factor_of_one_changes_nothing():
    scenario = shipped("as_is")

    same = scaled(scenario, dict.fromkeys(factors(scenario), 1.0))

    assert same.document.durations == scenario.document.durations
