"""Scenarios that are odd but legal, against what a pencil says; times are minutes after 08:00."""

from __future__ import annotations

from typing import Any

import pytest

from simulation.replication import Figure, replicate
from simulation.scenario.model import read_model
from tests.engine.bpmn.builders import (
    boundary,
    definitions,
    element,
    end,
    flows,
    parallel,
    process,
    start,
    user,
)
from tests.simulation.builders import a_run, a_scenario, trace
from tests.simulation.flow.cases import MESSAGE, minutes, of, of_graph, told
from tests.simulation.graphs import graph

Patch = dict[str, Any]
WEEK_MIN = 7 * 24 * 60
PAIR = graph("start > a > b > end", lanes={"a": "clerk", "b": "clerk"})
TWO: Patch = {"clerk": {"units": None, "members": {"alice": {}, "bob": {}}}}


def at(*times, **data):
    """Return arrivals at these times of the first day."""
    replay = {"moments": [f"2026-03-02T{time}" for time in times], "data": data}
    return {"start": {"interval": None, "replay": replay}}


def worked(element="work", **patch):
    return trace(a_run(a_scenario(**patch)), element)


def open_only(*shifts, **dates):
    """Return a calendar by that name, and the clerk who has it."""
    calendar = {"weekly": {"mon-sun": list(shifts)}, "exceptions": dates}
    return {"calendars": {"day": calendar}, "resources": {"clerk": {"calendar": "day"}}}


def test_everybody_is_off_for_a_week():
    off: Patch = {f"2026-03-{day:02}": [] for day in range(2, 9)}

    (row,) = worked(run={"until": "1h"}, **open_only("08:00-16:00", **off))

    assert row == (30, WEEK_MIN, WEEK_MIN + 10)


def test_work_of_ten_minutes_takes_ten_weeks_of_a_minute():
    mondays = {"calendars": {"day": {"weekly": {"mon": ["08:30-08:31"]}}}}

    (row,) = worked(run={"until": "1h"}, resources={"clerk": {"calendar": "day"}}, **mondays)

    assert row == (30, 30, 30 + 9 * WEEK_MIN + 1)


@pytest.mark.parametrize(
    ("day", "work_min", "rest_min"),
    [
        ("2026-03-28", 7 * 60, 0),  # the night has seven hours
        ("2026-03-28", 7 * 60 + 1, 16 * 60),
        ("2026-10-24", 9 * 60, 0),  # and nine
        ("2026-10-24", 9 * 60 + 1, 16 * 60),
    ],
)
def test_night_in_which_the_clocks_change_is_as_long_as_it_is(day, work_min, rest_min):
    (row,) = worked(
        timezone="Europe/Berlin",
        run={"start": f"{day}T22:00", "until": "1h"},
        arrivals={"start": {"interval": None, "replay": {"moments": [f"{day}T22:00"]}}},
        durations={"work": minutes(work_min)},
        **open_only("22:00-06:00"),
    )

    assert row == (0, 0, work_min + rest_min)


def test_unit_is_up_in_its_shift_for_the_first_time_after_weeks():
    failures = {"failures": {"up": minutes(30), "down": minutes(30 * 60)}}
    patch = open_only("08:00-09:00")
    patch["resources"]["clerk"] |= failures

    (row,) = worked(run={"until": "1h"}, **patch)

    # up 30 minutes from 1830 k on, there 60 from 1440 n on: 37 · 1830 = 47 · 1440 + 30
    assert row == (30, 37 * 1830, 37 * 1830 + 10)


def test_urgent_case_interrupts_and_finds_the_only_place_taken_by_nobody():
    queue = {"clerk": {"preemptive": True, "capacity": 1}}
    arrivals = at("08:00", "08:02", "08:04", "08:06", p=[5, 5, 1, 5])
    run = a_run(a_scenario(arrivals=arrivals, queues=queue, priorities={"work": "p"}))

    # the third interrupts the first, which counts as begun; the fourth finds the queue full
    assert trace(run)[:3] == [(0, 0, 20), (2, 20, 30), (4, 4, 14)]
    assert run.abandoned.tolist() == [False, False, False, True]


