from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.domain.history import EventType
from engine.domain.user_task import TaskState
from engine.errors import (
    InvalidForm,
    NotAllowed,
    NotFound,
    TaskAlreadyClaimed,
    TaskNotClaimed,
    TaskNotOpen,
)
from tests.engine.conftest import MONDAY

REGISTERED = {"patient": "Wang", "age": 40}


def a_claimed_task(engine, by="alice"):
    engine.start_process("patient_visit", by=by)
    return engine.claim(engine.inbox(by)[0].id, by=by)


def happened(engine, instance_id, element_id):
    events = engine.history(instance_id, by="dora")
    return [(event.type, event.actor) for event in events if event.element_id == element_id]


def test_inbox_offers_a_task_to_the_group_of_its_lane(engine):
    engine.start_process("patient_visit", by="dora")

    assert [task.element_id for task in engine.inbox("alice")] == ["register"]
    assert engine.inbox("bob") == []
    assert engine.inbox("charlie") == []


def test_inbox_shows_claimed_tasks_first_then_the_oldest(engine, clock):
    for _ in range(3):
        engine.start_process("patient_visit", by="alice")
        clock.advance(timedelta(minutes=1))
    first, second, third = engine.inbox("alice")

    engine.claim(third.id, by="alice")

    assert [task.id for task in engine.inbox("alice")] == [third.id, first.id, second.id]
    assert [task.id for task in engine.inbox("alice", limit=2)] == [third.id, first.id]


def test_claim_records_that_work_begins(engine):
    task = a_claimed_task(engine)

    assert (task.state, task.claimed_by, task.claimed_at) == (TaskState.CLAIMED, "alice", MONDAY)
    assert happened(engine, task.instance_id, "register")[-2:] == [
        (EventType.CLAIMED, "alice"),
        (EventType.STARTED, "alice"),
    ]


def test_claim_changes_nothing_when_it_is_repeated(engine):
    task = a_claimed_task(engine)
    before = engine.history(task.instance_id, by="dora")

    assert engine.claim(task.id, by="alice") == task
    assert engine.history(task.instance_id, by="dora") == before


def test_claim_is_refused_when_the_task_is_not_offered_to_the_person(engine):
    engine.start_process("patient_visit", by="alice")
    task = engine.inbox("alice")[0]

    with pytest.raises(NotAllowed):
        engine.claim(task.id, by="bob")


def test_claim_is_refused_when_somebody_else_holds_the_task(engine):
    task = a_claimed_task(engine)
    engine.update_user(replace(engine.user("bob"), groups=frozenset({"desk"})))

    with pytest.raises(TaskAlreadyClaimed) as refusal:
        engine.claim(task.id, by="bob")

    assert refusal.value.claimed_by == "alice"


def test_release_offers_the_task_again(engine):
    task = a_claimed_task(engine)

    released = engine.release(task.id, by="alice")

    assert released == engine.inbox("alice")[0]
    assert (released.state, released.claimed_by) == (TaskState.OFFERED, None)
    assert happened(engine, task.instance_id, "register")[-2:] == [
        (EventType.RELEASED, "alice"),
        (EventType.OFFERED, "alice"),
    ]


def test_complete_stores_the_values_and_returns_the_tasks_that_follow(engine):
    task = a_claimed_task(engine)

    following = engine.complete_task(task.id, by="alice", values=REGISTERED)

    assert [task.element_id for task in following] == ["treat"]
    assert following == engine.inbox("bob")
    assert engine.instance(task.instance_id, by="alice").values == REGISTERED


def test_complete_ends_the_case_after_its_last_task(engine):
    task = a_claimed_task(engine)
    (treat,) = engine.complete_task(task.id, by="alice", values=REGISTERED)
    engine.claim(treat.id, by="bob")

    assert engine.complete_task(treat.id, by="bob", values={}) == []

    case = engine.instance(task.instance_id, by="bob")
    assert (case.state, case.ended_at) == ("completed", MONDAY)
    assert engine.history(case.id, by="bob")[-1].type is EventType.CASE_COMPLETED


def test_complete_is_refused_when_the_form_is_wrong_and_stores_nothing(engine):
    task = a_claimed_task(engine)
    before = engine.history(task.instance_id, by="dora")

    with pytest.raises(InvalidForm) as refusal:
        engine.complete_task(task.id, by="alice", values={"age": -1, "shoe": 44})

    assert {key: error.code for key, error in refusal.value.errors.items()} == {
        "patient": "required",
        "age": "min",
        "shoe": "unknown",
    }
    assert engine.history(task.instance_id, by="dora") == before


def test_complete_is_refused_when_the_task_has_no_form_but_values_came(engine):
    task = a_claimed_task(engine)
    (treat,) = engine.complete_task(task.id, by="alice", values=REGISTERED)
    engine.claim(treat.id, by="bob")

    with pytest.raises(InvalidForm, match="no such field"):
        engine.complete_task(treat.id, by="bob", values={"sneaked_in": True})


def test_complete_is_refused_the_second_time_and_says_who_and_when(engine, clock):
    task = a_claimed_task(engine)
    engine.complete_task(task.id, by="alice", values=REGISTERED)
    clock.advance(timedelta(minutes=5))

    with pytest.raises(TaskNotOpen) as refusal:
        engine.complete_task(task.id, by="alice", values=REGISTERED)

    assert (refusal.value.ended_by, refusal.value.ended_at) == ("alice", MONDAY)
    assert len(engine.inbox("bob")) == 1


def test_complete_is_refused_when_nobody_has_claimed_the_task(engine):
    engine.start_process("patient_visit", by="alice")
    task = engine.inbox("alice")[0]

    with pytest.raises(TaskNotClaimed):
        engine.complete_task(task.id, by="alice", values=REGISTERED)


def test_complete_is_refused_when_somebody_else_holds_the_task(engine):
    task = a_claimed_task(engine)

    with pytest.raises(TaskNotClaimed) as refusal:
        engine.complete_task(task.id, by="dora", values=REGISTERED)

    assert refusal.value.claimed_by == "alice"


def test_task_is_shown_only_to_those_it_concerns(engine):
    task = a_claimed_task(engine)

    assert engine.task(task.id, by="alice") == engine.task(task.id, by="dora") == task
    with pytest.raises(NotAllowed):
        engine.task(task.id, by="charlie")


def test_open_tasks_are_those_that_wait_for_somebody(engine):
    task = a_claimed_task(engine)
    engine.complete_task(task.id, by="alice", values=REGISTERED)

    open_tasks = engine.open_tasks(task.instance_id, by="dora")

    assert [task.element_id for task in open_tasks] == ["treat"]


@pytest.mark.parametrize("command", ["task", "claim", "release"])
def test_task_that_does_not_exist_is_not_found(engine, command):
    with pytest.raises(NotFound, match="no task 4711"):
        getattr(engine, command)(4711, by="alice")


def test_person_who_has_left_may_do_nothing(engine):
    task = a_claimed_task(engine)
    engine.update_user(replace(engine.user("alice"), is_active=False))

    with pytest.raises(NotAllowed):
        engine.complete_task(task.id, by="alice", values=REGISTERED)


def test_task_with_an_id_beyond_the_database_does_not_exist(engine):
    with pytest.raises(NotFound):
        engine.task(10**30, by="alice")
    with pytest.raises(NotFound):
        engine.claim(10**30, by="alice")
