"""How tokens move: gateways, loops, priorities, conditions, the end of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from simulation.errors import SimulationFailed
from simulation.net import US
from tests.simulation.builders import a_run, a_scenario, slots, trace
from tests.simulation.graphs import graph

FORK = graph(
    "start > and_split > left > and_join > end",
    "and_split > right > and_join",
    lanes={"left": "clerk", "right": "clerk"},
)
LOOP = graph(
    "start > gw_in > work > gw_again =again> gw_in", "gw_again =done> end", lanes={"work": "clerk"}
)
CHOICE = graph(
    "start > gw =a> left > end", "gw =b> right > end", lanes={"left": "clerk", "right": "clerk"}
)
BOTH = {"left": {"constant": "10min"}, "right": {"constant": "25min"}}


def test_cases_are_served_first_come_first_served():
    assert trace(a_run(a_scenario(arrivals=slots(2)))) == [(30, 30, 40), (30, 40, 50)]


def test_units_work_side_by_side():
    scenario = a_scenario(arrivals=slots(3), resources={"clerk": {"units": 2}})

    assert trace(a_run(scenario)) == [(30, 30, 40), (30, 30, 40), (30, 40, 50)]


def test_parallel_join_waits_for_the_slower_way():
    scenario = a_scenario(
        FORK, arrivals=slots(1), durations={"work": None, **BOTH}, resources={"clerk": {"units": 2}}
    )

    run = a_run(scenario)

    assert trace(run, "left") == [(30, 30, 40)]
    assert (run.ended / US / 60).tolist() == [55]


def test_parallel_join_takes_one_token_from_each_way_in():
    process = graph(
        "start > and_split > gw_in > left > gw_again =more> gw_in",
        "gw_again =done> and_join > end",
        "and_split > right > and_join",
        lanes={"left": "clerk", "right": "clerk"},
    )
    shares = {"gw_again": {"more": "50%", "done": "50%"}}
    scenario = a_scenario(process, durations={"work": None, **BOTH}, branches=shares)

    run = a_run(scenario)

    assert (run.ended > 0).all()
    assert Counter(run.case[run.node == 1].tolist()).keys() == set(range(len(run.arrivals)))


def test_join_that_never_fires_is_reported():
    process = graph(
        "start > gw =a> and_join > end", "gw =b> left > and_join", lanes={"left": "clerk"}
    )
    scenario = a_scenario(
        process,
        durations={"work": None, "left": {"constant": "1min"}},
        branches={"gw": {"a": 0.5, "b": 0.5}},
    )

    with pytest.raises(SimulationFailed, match=r"'and_join': \d+ cases wait for a token"):
        a_run(scenario)


def test_loop_is_left_after_a_geometric_number_of_visits():
    scenario = a_scenario(
        LOOP,
        run={"until": None, "cases": 4000},
        durations={"work": {"constant": "1min"}},
        branches={"gw_again": {"again": "40%", "done": "60%"}},
    )

    visits = np.bincount(a_run(scenario).case)

    assert visits.mean() == pytest.approx(1 / 0.6, rel=0.05)
    assert visits.max() > 5


def test_each_visit_of_a_loop_draws_its_own_duration():
    scenario = a_scenario(
        LOOP,
        durations={"work": {"constant": None, "exponential": {"mean": "1min"}}},
        branches={"gw_again": {"again": "80%", "done": "20%"}},
    )
    run = a_run(scenario)

    assert len(set(run.work.tolist())) == len(run.work)


def test_endless_loop_by_condition_is_reported():
    process = graph(
        "start > gw_in > work > gw_again =again> gw_in",
        "gw_again =done> end",
        lanes={"work": "clerk"},
    )
    process = with_conditions(process, again="true", done="false")
    scenario = a_scenario(process, arrivals=slots(1), durations={"work": {"constant": "1s"}})

    with pytest.raises(SimulationFailed, match="'work': a case comes here more than 10000 times"):
        a_run(scenario)


def test_branch_shares_are_met():
    scenario = a_scenario(
        CHOICE,
        run={"until": None, "cases": 5000},
        durations={"work": None, **BOTH},
        branches={"gw": {"a": "30%", "b": "70%"}},
    )
    run = a_run(scenario)

    left = [node.element_id for node in run.net.nodes].index("left")
    assert (run.node == left).mean() == pytest.approx(0.3, abs=0.03)


def test_way_with_share_zero_is_never_taken():
    scenario = a_scenario(
        CHOICE, durations={"work": None, **BOTH}, branches={"gw": {"a": 0, "b": 1}}
    )

    assert trace(a_run(scenario), "left") == []


def test_conditions_over_case_data_choose_the_way():
    scenario = a_scenario(
        with_conditions(CHOICE, a="amount > 100", b="amount <= 100"),
        arrivals={"start": {"attributes": {"amount": {"uniform": {"min": 0, "max": 400}}}}},
        durations={"work": None, **BOTH},
    )
    run = a_run(scenario)

    amounts = run.arrivals.attributes["amount"]
    left = [node.element_id for node in run.net.nodes].index("left")
    assert sorted(run.case[run.node == left]) == [i for i, a in enumerate(amounts) if a > 100]


def test_default_flow_is_taken_when_no_condition_holds():
    scenario = a_scenario(
        with_conditions(CHOICE, default=("gw", "b"), a="amount > 100"),
        arrivals={"start": {"attributes": {"amount": {"constant": 5}}}},
        durations={"work": None, **BOTH},
    )

    assert trace(a_run(scenario), "left") == []


def test_no_condition_that_holds_is_reported():
    scenario = a_scenario(
        with_conditions(CHOICE, a="amount > 100", b="amount > 200"),
        arrivals={"start": {"attributes": {"amount": {"constant": 5}}}},
        durations={"work": None, **BOTH},
    )

    with pytest.raises(SimulationFailed, match="'gw': no condition holds"):
        a_run(scenario)


def test_priority_that_is_no_number_is_reported():
    scenario = a_scenario(priorities={"work": "'high'"})

    with pytest.raises(SimulationFailed, match="'work': the priority is no number but 'high'"):
        a_run(scenario)


def test_priority_by_case_data_goes_first():
    data = {"attributes": {"vip": {"choice": {"yes": "50%", "no": "50%"}}}}
    arrivals = {"start": {**slots(20)["start"], **data}}
    run = a_run(a_scenario(arrivals=arrivals, priorities={"work": "1 if vip == 'yes' else 2"}))

    order = np.argsort(run.started)
    served = [run.arrivals.attributes["vip"][case] for case in run.case[order]]
    first = served[0]  # came first to an empty desk
    assert served[1:] == sorted(served[1:], reverse=True)
    assert {first, *served} == {"yes", "no"}


def test_drain_finishes_every_case():
    run = a_run(a_scenario(arrivals={"start": {"interval": {"constant": "5min"}}}))

    assert (run.ended >= 0).all()
    assert run.ended.max() > run.net.until


def test_cut_leaves_waiting_and_begun_work_open():
    scenario = a_scenario(run={"until": "75min", "drain": False}, arrivals=slots(2, minutes=130))

    run = a_run(scenario)

    assert trace(run) == [(65, 65, -1 / US / 60), (65, -1 / US / 60, -1 / US / 60)]
    assert run.ended.tolist() == [-1, -1]


def with_conditions(process, *, default=None, **conditions):
    """Return a process with conditions on its flows."""
    flows = {
        id_: replace(flow, condition=conditions.get(id_)) for id_, flow in process.flows.items()
    }
    nodes = dict(process.nodes)
    if default is not None:
        nodes[default[0]] = replace(nodes[default[0]], default_flow=default[1])
    return replace(process, flows=flows, nodes=nodes)
