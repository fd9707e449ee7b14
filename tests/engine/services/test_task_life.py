"""Who is offered a task, and how it changes hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.domain.history import EventType
from engine.domain.user_task import TaskState
from engine.errors import ExecutionFailed, InvalidForm, NotAllowed, TaskNotClaimed
from tests.engine.conftest import MONDAY
from tests.engine.models import a_model


@pytest.fixture
def deploy(engine):
    """Deploy a process of two tasks, the second with these attributes; its lane is desk's."""

    def deploy(attributes: str):
        nodes = [
            '<startEvent id="start"/>',
            '<userTask id="first"/>',
            f'<userTask id="second" {attributes}/>',
            '<endEvent id="end"/>',
        ]
        flows = ["start first", "first second", "second end"]
        xml = a_model("p", nodes, flows, lanes={"desk": "start first second end"})
        engine.deploy(xml, source="p.bpmn", forms={})

    return deploy


def reach_second(engine, **values):
    """Start a case as Alice, who also does its first task, and return the second one."""
    case = engine.start_process("p", by="alice", values=values)
    [first] = engine.open_tasks(case.id, by="dora")
    engine.claim(first.id, by="alice")
    [second] = engine.complete_task(first.id, by="alice", values={})
    return engine.task(second.id, by="dora")


def told(engine, task, event_type):
    """Return who did such a thing to a task, and the details."""
    events = engine.history(task.instance_id, by="dora")
    return [
        (event.actor, dict(event.detail))
        for event in events
        if event.type is event_type and event.token == task.token
    ]


def test_named_candidates_are_offered_the_task_and_the_lane_is_not(engine, deploy):
    deploy('camunda:candidateUsers="${nurse}" camunda:candidateGroups="office, stores"')
    task = reach_second(engine, nurse="bob")

    assert [found.id for found in engine.inbox("bob")] == [task.id]
    assert engine.inbox("alice") == []
    with pytest.raises(NotAllowed):
        engine.claim(task.id, by="alice")


def test_membership_is_looked_up_when_the_inbox_is_read(engine, deploy):
    deploy('camunda:candidateGroups="office, stores"')
    task = reach_second(engine)
    engine.update_user(replace(engine.user("charlie"), groups=frozenset({"stores"})))

    assert [found.id for found in engine.inbox("charlie")] == [task.id]


def test_assignee_has_the_task_reserved_and_begins_by_claiming(engine, deploy, clock):
    deploy('camunda:assignee="bob"')
    task = reach_second(engine)
    clock.advance(timedelta(minutes=5))

    assert (task.state, task.claimed_by) == (TaskState.RESERVED, "bob")
    assert engine.inbox("bob") == [task]
    with pytest.raises(TaskNotClaimed):
        engine.complete_task(task.id, by="bob", values={})
    assert engine.claim(task.id, by="bob").state is TaskState.CLAIMED
    assert told(engine, task, EventType.STARTED) == [("bob", {})]


def test_assignee_who_left_does_not_block_the_case(engine, deploy):
    deploy('camunda:assignee="bob"')
    engine.update_user(replace(engine.user("bob"), is_active=False))

    assert reach_second(engine).state is TaskState.OFFERED


def test_reserved_task_that_is_given_back_goes_to_the_lane(engine, deploy):
    deploy('camunda:assignee="bob"')
    task = reach_second(engine)

    engine.release(task.id, by="bob")

    assert [found.id for found in engine.inbox("alice")] == [task.id]


def test_same_person_gets_the_task_again(engine, deploy):
    deploy('tf:sameAs="first" camunda:candidateGroups="ward"')
    task = reach_second(engine)

    assert (task.state, task.claimed_by) == (TaskState.RESERVED, "alice")


def test_four_eyes_keep_the_first_person_out(engine, deploy):
    deploy('tf:distinctFrom="first" camunda:candidateGroups="desk,ward"')
    task = reach_second(engine)

    assert engine.inbox("alice") == []
    with pytest.raises(NotAllowed):
        engine.claim(task.id, by="alice")
    with pytest.raises(NotAllowed):
        engine.reassign(task.id, to="alice", by="dora", reason="she knows it")
    engine.claim(task.id, by="bob")
    engine.complete_task(task.id, by="bob", values={})


def test_four_eyes_hold_when_the_first_task_is_done_later(engine):
    nodes = [
        '<startEvent id="start"/>',
        '<parallelGateway id="fork"/>',
        '<userTask id="first"/>',
        '<userTask id="second" tf:distinctFrom="first"/>',
        '<parallelGateway id="join"/>',
        '<endEvent id="end"/>',
    ]
    flows = ["start fork", "fork first", "fork second", "first join", "second join", "join end"]
    engine.deploy(a_model("p", nodes, flows), source="p.bpmn", forms={})
    engine.start_process("p", by="alice")
    first, second = engine.inbox("alice")
    for task in (first, second):
        engine.claim(task.id, by="alice")
    engine.complete_task(first.id, by="alice", values={})

    with pytest.raises(NotAllowed, match="another person"):
        engine.complete_task(second.id, by="alice", values={})


