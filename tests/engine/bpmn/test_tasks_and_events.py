from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.bpmn import run
from engine.domain.cycle import MOST_CAUGHT_UP
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import (
    AT,
    Walk,
    boundary,
    element,
    end,
    model,
    parallel,
    start,
    user,
    wait,
)

ONE_TASK = model(start() + user("a") + end(), "start > a > end")


def test_user_task_waits_for_a_person():
    walk = Walk(ONE_TASK)

    assert (walk.open, walk.is_completed) == (["a"], False)


def test_case_completes_at_the_end_event():
    walk = Walk(ONE_TASK).do("a")

    assert walk.is_completed
    assert walk.trace == [
        "scheduled start", "completed start", "scheduled a", "completed a",
        "scheduled end", "completed end",
    ]  # fmt: skip


def test_values_of_a_task_become_data_of_the_case():
    walk = Walk(ONE_TASK, name="Ada", age=36).do("a", age=37, visits=[1])

    assert walk.values == {"name": "Ada", "age": 37, "visits": [1]}


def test_facts_of_one_visit_share_a_token():
    walk = Walk(ONE_TASK)
    [opened] = walk.delta.opened_tasks

    assert [fact.token for fact in walk.delta.facts if fact.element_id == "a"] == [opened.token]
    assert walk.do("a").delta.facts[0].token == opened.token


def test_plain_task_passes_at_once_and_is_recorded():
    walk = Walk(model(start() + element("task", "a") + end(), "start > a > end"))

    assert walk.is_completed
    assert walk.trace[2:4] == ["scheduled a", "completed a"]


def test_manual_task_is_offered_like_a_user_task():
    walk = Walk(model(start() + element("manualTask", "a") + end(), "start > a > end"))

    assert walk.open == ["a"]
    assert walk.do("a").is_completed


@pytest.mark.parametrize("element_id", ["End", "Start", "Root", "visit.EndJoin"])
def test_element_may_have_a_name_that_spiffworkflow_uses_itself(element_id):
    walk = Walk(model(start() + user(element_id) + end(), f"start > {element_id} > end"))

    assert walk.open == [element_id]
    assert walk.do(element_id).is_completed


def test_task_cannot_be_completed_twice():
    walk = Walk(ONE_TASK)
    [opened] = walk.delta.opened_tasks
    walk.do("a")

    with pytest.raises(ExecutionFailed, match="no task is open"):
        run.complete(walk.program, walk.delta.state, token=opened.token, values={}, at=AT)


@pytest.mark.parametrize("token", ["99", "", "x", "-1", "0", "²", "1"])
def test_token_that_is_not_open_is_refused(token):
    walk = Walk(ONE_TASK)

    with pytest.raises(ExecutionFailed, match="no task is open"):
        run.complete(walk.program, walk.delta.state, token=token, values={}, at=AT)


TWO_STARTS = model(
    start("walk_in") + start("booked") + user("register", "check_in", "triage") + end()
    + element("exclusiveGateway", "merge"),
    "walk_in > register > merge > triage > end\nbooked > check_in > merge",
)  # fmt: skip


@pytest.mark.parametrize(("event", "first"), [("walk_in", "register"), ("booked", "check_in")])
def test_start_event_chooses_where_a_case_begins(event, first):
    walk = Walk(TWO_STARTS, start_event=event)

    assert walk.open == [first]
    assert walk.do(first, "triage").is_completed


@pytest.mark.parametrize("event", [None, "elsewhere", "triage"])
def test_start_event_must_be_one_of_those_there_are(event):
    with pytest.raises(ExecutionFailed, match="walk_in, booked"):
        Walk(TWO_STARTS, start_event=event)


WAITING = model(start() + wait("result", "PT35M") + end(), "start > result > end")


def test_timer_event_waits_from_the_moment_the_token_comes():
    walk = Walk(WAITING)

    assert (walk.waiting, walk.due["result"]) == (["result"], AT + timedelta(minutes=35))
    assert walk.fire("result").is_completed


def test_timer_fires_also_before_it_is_due():
    assert Walk(WAITING).fire("result", at=AT).is_completed


def test_timer_cannot_fire_twice():
    walk = Walk(WAITING)
    [timer] = walk.delta.opened_timers
    walk.fire("result")

    with pytest.raises(ExecutionFailed, match="no timer is open"):
        run.fire(walk.program, walk.delta.state, token=timer.token, at=AT)


def test_timer_cannot_be_completed_like_a_task():
    walk = Walk(WAITING)
    [timer] = walk.delta.opened_timers

    with pytest.raises(ExecutionFailed, match="no task is open"):
        run.complete(walk.program, walk.delta.state, token=timer.token, values={}, at=AT)


