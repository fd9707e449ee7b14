"""Event-based and inclusive gateways, tables of shares, terminate."""

from __future__ import annotations

from collections import Counter

import pytest

from simulation.errors import ScenarioInvalid, SimulationFailed
from tests.engine.bpmn.builders import (
    element,
    end,
    inclusive,
    parallel,
    user,
    wait,
    xor,
)
from tests.simulation.builders import a_run
from tests.simulation.flow.cases import MESSAGE, ended, happened, minutes, of, told

RACE = (
    element("eventBasedGateway", "gate")
    + element("intermediateCatchEvent", "paid", MESSAGE)
    + wait("overdue", "PT30M")
    + user("ship", "remind")
    + end("other")
)
RACE_WAYS = "start > gate > paid > ship > end\ngate > overdue > remind > other"
OR = inclusive("split") + inclusive("join") + user("a", "b", "c")
OR_WAYS = """start > split > a > join > c > end
split > b > join"""


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (20, ["overdue 0-20 cancelled", "paid 0-20", "ship 20-30"]),
        (40, ["overdue 0-30", "paid 0-30 cancelled", "remind 30-40"]),
    ],
)
def test_first_event_behind_a_gateway_withdraws_the_others(after, expected):
    assert happened(of(RACE, RACE_WAYS, events={"paid": minutes(after)})) == expected


def test_message_behind_a_gateway_is_asked_for_when_nobody_sends_it():
    with pytest.raises(ScenarioInvalid, match=r"events\.paid: is required: when does the message"):
        of(RACE, RACE_WAYS)


def test_receive_task_may_stand_behind_a_gateway():
    model = (
        element("eventBasedGateway", "gate")
        + element("receiveTask", "paid", messageRef="Hello")
        + wait("overdue", "PT30M")
        + end("other")
    )
    scenario = of(
        model, "start > gate > paid > end\ngate > overdue > other", events={"paid": minutes(3)}
    )

    assert happened(scenario) == ["overdue 0-3 cancelled", "paid 0-3"]


def test_every_way_with_a_whole_share_is_taken_and_joined():
    scenario = of(
        OR, OR_WAYS, branches={"split": {"split_a": 1, "split_b": 1}}, durations={"b": minutes(25)}
    )

    assert happened(scenario) == ["a 0-10", "b 0-25", "c 25-35"]


def test_join_waits_only_for_ways_that_were_taken():
    scenario = of(OR, OR_WAYS, branches={"split": {"split_a": 1, "split_b": 0}})

    assert happened(scenario) == ["a 0-10", "c 10-20"]


def test_ways_are_drawn_each_by_its_share_given_that_one_is_taken():
    scenario = of(
        OR,
        OR_WAYS,
        branches={"split": {"split_a": "50%", "split_b": "20%"}},
        run={"cases": 6000},
        demands={"a": "none", "b": "none", "c": "none"},
    )
    run = a_run(scenario)

    names = [run.net.nodes[node].element_id for node in run.node]
    at_least_one = 1 - 0.5 * 0.8
    assert Counter(names)["a"] / 6000 == pytest.approx(0.5 / at_least_one, abs=0.02)
    assert Counter(names)["b"] / 6000 == pytest.approx(0.2 / at_least_one, abs=0.02)
    assert Counter(names)["c"] == 6000
    assert (run.ended > 0).all()


def test_inclusive_gateway_that_only_splits_needs_no_join():
    model = inclusive("split") + user("a", "b") + end("other")
    scenario = of(
        model,
        "start > split > a > end\nsplit > b > other",
        branches={"split": {"split_a": 1, "split_b": 1}},
    )

    assert happened(scenario) == ["a 0-10", "b 0-10"]


def test_conditions_of_an_inclusive_gateway_are_all_asked():
    ways = """start > split
split > a : amount > 10
split > b : amount > 20
a > join > c > end
b > join"""
    attributes = {"attributes": {"amount": {"constant": 15}}}
    scenario = of(OR, ways, arrivals={"start": {"interval": {"constant": "0s"}, **attributes}})

    assert happened(scenario) == ["a 0-10", "c 10-20"]


def test_default_flow_of_an_inclusive_gateway_is_taken_when_no_condition_holds():
    model = inclusive("split", default="split_b") + inclusive("join") + user("a", "b", "c")
    ways = """start > split
split > a : amount > 10
split > b
a > join > c > end
b > join"""
    attributes = {"attributes": {"amount": {"constant": 5}}}
    scenario = of(model, ways, arrivals={"start": {"interval": {"constant": "0s"}, **attributes}})

    assert happened(scenario) == ["b 0-10", "c 10-20"]