def test_whoever_did_the_first_may_not_do_the_second_and_waits_for_the_other():
    demands = {"b": {"role": "clerk", "choose": {"other_than": "a"}}}
    given = {"durations": {"work": None, "a": minutes(10), "b": minutes(10)}, "resources": TWO}
    run = a_run(a_scenario(PAIR, arrivals=at("08:00", "08:01"), demands=demands, **given))

    assert trace(run, "b") == [(10, 11, 21), (11, 11, 21)]


def test_batches_of_one_are_no_batches():
    alone = worked(run={"until": "100min"}, batches={"work": {"size": 1, "max_wait": "1s"}})

    assert alone == worked(run={"until": "100min"})


def test_nobody_has_patience_for_a_clerk_who_is_busy():
    given = {"arrivals": at("08:00", "08:05", "08:10"), "patience": {"work": minutes(0)}}
    run = a_run(a_scenario(**given))

    assert run.abandoned.tolist() == [False, True, False]
    assert run.cancelled[1] / 60e6 == 5


def test_instances_of_cancelled_subprocesses_leave_their_batches():
    many = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
    many += "</multiInstanceLoopCharacteristics>"
    inner = start("s") + user("work") + end("e") + flows("s > work > e") + many
    around = start("so") + element("subProcess", "sub", inner) + end("eo") + flows("so > sub > eo")
    model = element("subProcess", "outer", around) + boundary("late", "outer", "PT15M")
    given = {"resources": {"clerk": {"units": 1}}, "batches": {"work": {"size": 2}}}
    scenario = of(model, "start > outer > end\nlate > end", **given)

    # two go together, the third waits for a fourth until it is withdrawn
    assert told(a_run(scenario)) == [
        *("sub 0-10", "sub 0-10", "work 0-10", "work 0-10", "late 0-15"),
        *("outer 0-15 cancelled", "sub 0-15 cancelled", "work 0-15 cancelled"),
    ]


@pytest.mark.parametrize(
    "patch",
    [
        {"run": {"until": "1s"}},
        {"run": {"until": "1h", "drain": False}, **open_only("07:00-07:30")},
        {"patience": {"work": minutes(0)}, **open_only("07:00-07:30")},
        {"arrivals": at("08:00"), "durations": {"work": minutes(0)}},
    ],
)
def test_run_in_which_nobody_works_is_measured(patch):
    (only,) = replicate(a_scenario(**patch), seed=1, replications=range(1))

    assert only.figures[Figure("role", "clerk", "cost")] == 0


HELD = {"queues": {"rb": {"capacity": 0, "when_full": "block"}}}
TANDEM = graph("start > a > b > end", lanes={"a": "ra", "b": "rb"})
LINE = {"clerk": None, "ra": {"units": 1}, "rb": {"units": 1}}
TASKS = {"work": None, "a": minutes(10), "b": minutes(10)}


def test_whoever_is_held_goes_on_when_the_next_one_comes_to_work():
    resources = {**LINE, "rb": {"calendar": "day"}}
    given = {"resources": resources, "durations": TASKS, "calendars": open_from("09:00"), **HELD}
    run = a_run(a_scenario(TANDEM, arrivals=at("08:00"), **given))

    assert trace(run, "a") == [(0, 0, 60)]  # held until nine
    assert trace(run, "b") == [(60, 60, 70)]


def open_from(opening):
    return {"day": {"weekly": {"mon-sun": [f"{opening}-24:00"]}}}


