from __future__ import annotations

from datetime import timedelta

import pytest

from engine.domain.escalation import EscalationAction, EscalationLadder, EscalationStep
from engine.domain.history import EventType
from engine.domain.user_task import TaskState
from engine.errors import NotAllowed, NotFound
from tests.engine.models import a_model

WARN = EscalationStep(timedelta(hours=-1), EscalationAction.WARN)
REMIND = EscalationStep(timedelta(0), EscalationAction.REMIND)
GIVE = EscalationStep(timedelta(hours=1), EscalationAction.REASSIGN, "ward")
RAISE = EscalationStep(timedelta(hours=2), EscalationAction.ESCALATE, "leaders")
LADDER = EscalationLadder("p", None, (WARN, REMIND, GIVE, RAISE))


@pytest.fixture
def task(engine):
    nodes = [
        '<startEvent id="start"/>',
        '<userTask id="answer" camunda:dueDate="PT4H"/>',
        '<endEvent id="end"/>',
    ]
    xml = a_model("p", nodes, ["start answer", "answer end"], lanes={"desk": "start answer end"})
    engine.deploy(xml, source="p.bpmn", forms={})
    engine.set_escalation_ladder(LADDER, by="dora")
    engine.start_process("p", by="alice")
    return engine.inbox("alice")[0]


def steps_taken(engine, task):
    return [
        event.detail["action"]
        for event in engine.history(task.instance_id, by="dora")
        if event.type is EventType.ESCALATED
    ]


def test_steps_are_taken_when_they_are_due_and_once(engine, task, clock):
    taken = []
    for hours in (2, 1, 1, 1, 1, 1):
        clock.advance(timedelta(hours=hours))
        taken.append(engine.escalate_due())

    assert taken == [0, 1, 1, 1, 1, 0]
    assert steps_taken(engine, task) == ["warn", "remind", "reassign", "escalate"]


def test_steps_that_were_missed_are_taken_one_after_another(engine, task, clock):
    clock.advance(timedelta(days=1))

    assert [engine.escalate_due() for _ in range(5)] == [1, 1, 1, 1, 0]


def test_reassigning_takes_the_task_from_its_holder(engine, task, clock):
    engine.claim(task.id, by="alice")
    clock.advance(timedelta(hours=5))
    for _ in range(3):
        engine.escalate_due()

    late = engine.task(task.id, by="dora")
    assert (late.state, late.candidate_group, late.claimed_by) == (TaskState.OFFERED, "ward", None)
    assert [found.id for found in engine.inbox("bob")] == [task.id]


def test_escalating_raises_the_priority(engine, task, clock):
    clock.advance(timedelta(hours=6))
    for _ in range(4):
        engine.escalate_due()

    assert engine.task(task.id, by="dora").priority == 90


def test_task_that_is_done_is_left_alone(engine, task, clock):
    engine.claim(task.id, by="alice")
    engine.complete_task(task.id, by="alice", values={})
    clock.advance(timedelta(days=1))

    assert engine.escalate_due() == 0


def test_new_ladder_holds_for_open_tasks(engine, task, clock):
    engine.set_escalation_ladder(EscalationLadder("p", None, (REMIND,)), by="dora")
    clock.advance(timedelta(hours=3))
    assert engine.escalate_due() == 0
    clock.advance(timedelta(hours=1))

    assert engine.escalate_due() == 1
    assert steps_taken(engine, task) == ["remind"]


def test_ladder_of_the_task_comes_before_the_one_of_the_process(engine, task, clock):
    engine.set_escalation_ladder(EscalationLadder("p", "answer", (REMIND,)), by="dora")
    clock.advance(timedelta(hours=3))

    assert engine.escalate_due() == 0
    assert [ladder.element_id for ladder in engine.escalation_ladders("p")] == [None, "answer"]


def test_ladder_without_steps_is_taken_away(engine, task, clock):
    engine.set_escalation_ladder(EscalationLadder("p", None, ()), by="dora")
    clock.advance(timedelta(days=1))

    assert engine.escalation_ladders("p") == []
    assert engine.escalate_due() == 0


def test_later_due_date_begins_the_ladder_again(engine, task, clock):
    clock.advance(timedelta(hours=3))
    engine.escalate_due()
    engine.change_task(task.id, by="dora", due_at=task.due_at + timedelta(hours=4))
    assert engine.escalate_due() == 0
    clock.advance(timedelta(hours=4))

    assert engine.escalate_due() == 1
    assert steps_taken(engine, task) == ["warn", "warn"]


def test_ladders_are_set_by_managers_for_processes_that_are_there(engine, task):
    with pytest.raises(NotAllowed):
        engine.set_escalation_ladder(LADDER, by="alice")
    with pytest.raises(NotFound):
        engine.set_escalation_ladder(EscalationLadder("q", None, (WARN,)), by="dora")