def test_inclusive_join_waits_for_a_token_that_comes_from_further_away():
    model = OR + xor("skip") + user("far")
    ways = """start > split > a > join > c > end
split > b > skip > far > join
skip > join"""
    scenario = of(
        model,
        ways,
        branches={
            "split": {"split_a": 1, "split_b": 1},
            "skip": {"skip_far": 1, "skip_join": 0},
        },
        durations={"a": minutes(1)},
    )

    assert happened(scenario) == ["a 0-1", "b 0-10", "far 10-20", "c 20-30"]


def test_table_gives_shares_by_attribute():
    model = xor("gate") + user("a", "b") + end("other")
    ways = "start > gate > a > end\ngate > b > other"
    kind = {"kind": {"choice": {"x": "30%", "y": "60%", "z": "10%"}}}
    table = {"x": {"gate_a": 1, "gate_b": 0}, "y": {"gate_a": 0, "gate_b": 1}}
    scenario = of(
        model,
        ways,
        arrivals={"start": {"interval": {"constant": "0s"}, "attributes": kind}},
        branches={"gate": {"by": "kind", "table": table, "else": {"gate_a": 1, "gate_b": 0}}},
        run={"cases": 200},
    )
    run = a_run(scenario)

    way = [told(run, case)[0][0] for case in range(200)]
    kinds = run.arrivals.attributes["kind"]
    assert way == ["b" if kind == "y" else "a" for kind in kinds]


def test_value_without_a_row_is_reported():
    model = xor("gate") + user("a", "b") + end("other")
    scenario = of(
        model,
        "start > gate > a > end\ngate > b > other",
        arrivals={
            "start": {"interval": {"constant": "0s"}, "attributes": {"kind": {"constant": "q"}}}
        },
        branches={"gate": {"by": "kind", "table": {"x": {"gate_a": 1, "gate_b": 0}}}},
    )

    with pytest.raises(SimulationFailed, match="'gate': its table has no row for kind = q"):
        a_run(scenario)


def test_terminate_ends_every_other_branch():
    model = parallel("fork") + user("a", "b") + end("stop", terminate=True)
    scenario = of(model, "start > fork > a > stop\nfork > b > end", durations={"b": minutes(25)})
    run = a_run(scenario)

    assert told(run) == ["a 0-10", "b 0-10 cancelled"]
    assert ended(run) == [10]


def test_terminate_stops_what_was_about_to_begin():
    model = parallel("fork") + user("b") + end("stop", terminate=True)
    scenario = of(model, "start > fork > stop\nfork > b > end")

    assert happened(scenario) == []


def test_inclusive_gateway_without_a_true_condition_is_reported():
    ways = """start > split
split > a : amount > 10
split > b : amount > 20
a > join > c > end
b > join"""
    arrivals = {
        "start": {"interval": {"constant": "0s"}, "attributes": {"amount": {"constant": 1}}}
    }

    with pytest.raises(SimulationFailed, match="'split': no condition holds"):
        a_run(of(OR, ways, arrivals=arrivals))


def test_condition_over_data_of_another_kind_is_reported():
    ways = """start > split
split > a : amount > 10
split > b : amount > 20
a > join > c > end
b > join"""
    arrivals = {
        "start": {"interval": {"constant": "0s"}, "attributes": {"amount": {"constant": "much"}}}
    }

    with pytest.raises(SimulationFailed, match="'split'"):
        a_run(of(OR, ways, arrivals=arrivals))


def test_gateways_that_lead_back_without_time_are_reported_when_they_run():
    model = xor("in") + xor("again") + user("a")
    shares = {"again": {"again_in": 0.9999, "again_a": 0.0001}}
    scenario = of(
        model, "start > in > again > a > end\nagain > in", branches=shares, run={"cases": 50}
    )

    with pytest.raises(SimulationFailed, match=r"while no time passes|more than 10000 times"):
        a_run(scenario)


def test_tokens_that_came_by_one_way_pass_an_inclusive_join_one_after_the_other():
    model = parallel("fork") + xor("merge") + inclusive("join") + user("slow", "c")
    ways = """start > fork > merge > join > c > end
fork > merge
fork > slow > join"""
    ways = ways.replace("fork > merge\n", "fork > pass > merge\n")
    model += element("exclusiveGateway", "pass")

    assert [t for t in happened(of(model, ways)) if t.startswith("c")] == ["c 10-20", "c 10-20"]
