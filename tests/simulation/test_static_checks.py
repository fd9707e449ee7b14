"""What is said before the run: dead ends, rings, overload."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation.net import compile_net
from simulation.static_checks import dead_ends, offered_loads, warnings
from tests.simulation.builders import a_scenario
from tests.simulation.graphs import graph

LOOP = graph("start > gw_in > work > gw =again> gw_in", "gw =done> end", lanes={"work": "clerk"})


def net(*args, **patch):
    return compile_net(a_scenario(*args, **patch))


def test_offered_load_is_work_over_time():
    # 7 cases of 10 minutes in four hours
    assert offered_loads(net()) == {"clerk": pytest.approx(70 / 240)}


def test_offered_load_counts_rework():
    loop = net(LOOP, branches={"gw": {"again": "50%", "done": "50%"}})

    assert offered_loads(loop) == {"clerk": pytest.approx(140 / 240)}


def test_offered_load_counts_open_hours_only():
    calendars = {"day": {"weekly": {"mon": ["08:00-10:00"]}}}
    loaded = net(calendars=calendars, resources={"clerk": {"calendar": "day"}})

    assert offered_loads(loaded) == {"clerk": pytest.approx(70 / 120)}


def test_offered_load_follows_conditions_over_case_data():
    process = graph("start > gw =a> work > end", "gw =b> end", lanes={"work": "clerk"})
    kind = {"kind": {"choice": {"x": "50%", "y": "50%"}}}
    shares = net(process, branches={"gw": {"a": "50%", "b": "50%"}})
    assert offered_loads(shares)["clerk"] == pytest.approx(35 / 240)

    conditions = with_condition(process, a="kind == 'x'", b="kind == 'y'")
    drawn = net(conditions, arrivals={"start": {"attributes": kind}})
    assert 0 < offered_loads(drawn)["clerk"] < 70 / 240


@pytest.mark.parametrize(("minutes", "codes"), [(30, []), (34, ["high_load"]), (35, ["overload"])])
def test_load_near_and_above_one_is_warned_of(minutes, codes):
    loaded = net(durations={"work": {"constant": f"{minutes}min"}})

    assert [w.code for w in warnings(loaded, offered_loads(loaded))] == codes


def test_activity_that_nobody_reaches_is_warned_of():
    process = graph(
        "start > gw =a> work > end", "gw =b> rare > end", lanes={"work": "clerk", "rare": "clerk"}
    )
    odd = net(process, durations={"rare": {"constant": "1h"}}, branches={"gw": {"a": 1, "b": 0}})

    assert [w.where for w in warnings(odd, {})] == ["rare"]


def test_loop_with_an_exit_is_no_dead_end():
    assert dead_ends(net(LOOP, branches={"gw": {"again": "99%", "done": "1%"}})) == []


def test_ring_of_gateways_is_found():
    process = graph(
        "start > gw_a =b> gw_b =back> gw_a",
        "gw_b =c> work > end",
        "gw_a =d> end",
        lanes={"work": "clerk"},
    )
    shares = {"gw_a": {"b": 0.5, "d": 0.5}, "gw_b": {"back": 0.5, "c": 0.5}}

    found = dead_ends(net(process, branches=shares))

    assert {element for element, _ in found} == {"gw_a", "gw_b"}


def with_condition(process, **conditions):
    flows = {i: replace(f, condition=conditions.get(i)) for i, f in process.flows.items()}
    return replace(process, flows=flows)
