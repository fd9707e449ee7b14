"""Events at the border of activities."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from tests.engine.bpmn.builders import boundary, element, end, flows, start, user
from tests.simulation.builders import a_run, trace
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

CONDITION = (
    "<conditionalEventDefinition><condition>x &gt; 1</condition></conditionalEventDefinition>"
)
NOBODY = {"work": "none", "remind": "none"}
BEFORE = -1 / 60_000_000  # no time, in minutes
LATE = user("work", "remind") + end("other")
WAYS = "start > work > end\nlate > remind > other"


def border(kind: str, *, cancels: str = "true") -> str:
    return element("boundaryEvent", "late", kind, attachedToRef="work", cancelActivity=cancels)


def test_timer_takes_the_work_away():
    scenario = of(LATE + boundary("late", "work", "PT4M"), WAYS)

    assert happened(scenario) == ["late 0-4", "work 0-4 cancelled", "remind 4-14"]


def test_timer_that_is_not_reached_does_nothing():
    run = a_run(of(LATE + boundary("late", "work", "PT11M"), WAYS))

    assert told(run) == ["work 0-10"]
    assert ended(run) == [10]


def test_end_of_the_work_comes_before_a_timer_of_the_same_moment():
    assert happened(of(LATE + boundary("late", "work", "PT10M"), WAYS)) == ["work 0-10"]


def test_end_of_work_that_began_late_comes_before_a_timer_of_the_same_moment():
    model = LATE + boundary("late", "work", "PT20M")
    run = a_run(of(model, WAYS, run={"cases": 2}, resources={"clerk": {"units": 1}}))

    assert told(run, 1) == ["work 0-20"]


def test_timer_is_not_armed_for_what_was_done_at_once():
    inside = start("s") + end("e") + flows("s > e")
    model = element("subProcess", "work", inside) + user("after") + end("other")
    scenario = of(
        model + boundary("late", "work", "PT4M"), "start > work > after > end\nlate > other"
    )

    assert happened(scenario) == ["work 0-0", "after 0-10"]


def test_timer_that_does_not_interrupt_sends_a_token_beside_the_work():
    run = a_run(of(LATE + boundary("late", "work", "PT4M", cancels="false"), WAYS))

    assert told(run) == ["late 0-4", "work 0-10", "remind 4-14"]
    assert ended(run) == [14]


def test_cycle_happens_as_often_as_it_says():
    model = LATE + boundary("late", "work", "R2/PT3M", cancels="false")

    assert [t for t in happened(of(model, WAYS)) if "late" in t] == ["late 0-3", "late 3-6"]


def test_cycle_without_end_happens_as_long_as_the_work_lasts():
    model = LATE + boundary("late", "work", "R/PT3M", cancels="false")

    assert len([t for t in happened(of(model, WAYS)) if "late" in t]) == 3


def test_who_is_withdrawn_from_the_queue_gives_way_at_once():
    model = LATE + boundary("late", "work", "PT4M")
    scenario = of(model, WAYS, run={"cases": 3}, resources={"clerk": {"units": 1}})
    run = a_run(scenario)

    assert told(run, 2)[:2] == ["late 0-4", "work 0-4 cancelled"]


def test_unit_of_work_that_is_withdrawn_serves_the_next():
    scenario = of(
        LATE + boundary("late", "work", "PT4M"),
        WAYS,
        run={"cases": 2},
        arrivals={"start": {"interval": minutes(1)}},
        resources={"clerk": {"units": 1}},
        demands={"remind": "none"},
    )
    run = a_run(scenario)

    assert trace(run) == [(1, 1, BEFORE), (2, 5, BEFORE)]
    assert told(run, 1)[:2] == ["late 2-6", "work 2-6 cancelled"]


def test_scenario_says_when_a_message_comes():
    scenario = of(LATE + border(MESSAGE), WAYS, events={"late": minutes(7)})

    assert happened(scenario) == ["late 0-7", "work 0-7 cancelled", "remind 7-17"]


def test_error_of_the_work_comes_at_its_end_by_its_share():
    scenario = of(
        LATE + border(ERROR), WAYS, events={"late": "25%"}, run={"cases": 4000}, demands=NOBODY
    )
    run = a_run(scenario)

    failed = [
        row for row in range(len(run.case)) if run.net.nodes[run.node[row]].element_id == "late"
    ]
    assert len(failed) / 4000 == pytest.approx(0.25, abs=0.03)
    assert told(run, int(run.case[failed[0]])) == ["late 0-10", "work 0-10", "remind 10-20"]


def test_escalation_of_the_work_goes_beside_it():
    scenario = of(LATE + border(ESCALATION, cancels="false"), WAYS, events={"late": "100%"})
    run = a_run(scenario)

    assert ended(run) == [20]


def test_share_with_a_time_says_whether_a_message_comes_at_all():
    sometimes = {"late": {"share": "50%", "after": minutes(2)}}
    run = a_run(
        of(LATE + border(MESSAGE), WAYS, events=sometimes, run={"cases": 1000}, demands=NOBODY)
    )

    shares = [1 for case in range(1000) if run.ended[case] == 12 * 60_000_000]
    assert len(shares) / 1000 == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (MESSAGE, "when does the message 'hello' come"),
        (ERROR, "in which share of the visits does this error happen"),
        (
            CONDITION,
            "after which time does the condition 'x > 1' become true",
        ),
    ],
    ids=["message", "error", "condition"],
)
def test_event_whose_time_nobody_knows_is_asked_for(kind, words):
    with pytest.raises(ScenarioInvalid, match=rf"events\.late: is required: {words}"):
        of(LATE + border(kind), WAYS)


def test_events_at_the_border_are_armed_anew_in_every_round():
    model = (
        user("work")
        + element("exclusiveGateway", "again")
        + element("exclusiveGateway", "in")
        + boundary("late", "work", "PT4M")
        + end("other")
    )
    ways = "start > in > work > again > end\nagain > in\nlate > other"
    scenario = of(
        model,
        ways,
        branches={"again": {"again_end": 0.5, "again_in": 0.5}},
        durations={"work": {"uniform": {"min": "1min", "max": "5min"}}},
        run={"cases": 200},
    )
    run = a_run(scenario)

    longest = max(int(e - s) for e, s in zip(run.completed, run.started, strict=True) if e >= 0)
    assert longest <= 4 * 60_000_000
    assert (run.ended >= 0).all()