def test_excluded_people_are_offered_nothing(engine, deploy):
    deploy('tf:excludedUsers="${complained_about}"')
    task = reach_second(engine, complained_about=["alice"])

    assert engine.inbox("alice") == []
    with pytest.raises(NotAllowed):
        engine.claim(task.id, by="alice")


def test_urgent_tasks_come_first(engine, deploy):
    deploy('camunda:priority="${urgency}"')
    usual, urgent = reach_second(engine, urgency=50), reach_second(engine, urgency=80)

    assert [task.id for task in engine.inbox("alice")] == [urgent.id, usual.id]


def test_task_is_out_of_sight_until_its_follow_up_date(engine, deploy, clock):
    deploy('camunda:followUpDate="P1D"')
    task = reach_second(engine)

    assert engine.inbox("alice") == []
    clock.advance(timedelta(days=1))
    assert [found.id for found in engine.inbox("alice")] == [task.id]


def test_due_date_counts_from_the_offer_and_is_told(engine, deploy):
    deploy('camunda:dueDate="PT4H"')
    task = reach_second(engine)

    assert task.due_at == MONDAY + timedelta(hours=4)
    assert told(engine, task, EventType.OFFERED)[0][1]["due"] == task.due_at.isoformat()
    assert (task.is_overdue(MONDAY), task.is_overdue(task.due_at)) == (False, True)


def test_model_that_names_an_impossible_priority_stops_at_the_step_before(engine, deploy):
    deploy('camunda:priority="${urgency}"')
    case = engine.start_process("p", by="alice", values={"urgency": "soon"})
    [first] = engine.open_tasks(case.id, by="dora")
    engine.claim(first.id, by="alice")

    with pytest.raises(ExecutionFailed, match=r"second.*0 to 100"):
        engine.complete_task(first.id, by="alice", values={})
    assert engine.task(first.id, by="alice").state is TaskState.CLAIMED


def test_delegated_task_waits_for_the_other_person_to_begin(engine, deploy):
    deploy("")
    task = reach_second(engine)
    engine.claim(task.id, by="alice")

    handed = engine.delegate(task.id, to="charlie", by="alice", reason="lunch")

    assert (handed.state, handed.claimed_by) == (TaskState.RESERVED, "charlie")
    assert told(engine, task, EventType.DELEGATED) == [
        ("alice", {"to": "charlie", "reason": "lunch"})
    ]
    engine.claim(task.id, by="charlie")
    engine.complete_task(task.id, by="charlie", values={})


def test_only_the_holder_hands_a_task_over(engine, deploy):
    deploy("")
    task = reach_second(engine)

    with pytest.raises(NotAllowed, match="hand over"):
        engine.delegate(task.id, to="charlie", by="alice", reason="")


def test_reassigning_is_for_managers(engine, deploy):
    deploy("")
    task = reach_second(engine)

    with pytest.raises(NotAllowed):
        engine.reassign(task.id, to="bob", by="alice", reason="")
    assert engine.reassign(task.id, to="bob", by="dora", reason="ill").claimed_by == "bob"


def test_task_can_be_offered_to_another_group(engine, deploy):
    deploy("")
    task = reach_second(engine)

    engine.offer_to_group(task.id, group="ward", by="dora", reason="busy")

    assert (engine.inbox("alice"), [t.id for t in engine.inbox("bob")]) == ([], [task.id])
    assert told(engine, task, EventType.REASSIGNED) == [
        ("dora", {"group": "ward", "reason": "busy"})
    ]


def test_priority_and_dates_are_changed_by_managers(engine, deploy):
    deploy("")
    task = reach_second(engine)

    changed = engine.change_task(task.id, by="dora", priority=90, due_at=MONDAY, reason="VIP")

    assert (changed.priority, changed.due_at) == (90, MONDAY)
    assert engine.task(task.id, by="dora") == changed
    with pytest.raises(InvalidForm, match="0 to 100"):
        engine.change_task(task.id, by="dora", priority=101)


def test_work_of_a_person_who_leaves_the_group_is_offered_again(engine, deploy):
    deploy("")
    task = reach_second(engine)
    engine.claim(task.id, by="alice")

    engine.update_user(replace(engine.user("alice"), groups=frozenset()))

    assert engine.task(task.id, by="dora").state is TaskState.OFFERED
    assert told(engine, task, EventType.RELEASED)[0][1] == {
        "reason": "the person may do this no longer"
    }


def test_work_of_a_person_who_may_still_do_it_stays_with_them(engine, deploy):
    deploy("")
    task = reach_second(engine)
    engine.claim(task.id, by="alice")

    engine.update_user(replace(engine.user("alice"), name="Alice A."))

    assert engine.task(task.id, by="dora").claimed_by == "alice"
