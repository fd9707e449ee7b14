"""Subprocesses, event subprocesses, errors and escalations."""

from __future__ import annotations

import pytest

from tests.engine.bpmn.builders import (
    boundary,
    element,
    end,
    flows,
    parallel,
    start,
    timer,
    user,
    xor,
)
from tests.simulation.builders import a_run
from tests.simulation.flow.cases import (
    ERROR,
    ESCALATION,
    MESSAGE,
    ended,
    happened,
    minutes,
    of,
    told,
)


def sub(nodes: str, ways: str, *, name: str = "sub", **attributes: str) -> str:
    return element("subProcess", name, nodes + flows(ways), **attributes)


def throw_end(kind: str, name: str = "bad") -> str:
    return element("endEvent", name, kind)


def listener(kind: str, *, interrupts: str = "true", ending: str = end("es_end")) -> str:
    inside = element("startEvent", "heard", kind, isInterrupting=interrupts) + user("handle")
    inside += ending + flows(f"heard > handle > {'es_end' if 'es_end' in ending else 'bad'}")
    return element("subProcess", "handler", inside, triggeredByEvent="true")


FORK = start("s") + parallel("fork") + user("a", "b") + end("e") + end("e2")
FORK_WAYS = "s > fork > a > e\nfork > b > e2"
AFTER = user("after")
WAYS = "start > sub > after > end"


def test_subprocess_is_done_when_its_last_token_is():
    scenario = of(sub(FORK, FORK_WAYS) + AFTER, WAYS, durations={"b": minutes(25)})

    assert happened(scenario) == ["a 0-10", "b 0-25", "sub 0-25", "after 25-35"]


SIMPLE = sub(start("s") + user("a") + xor("gate") + user("b") + end("e") + end("e2"),
             "s > a > gate > b > e\ngate > e2")  # fmt: skip
SHARES = {"gate": {"gate_b": 0.5, "gate_e2": 0.5}}


def test_subprocess_of_one_token_needs_no_frame():
    scenario = of(SIMPLE + AFTER, WAYS, branches=SHARES, run={"cases": 40})
    run = a_run(scenario)

    assert run.net.is_plain
    assert {" ".join(told(run, case)).count("sub") for case in range(40)} == {1}
    ends = {row: int(run.completed[row]) for row in range(len(run.case))}
    for row in ends:
        if run.net.nodes[run.node[row]].element_id == "after":
            inside = [r for r in ends if run.case[r] == run.case[row] and r != row]
            assert max(ends[r] for r in inside) == run.scheduled[row]


def test_subprocess_of_one_token_in_a_loop_is_visited_again():
    model = SIMPLE + xor("in") + xor("again")
    again = {"again": {"again_in": 0.5, "again_end": 0.5}}
    scenario = of(model, "start > in > sub > again > end\nagain > in", branches=SHARES | again,
                  run={"cases": 30})  # fmt: skip
    run = a_run(scenario)

    visits = run.visit[[run.net.nodes[node].element_id == "sub" for node in run.node]]
    assert visits.max() > 1


def test_interruption_stops_everything_inside_at_once():
    model = sub(FORK, FORK_WAYS) + AFTER + user("late") + end("other")
    model += boundary("t", "sub", "PT15M")
    scenario = of(model, f"{WAYS}\nt > late > other", durations={"b": minutes(25)})

    assert happened(scenario) == [
        *("a 0-10", "b 0-15 cancelled", "sub 0-15 cancelled", "t 0-15", "late 15-25"),
    ]


def test_unit_is_not_given_to_who_is_withdrawn_in_the_same_moment():
    model = sub(FORK, FORK_WAYS) + boundary("t", "sub", "PT5M") + end("other")
    scenario = of(model, "start > sub > end\nt > other", resources={"clerk": {"units": 1}})
    run = a_run(scenario)

    assert sorted(run.started.tolist()) == [-1, 0, 0, 0]  # b, and a, sub, t


def test_timer_beside_a_subprocess_does_not_stop_it():
    model = sub(FORK, FORK_WAYS) + user("late") + end("other")
    model += boundary("t", "sub", "PT5M", cancels="false")
    run = a_run(of(model, "start > sub > end\nt > late > other"))

    assert ended(run) == [15]