def test_timer_with_a_date_waits_for_it():
    date = wait("result", "2026-07-01T09:00+02:00", "timeDate")
    walk = Walk(model(start() + date + end(), "start > result > end"))

    assert walk.due["result"] == datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_days_of_a_timer_are_counted_in_the_zone_of_the_program():
    xml = model(start() + wait("day", "P1D") + end(), "start > day > end")
    program = run.compile_model(xml, source="x", zone=ZoneInfo("Europe/Berlin"))
    before_the_change = datetime(2026, 3, 28, 12, tzinfo=UTC)

    delta = run.start(program, values={}, start_event=None, at=before_the_change)

    assert delta.opened_timers[0].due_at - before_the_change == timedelta(hours=23)


TERMINATE = model(
    start() + parallel("fork") + user("a", "b") + wait("late", "P1D")
    + end("stop", terminate=True) + end(),
    "start > fork > a > stop\nfork > b > end\nfork > late > end",
)  # fmt: skip


def test_terminate_end_event_withdraws_every_other_token():
    walk = Walk(TERMINATE).do("a")

    assert walk.is_completed
    assert (walk.open, walk.waiting) == ([], [])
    assert walk.trace[-3:] == ["completed stop", "cancelled b", "cancelled late"]


def test_terminate_end_event_keeps_what_every_branch_wrote():
    xml = model(
        start() + parallel("fork") + user("a", "b", "c") + end("stop", terminate=True) + end(),
        "start > fork > a > stop\nfork > b > c > end",
    )
    walk = Walk(xml, x=1).do("b", b=2).do("a", a=3)

    assert (walk.is_completed, walk.values) == (True, {"x": 1, "b": 2, "a": 3})


def interrupting(cancels: str, text: str = "PT1H") -> bytes:
    return model(
        start() + user("a", "escalate") + boundary("late", "a", text, cancels=cancels)
        + end() + end("end_late"),
        "start > a > end\nlate > escalate > end_late",
    )  # fmt: skip


def test_interrupting_boundary_event_withdraws_the_activity():
    walk = Walk(interrupting("true"), x=1).fire("late")

    assert (walk.open, walk.waiting) == (["escalate"], [])
    assert len(walk.delta.closed_tasks) == 1
    assert walk.trace[-3:] == ["completed late", "cancelled a", "scheduled escalate"]


def test_boundary_event_is_withdrawn_when_the_activity_is_done():
    walk = Walk(interrupting("true")).do("a")

    assert walk.is_completed
    assert len(walk.delta.closed_timers) == 1
    assert "cancelled late" in walk.trace


def test_non_interrupting_boundary_event_starts_a_branch_beside_the_activity():
    walk = Walk(interrupting("false")).fire("late")

    assert (walk.open, walk.waiting) == (["a", "escalate"], [])
    assert not walk.do("a").is_completed
    assert walk.do("escalate").is_completed


def test_repeating_boundary_event_fires_as_often_as_it_says_and_does_not_drift():
    walk = Walk(interrupting("false", "R3/PT10M"))
    due = []

    while walk.waiting:
        due.append(walk.due["late"])
        walk.fire("late", at=walk.due["late"] + timedelta(minutes=3))

    assert due == [AT + timedelta(minutes=m) for m in (10, 20, 30)]
    assert walk.open == ["a", "escalate", "escalate", "escalate"]


def test_cycle_that_missed_too_many_moments_says_how_many_are_left_out():
    walk = Walk(interrupting("false", "R/PT10M"))

    walk.fire("late", at=AT + timedelta(days=30))

    [told] = [fact.detail for fact in walk.delta.facts if fact.detail]
    assert told == {"skipped": 30 * 24 * 6 - 1 - MOST_CAUGHT_UP}


def test_endlessly_repeating_boundary_event_stops_with_the_activity():
    walk = Walk(interrupting("false", "R/PT10M"))
    for _ in range(5):
        walk.fire("late").do("escalate")

    assert walk.do("a").is_completed


def test_case_with_reminders_in_a_loop_does_not_grow():
    xml = model(
        start() + user("a", "remind") + boundary("late", "a", "R/PT10M", cancels="false")
        + element("exclusiveGateway", "again", default="again_end")
        + element("exclusiveGateway", "merge") + end() + end("end_remind"),
        "start > merge > a > again > end\nagain > merge : redo\nlate > remind > end_remind",
    )  # fmt: skip
    walk = Walk(xml)
    sizes = [len(walk.fire("late").do("remind", "a", redo=True).delta.state) for _ in range(30)]

    assert sizes[-1] - sizes[3] < 20
