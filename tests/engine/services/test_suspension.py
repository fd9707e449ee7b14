"""Cases that stand still: nothing happens in them, and nothing that came for them is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.connectors.call import CallResult
from engine.domain.escalation import EscalationAction, EscalationLadder, EscalationStep
from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.domain.suspension import NotSuspended, TimerPolicy
from engine.errors import InstanceNotActive, InstanceSuspended, InvalidForm, NotAllowed
from tests.engine.models import PARALLEL, WAITING
from tests.engine.services.service_models import (
    ASKING,
    CALLED,
    CALLING,
    WAITS_FOR_ALARM,
    WAITS_FOR_PAYMENT,
)

BECAUSE = {"by": "dora", "reason": "the patient asked for it"}


def begin(engine, xml, key, **options):
    engine.deploy(xml, source=f"{key}.bpmn", forms={})
    return engine.start_process(key, by="dora", **options)


def elements(engine, case):
    return [task.element_id for task in engine.open_tasks(case.id, by="dora")]


def told(engine, case, event_type):
    return [e.detail for e in engine.history(case.id, by="dora") if e.type is event_type]


@pytest.fixture
def visit(engine):
    """A case whose first task Alice has taken."""
    case = engine.start_process("patient_visit", by="alice")
    engine.claim(engine.open_tasks(case.id, by="dora")[0].id, by="alice")
    return case


def test_task_of_a_suspended_case_is_not_completed_in_words(engine, visit, clock):
    engine.suspend_instance(visit.id, **BECAUSE)
    (task,) = engine.open_tasks(visit.id, by="alice")

    with pytest.raises(InstanceSuspended, match=r"PV-2026-00001 is suspended since 2026-03-02"):
        engine.complete_task(task.id, by="alice", values={"patient": "Wang"})

    engine.resume_instance(visit.id, **BECAUSE)
    assert engine.complete_task(task.id, by="alice", values={"patient": "Wang"})


def test_task_of_a_suspended_case_is_not_claimed_but_its_draft_is_kept(engine):
    case = engine.start_process("patient_visit", by="alice")
    (task,) = engine.open_tasks(case.id, by="alice")
    engine.suspend_instance(case.id, **BECAUSE)

    with pytest.raises(InstanceSuspended):
        engine.claim(task.id, by="alice")
    engine.save_draft(task.id, {"patient": "Wa"}, by="alice")

    assert engine.draft(task.id, by="alice")[0] == {"patient": "Wa"}


def test_timers_stand_still_and_fire_at_once_when_kept(engine, clock):
    case = begin(engine, WAITING, "waiting")
    engine.suspend_instance(case.id, **BECAUSE)
    clock.advance(timedelta(hours=1))
    assert engine.fire_due_timers() == 0

    engine.resume_instance(case.id, **BECAUSE)

    assert engine.fire_due_timers() == 1
    assert elements(engine, case) == ["answer"]


def test_timers_are_shifted_by_the_pause_when_told_so(engine, clock):
    case = begin(engine, WAITING, "waiting")
    (before,) = engine.timers(case.id)
    clock.advance(timedelta(minutes=4))
    engine.suspend_instance(case.id, **BECAUSE)
    clock.advance(timedelta(hours=1))

    engine.resume_instance(case.id, timers=TimerPolicy.SHIFT, **BECAUSE)

    (after,) = engine.timers(case.id)
    assert after.due_at == before.due_at + timedelta(hours=1)
    assert engine.fire_due_timers() == 0
    clock.advance(timedelta(minutes=6))
    assert engine.fire_due_timers() == 1


def test_due_dates_and_escalation_stand_still_too(engine, clock, visit):
    (task,) = engine.open_tasks(visit.id, by="dora")
    step = EscalationStep(timedelta(0), EscalationAction.WARN)
    ladder = EscalationLadder("patient_visit", None, (step,))
    engine.set_escalation_ladder(ladder, by="dora")
    due_at = clock.now() + timedelta(hours=1)
    engine.change_task(task.id, by="dora", due_at=due_at)
    engine.suspend_instance(visit.id, **BECAUSE)
    clock.advance(timedelta(hours=3))
    assert engine.escalate_due() == 0

    engine.resume_instance(visit.id, timers=TimerPolicy.SHIFT, **BECAUSE)

    assert engine.task(task.id, by="dora").due_at == due_at + timedelta(hours=3)
    assert engine.escalate_due() == 0
    clock.advance(timedelta(hours=1))
    assert engine.escalate_due() == 1


def test_service_is_called_again_when_its_case_was_suspended_meanwhile(engine, fake, clock):
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    case = engine.start_process("asking", by="dora")

    def suspended_meanwhile():
        engine.suspend_instance(case.id, **BECAUSE)
        return CallResult({"answer": "early"})

    fake.answers = [suspended_meanwhile] * 4 + [CallResult({"answer": "late"})]
    for number in range(4):  # none of them is an attempt that failed
        assert engine.call_due_services() == 0
        clock.advance(timedelta(hours=1))
        assert engine.call_due_services() == 0
        assert len(fake.calls) == number + 1
        engine.resume_instance(case.id, **BECAUSE)

    assert engine.call_due_services() == 1
    assert engine.instance(case.id, by="dora").values == {"answer": "late"}
    assert len({call.idempotency_key for call in fake.calls}) == 1


def test_message_for_a_suspended_case_reaches_it_when_it_is_resumed(engine):
    case = begin(engine, WAITS_FOR_PAYMENT, "order", values={"order": "7"})
    engine.suspend_instance(case.id, **BECAUSE)

    sent = engine.correlate("paid", key="7", values={"amount": 3}, by="dora")
    engine.sweep_messages()
    assert elements(engine, case) == []
    engine.resume_instance(case.id, **BECAUSE)
    engine.fire_due_timers()

    assert sent.message.receiver_id == case.id
    assert elements(engine, case) == ["ship"]
    assert engine.instance(case.id, by="dora").values["amount"] == 3


def test_signal_for_a_suspended_case_reaches_it_when_it_is_resumed(engine):
    case = begin(engine, WAITS_FOR_ALARM, "guard")
    other = engine.start_process("guard", by="dora")
    engine.suspend_instance(case.id, **BECAUSE)

    engine.throw_signal("alarm", by="dora")
    assert (elements(engine, case), elements(engine, other)) == ([], ["leave"])
    engine.resume_instance(case.id, **BECAUSE)
    engine.fire_due_timers()

    assert elements(engine, case) == ["leave"]


def test_called_cases_stand_still_with_their_caller(engine):
    engine.deploy(CALLED, source="called.bpmn", forms={})
    caller = begin(engine, CALLING, "calling")
    (child,) = engine.called_instances(caller.id, by="dora")

    engine.suspend_instance(caller.id, **BECAUSE)

    assert engine.instance(child.id, by="dora").suspended_at is not None
    with pytest.raises(InstanceSuspended, match=caller.business_key):
        engine.resume_instance(child.id, **BECAUSE)
    engine.resume_instance(caller.id, **BECAUSE)
    assert engine.instance(child.id, by="dora").suspended_at is None


def test_case_that_was_suspended_before_its_caller_stays_suspended(engine, clock):
    engine.deploy(CALLED, source="called.bpmn", forms={})
    caller = begin(engine, CALLING, "calling")
    (child,) = engine.called_instances(caller.id, by="dora")
    engine.suspend_instance(child.id, **BECAUSE)
    clock.advance(timedelta(minutes=1))
    engine.suspend_instance(caller.id, **BECAUSE)

    engine.resume_instance(caller.id, **BECAUSE)

    assert engine.instance(child.id, by="dora").suspended_at is not None


def test_suspended_case_is_cancelled_and_terminated(engine, visit):
    engine.deploy(CALLED, source="called.bpmn", forms={})
    caller = begin(engine, CALLING, "calling")
    (child,) = engine.called_instances(caller.id, by="dora")
    for case in (visit, caller):
        engine.suspend_instance(case.id, **BECAUSE)

    engine.cancel_instance(visit.id, **BECAUSE)
    engine.terminate_instance(child.id, **BECAUSE)

    ended = [engine.instance(case.id, by="dora").state for case in (visit, caller, child)]
    assert ended == [InstanceState.CANCELLED] * 3
    assert engine.incidents(by="dora") == []


def test_case_with_several_open_tasks_is_terminated(engine):
    case = begin(engine, PARALLEL, "parallel")

    engine.terminate_instance(case.id, **BECAUSE)

    assert elements(engine, case) == []


def test_history_tells_who_suspended_and_resumed_and_for_how_long(engine, visit, clock):
    engine.suspend_instance(visit.id, **BECAUSE)
    clock.advance(timedelta(minutes=5))
    engine.resume_instance(visit.id, **BECAUSE)

    assert told(engine, visit, EventType.SUSPENDED) == [{"reason": BECAUSE["reason"]}]
    assert told(engine, visit, EventType.RESUMED) == [
        {"reason": BECAUSE["reason"], "timers": "keep", "stood_still_s": 300.0}
    ]
    assert engine.check_history().is_sound


def test_suspending_and_resuming_is_for_managers_with_a_reason(engine, visit):
    with pytest.raises(NotAllowed):
        engine.suspend_instance(visit.id, by="alice", reason="no")
    with pytest.raises(InvalidForm):
        engine.suspend_instance(visit.id, by="dora", reason=" ")
    with pytest.raises(NotSuspended):
        engine.resume_instance(visit.id, **BECAUSE)
    engine.suspend_instance(visit.id, **BECAUSE)
    with pytest.raises(InstanceSuspended):
        engine.suspend_instance(visit.id, **BECAUSE)
    engine.cancel_instance(visit.id, **BECAUSE)
    with pytest.raises(InstanceNotActive):
        engine.resume_instance(visit.id, **BECAUSE)