def test_what_waited_at_a_join_is_gone_with_its_subprocess():
    inside = start("s") + parallel("fork", "join") + user("a", "b") + end("e")
    ways = "s > fork > a > join > e\nfork > b > join"
    model = sub(inside, ways) + boundary("t", "sub", "PT15M") + element("exclusiveGateway", "in")
    scenario = of(
        model,
        "start > in > sub > end\nt > in",
        durations={"b": {"uniform": {"min": "10min", "max": "30min"}}},
        run={"cases": 20},
        resources={"clerk": {"units": 60}},
    )
    run = a_run(scenario)

    assert (run.ended > 0).all()
    assert max(len([t for t in told(run, case) if t[0] == "t"]) for case in range(20)) > 1


def test_error_end_event_leaves_by_the_border_and_ends_the_subprocess():
    inside = FORK + throw_end(ERROR)
    ways = "s > fork > a > bad\nfork > b > e2"
    model = sub(inside, ways).replace('<endEvent id="e">\n', "") + user("fix") + end("other")
    model = model.replace('<endEvent id="e"></endEvent>\n', "")
    model += element("boundaryEvent", "caught", ERROR, attachedToRef="sub")
    scenario = of(model, "start > sub > end\ncaught > fix > other", durations={"b": minutes(25)})

    assert happened(scenario) == (
        ["a 0-10", "b 0-10 cancelled", "sub 0-10 cancelled", "caught 10-10", "fix 10-20"]
    )


def test_error_that_nothing_catches_ends_the_case():
    inside = start("s") + user("a") + throw_end(ERROR)
    model = parallel("fork") + sub(inside, "s > a > bad") + user("b") + end("other")
    run = a_run(
        of(model, "start > fork > sub > end\nfork > b > other", durations={"b": minutes(30)})
    )

    assert ended(run) == [10]
    assert "b 0-10 cancelled" in told(run)


def test_error_goes_to_the_event_of_its_code_before_the_one_of_every_code():
    inside = start("s") + user("a") + throw_end(ERROR)
    model = sub(inside, "s > a > bad") + user("any", "mine") + end("other") + end("third")
    model += element("boundaryEvent", "every", "<errorEventDefinition/>", attachedToRef="sub")
    model += element("boundaryEvent", "code", ERROR, attachedToRef="sub")
    scenario = of(model, "start > sub > end\nevery > any > other\ncode > mine > third")

    assert "mine 10-20" in happened(scenario)


def test_escalation_sends_a_token_beside_and_its_sender_goes_on():
    inside = start("s") + element("intermediateThrowEvent", "call", ESCALATION)
    inside += user("a") + end("e")
    model = sub(inside, "s > call > a > e") + user("help") + end("other")
    model += element("boundaryEvent", "up", ESCALATION, attachedToRef="sub", cancelActivity="false")
    scenario = of(model, "start > sub > end\nup > help > other")

    assert happened(scenario) == ["up 0-0", "a 0-10", "help 0-10", "sub 0-10"]


def test_escalation_that_interrupts_stops_its_sender():
    inside = start("s") + element("intermediateThrowEvent", "call", ESCALATION)
    inside += user("a") + end("e")
    model = sub(inside, "s > call > a > e") + user("help") + end("other")
    model += element("boundaryEvent", "up", ESCALATION, attachedToRef="sub")

    assert happened(of(model, "start > sub > end\nup > help > other")) == (
        ["sub 0-0 cancelled", "up 0-0", "help 0-10"]
    )


def test_escalation_that_nobody_catches_is_passed():
    model = element("intermediateThrowEvent", "call", ESCALATION) + user("a")

    assert happened(of(model, "start > call > a > end")) == ["a 0-10"]


def test_event_subprocess_takes_the_place_of_its_process():
    model = user("a") + listener(MESSAGE)
    run = a_run(of(model, "start > a > end", events={"heard": minutes(4)}))

    assert told(run) == (["a 0-4 cancelled", "heard 0-4", "handle 4-14", "handler 4-14"])
    assert ended(run) == [14]


def test_event_subprocess_that_does_not_interrupt_keeps_its_process_open():
    model = user("a") + listener(MESSAGE, interrupts="false")
    run = a_run(of(model, "start > a > end", events={"heard": minutes(4)}))

    assert told(run) == ["heard 0-4", "a 0-10", "handle 4-14", "handler 4-14"]
    assert ended(run) == [14]