@pytest.mark.parametrize("capacity", [0, 1])
def test_nobody_is_held_before_the_queue_of_the_own_role(capacity):
    queue = {"clerk": {"capacity": capacity, "when_full": "block"}}
    given = {"durations": TASKS, "queues": queue}
    run = a_run(a_scenario(PAIR, arrivals=at("08:00", "08:20"), **given))

    assert trace(run, "b") == [(10, 10, 20), (30, 30, 40)]


def test_work_goes_on_with_the_share_that_is_left_in_the_time_of_another_one():
    work = {"constant": None, "work": minutes(10), "by_resource": {"alice": minutes(20)}}
    run = a_run(
        a_scenario(
            arrivals=at("08:00", "08:00", "08:05", p=[9, 5, 1]),
            resources=TWO,
            durations={"work": work},
            queues={"clerk": {"preemptive": True}},
            priorities={"work": "p"},
        )
    )

    # Alice has done a quarter when she is called away; Bob does the rest from 10 on
    assert trace(run) == [(0, 0, 17.5), (0, 0, 10), (5, 5, 25)]
    assert (run.work / 60e6).tolist() == [12.5, 10, 20]


INSIDE = start("s") + user("work") + end("e") + flows("s > work > e")
LISTENER = element("startEvent", "hs", MESSAGE, isInterrupting="false") + user("more") + end("he")
HANDLER = LISTENER + flows("hs > more > he")
LISTENS = element("subProcess", "handler", HANDLER, triggeredByEvent="true")
IMPATIENT = {
    "run": {"cases": 2},
    "resources": {"clerk": {"units": 1}},
    "patience": {"work": minutes(3)},
    "events": {"hs": {"constant": "9h"}},
}


@pytest.mark.parametrize("content", ["", LISTENS])
def test_subprocess_is_left_by_a_case_that_leaves_a_queue_in_it(content):
    inner = element("subProcess", "inner", INSIDE + content)
    around = start("so") + inner + end("eo") + flows("so > inner > eo")
    events: Patch = {} if content else {"events": {}}
    scenario = of(
        element("subProcess", "outer", around), "start > outer > end", **IMPATIENT | events
    )
    run = a_run(scenario)

    cancelled = ["inner 0-3 cancelled", "outer 0-3 cancelled", "work 0-3 cancelled"]
    assert sorted(told(run, 1)) == cancelled
    assert run.ended.tolist() == [10 * 60e6, 3 * 60e6]
    replicate(scenario, seed=1, replications=range(1))


def test_case_that_leaves_a_queue_in_a_called_process_leaves_its_other_branches():
    called = process(start("sc") + user("work") + end("ec") + flows("sc > work > ec"), key="c")
    body = start() + parallel("fork") + user("beside") + end()
    body += element("callActivity", "call", calledElement="c")
    body += flows("start > fork > call > end\nfork > beside > end")
    xml = definitions(process(body) + called)
    graph = read_model(xml, source="x.bpmn", folder=None, starts=("start",))
    patient = {**IMPATIENT, "events": {}, "demands": {"beside": "none"}}
    run = a_run(of_graph(graph, **patient))

    assert sorted(told(run, 1)) == [
        *("beside 0-3 cancelled", "call 0-3 cancelled", "work 0-3 cancelled"),
    ]


def test_batch_in_which_the_first_ends_what_the_others_were_done_for():
    many = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    many += "<completionCondition>nrOfCompletedInstances &gt;= 1</completionCondition>"
    many += "</multiInstanceLoopCharacteristics>"
    twice = "<multiInstanceLoopCharacteristics isSequential='true'>"
    twice += "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    around = start("so") + element("subProcess", "sub", INSIDE + many) + end("eo")
    model = element("subProcess", "outer", around + flows("so > sub > eo") + twice)
    run = a_run(of(model, "start > outer > end", batches={"work": {"size": 2}}))

    outer = [row for row in told(run) if row.startswith("outer")]
    assert outer == ["outer 0-10", "outer 10-20"]
    assert run.ended.tolist() == [20 * 60e6]
