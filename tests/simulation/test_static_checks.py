"""What is said before the run: dead ends, rings, overload."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from simulation.net import US, compile_net
from simulation.offered import offers
from simulation.static_checks import dead_ends, offered_loads, warnings
from tests.engine.bpmn.blocks import FLAGS
from tests.engine.bpmn.builders import boundary, element, end, flows, inclusive, start, user, xor
from tests.simulation.agreement import BLOCKS, drawn, scenario_of
from tests.simulation.builders import a_run, a_scenario, shipped
from tests.simulation.flow.cases import minutes, of
from tests.simulation.graphs import graph

MANY = (
    "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
    "</multiInstanceLoopCharacteristics>"
)
LOOP = graph("start > gw_in > work > gw =again> gw_in", "gw =done> end", lanes={"work": "clerk"})

NO_CONSTANT = {"constant": None, "work": minutes(15)}


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

    assert [w.code for w in warnings(loaded, offers(loaded))] == codes


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


def test_backlog_is_told_in_cases_a_day():
    loaded = net(durations={"work": {"constant": "45min"}})  # 42 a day arrive, 32 are served

    asked = offers(loaded)["clerk"]

    assert asked.cases_per_day == pytest.approx(42)
    assert asked.backlog_per_day == pytest.approx(42 * (1 - 1 / asked.load))
    assert "the backlog grows by 10 cases a day" in warnings(loaded, {"clerk": asked})[0].text


def test_offered_load_counts_what_events_and_loops_make_of_it():
    model = element("subProcess", "sub", MANY + start("s") + user("a") + end("e")
                    + flows("s > a > e")) + boundary("late", "sub", "PT5M")  # fmt: skip
    scenario = of(
        model + end("other"),
        "start > sub > end\nlate > other",
        run={"cases": 300},
        arrivals={"start": {"interval": minutes(20)}},
    )

    # three instances, each withdrawn after 5 of its 10 minutes
    assert offers(compile_net(scenario))["clerk"].load == pytest.approx(15 / 20 / 9, rel=0.01)


def test_offered_load_knows_who_is_slower():
    """Ann does two an hour and ben four: six an hour together, where two and a half come."""
    loaded = net(
        arrivals={"start": {"interval": minutes(24)}},
        resources={"clerk": {"units": None, "members": {"ann": {}, "ben": {}}}},
        durations={"work": {**NO_CONSTANT, "by_resource": {"ann": minutes(30)}}},
    )

    came = 9  # 24, 48, … minutes after the start, within four hours
    assert offered_loads(loaded) == {"clerk": pytest.approx(came / 4 / 6)}


@pytest.mark.parametrize(("batch", "together"), [({}, 10), ({"max_wait": "15min"}, 1 + 7 / 16)])
def test_offered_load_counts_cases_that_go_together(batch, together):
    loaded = net(batches={"work": {"size": 10, **batch}})

    assert offered_loads(loaded) == {"clerk": pytest.approx(70 / 240 / together)}


def test_join_that_cannot_be_completed_is_refused_with_the_way_there():
    process = graph(
        "start > gw =a> and_join > end", "gw =b> left > and_join", lanes={"left": "clerk"}
    )
    odd = net(
        process,
        durations={"work": None, "left": {"constant": "1min"}},
        branches={"gw": {"a": 0.5, "b": 0.5}},
    )

    assert ("and_join", "a case waits here for a token that never comes, on the way gw → and_join"
            ) in dead_ends(odd)  # fmt: skip


def test_join_that_conditions_may_complete_is_only_warned_of():
    process = graph(
        "start > gw =a> and_join > end", "gw =b> left > and_join", lanes={"left": "clerk"}
    )
    arrivals = {"start": {"attributes": {"kind": {"constant": "x"}}}}
    odd = net(
        with_condition(process, a="kind == 'x'", b="kind == 'y'"),
        durations={"work": None, "left": {"constant": "1min"}},
        arrivals=arrivals,
    )

    assert dead_ends(odd) == []
    assert "may_deadlock" in [w.code for w in warnings(odd, {})]


def test_parallel_branches_that_meet_without_a_join_are_warned_of():
    process = graph(
        "start > and_split > left > gw_in > work > end",
        "and_split > right > gw_in",
        lanes={"left": "clerk", "right": "clerk", "work": "clerk"},
    )
    odd = net(process, durations={"left": {"constant": "1min"}, "right": {"constant": "1min"}})

    found = [w for w in warnings(odd, {}) if w.code == "runs_twice"]

    assert [w.where for w in found][:1] == ["work"]
    assert "and_split → left" in found[0].text


def test_case_begins_at_one_of_the_starts_of_its_process():
    both = shipped("to_be").document.arrivals  # on foot, and with an appointment

    assert len(both) == 2
    assert [w.code for w in warnings(compile_net(shipped("to_be")), {})] == []


def test_inclusive_join_waits_in_the_search_too():
    model = inclusive("split") + inclusive("join") + user("a", "b", "c", "d")
    ways = "start > split > a > join > c > end\nsplit > b > d > join"
    sound = of(model, ways, branches={"split": {"split_a": 0.5, "split_b": 0.5}})

    assert dead_ends(compile_net(sound)) == []
    assert warnings(compile_net(sound), {}) == []


def test_loop_in_which_no_time_passes_is_warned_of():
    shares = {"gw": {"again": "50%", "done": "50%"}}
    quick = net(LOOP, durations={"work": {"constant": "0s"}}, branches=shares)
    slow = net(LOOP, branches=shares)

    assert [w.code for w in warnings(quick, {})] == ["no_time"]
    assert warnings(slow, {}) == []


def test_sound_process_with_joins_is_not_warned_of():
    process = graph(
        "start > and_split > left > and_join > end",
        "and_split > right > and_join",
        lanes={"left": "clerk", "right": "clerk"},
    )
    times = {"work": None, "left": {"constant": "1min"}, "right": {"constant": "1min"}}
    sound = net(process, durations=times)

    assert dead_ends(sound) == []
    assert warnings(sound, {}) == []


def test_what_nobody_reaches_in_a_subprocess_is_warned_of():
    inside = start("s") + xor("gate") + user("a", "b") + end("e") + end("e2")
    inside += flows("s > gate > a > e\ngate > b > e2")
    scenario = of(
        element("subProcess", "sub", inside),
        "start > sub > end",
        branches={"gate": {"gate_a": 1, "gate_b": 0}},
    )

    assert [w.where for w in warnings(compile_net(scenario), {})] == ["b"]


@settings(max_examples=40)
@given(BLOCKS, st.just(dict.fromkeys(FLAGS, True)))
def test_random_sound_processes_have_no_dead_end(block, flags):
    xml, drawing = drawn(block)
    note(xml.decode())

    assert dead_ends(compile_net(scenario_of(xml, drawing, flags))) == []


def with_condition(process, **conditions):
    flows = {i: replace(f, condition=conditions.get(i)) for i, f in process.flows.items()}
    return replace(process, flows=flows)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ({"until": "1min"}, "no case comes while the run lasts"),
        ({"until": None, "cases": 2, "warm_up": "61min"}, "every case arrives within the warm-up"),
    ],
)
def test_run_in_which_no_case_counts_is_warned_of(run, words):
    (warned,) = warnings(net(run=run), {})

    assert (warned.code, warned.where) == ("nothing_measured", "run")
    assert words in warned.text


def test_case_that_comes_with_the_end_of_the_warm_up_counts():
    assert warnings(net(run={"until": None, "cases": 2, "warm_up": "60min"}), {}) == []


REMINDS = boundary("remind", "work", "PT1H", cancels="false") + end("e2") + flows("remind > e2")


@pytest.mark.parametrize("beside", ["", REMINDS])
def test_subprocess_that_only_ends_in_an_error_is_left_by_its_border_alone(beside):
    wrong = "<errorEventDefinition/>"
    inside = start("s") + user("work") + element("endEvent", "e", wrong) + flows("s > work > e")
    inside += beside
    nodes = element("subProcess", "sub", inside) + user("other")
    nodes += element("boundaryEvent", "bad", wrong, attachedToRef="sub")
    nodes += element("parallelGateway", "fork") + element("parallelGateway", "join")
    ways = "start > fork > sub\nbad > join > end\nfork > other > join"
    scenario = of(nodes, ways)

    assert dead_ends(compile_net(scenario)) == []
    assert a_run(scenario).ended.tolist() == [10 * 60 * US]