def test_event_subprocess_that_is_not_triggered_does_not_keep_its_process_open():
    model = user("a") + listener(MESSAGE)
    run = a_run(of(model, "start > a > end", events={"heard": minutes(40)}))

    assert told(run) == ["a 0-10"]
    assert ended(run) == [10]


def test_cycle_starts_an_event_subprocess_as_often_as_it_says():
    model = user("a") + listener(timer("R2/PT3M", "timeCycle"), interrupts="false")

    assert [t for t in happened(of(model, "start > a > end")) if t.startswith("heard")] == [
        "heard 0-3",
        "heard 3-6",
    ]


def test_event_subprocess_catches_the_error_of_a_subprocess_beside_it():
    inside = start("s") + user("a") + throw_end(ERROR, "wrong")
    model = sub(inside, "s > a > wrong") + listener(ERROR)

    assert happened(of(model, "start > sub > end"))[-2:] == ["handle 10-20", "handler 10-20"]


def test_error_in_the_handler_goes_further_out():
    inside = start("s") + user("a") + throw_end(ERROR, "wrong")
    model = sub(inside, "s > a > wrong") + listener(ERROR, ending=throw_end(ERROR))
    run = a_run(of(model, "start > sub > end"))

    assert [t for t in told(run) if t.startswith("handle ")] == ["handle 10-20"]
    assert ended(run) == [20]


def test_terminate_ends_its_subprocess_and_nothing_else():
    inside = FORK.replace(end("e"), "") + end("stop", terminate=True)
    scenario = of(
        sub(inside, "s > fork > a > stop\nfork > b > e2") + AFTER,
        WAYS,
        durations={"b": minutes(25)},
    )

    assert happened(scenario) == (["a 0-10", "b 0-10 cancelled", "sub 0-10", "after 10-20"])


def test_subprocesses_stand_in_one_another():
    inner = start("s2") + user("a") + end("e2")
    middle = start("s") + sub(inner, "s2 > a > e2", name="inner") + user("b") + end("e")
    scenario = of(sub(middle, "s > inner > b > e") + AFTER, WAYS)

    assert happened(scenario) == ["a 0-10", "inner 0-10", "sub 0-20", "b 10-20", "after 20-30"]


def test_run_that_is_cut_keeps_what_is_open():
    model = sub(start("s") + user("a") + end("e"), "s > a > e")
    scenario = of(
        model,
        "start > sub > end",
        run={"start": "2026-03-02T08:00", "until": "5min", "drain": False, "cases": None},
        arrivals={"start": {"interval": minutes(4)}},
    )

    assert sorted(happened(scenario)) == ["a 4-open", "sub 4-open"]


def test_run_that_is_cut_keeps_what_is_open_in_every_branch():
    run = {"start": "2026-03-02T08:00", "until": "9min", "drain": False, "cases": None}
    arrivals = {"start": {"interval": minutes(5)}}
    scenario = of(sub(FORK, FORK_WAYS), "start > sub > end", run=run, arrivals=arrivals,
                  demands={"b": "none"})  # fmt: skip

    assert sorted(happened(scenario)) == ["a 5-open", "b 5-open", "sub 5-open"]


def test_subprocess_that_terminates_at_its_first_start_begins_nothing_else():
    inside = start("s") + end("stop", terminate=True) + start("s2") + user("a") + end("e")
    model = sub(inside, "s > stop\ns2 > a > e") + AFTER

    assert happened(of(model, WAYS)) == ["sub 0-0", "after 0-10"]


@pytest.mark.parametrize("cases", [1, 50])
def test_visits_are_numbered_per_case(cases):
    model = sub(start("s") + user("a") + end("e"), "s > a > e")
    run = a_run(of(model, "start > sub > end", run={"cases": cases}))

    assert set(run.visit.tolist()) == {0}


def test_time_of_a_subprocess_is_not_asked_for_nor_taken():
    model = sub(start("s") + user("a") + end("e"), "s > a > e")
    with pytest.raises(Exception, match=r"durations\.sub: is no work of its own"):
        of(model, "start > sub > end", durations={"sub": minutes(5)})
