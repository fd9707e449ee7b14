from __future__ import annotations

from datetime import timedelta

import pytest

from engine.bpmn import run
from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.errors import InvalidForm, NotAllowed, NotFound
from tests.engine.conftest import MONDAY
from tests.engine.models import FAILING, WAITING

TEN_MINUTES, HOUR = timedelta(minutes=10), timedelta(hours=1)


@pytest.fixture
def case(engine):
    """A case that waits for ten minutes."""
    engine.deploy(WAITING, source="waiting.bpmn", forms={})
    return engine.start_process("waiting", by="dora")


def test_timers_tell_what_a_case_waits_for(engine, case):
    (timer,) = engine.timers(case.id)

    assert (timer.element_id, timer.due_at) == ("pause", MONDAY + TEN_MINUTES)


def test_due_timer_moves_the_case_on(engine, case, clock):
    assert engine.fire_due_timers() == 0
    clock.advance(TEN_MINUTES)

    assert engine.fire_due_timers() == 1

    assert [task.element_id for task in engine.inbox("charlie")] == ["answer"]
    assert [timer.element_id for timer in engine.timers(case.id)] == ["too_late"]
    assert engine.fire_due_timers() == 0


def test_interrupting_timer_withdraws_the_task(engine, case, clock):
    clock.advance(TEN_MINUTES)
    engine.fire_due_timers()
    task = engine.claim(engine.inbox("charlie")[0].id, by="charlie")
    clock.advance(HOUR)

    engine.fire_due_timers()

    assert engine.inbox("charlie") == []
    assert engine.task(task.id, by="dora").state == "cancelled"
    assert engine.instance(case.id, by="dora").state is InstanceState.COMPLETED


def test_completing_the_task_withdraws_its_timer(engine, case, clock):
    clock.advance(TEN_MINUTES)
    engine.fire_due_timers()
    task = engine.claim(engine.inbox("charlie")[0].id, by="charlie")

    engine.complete_task(task.id, by="charlie", values={})

    assert engine.timers(case.id) == []


def test_due_timers_fire_oldest_first_up_to_the_limit(engine, case, clock):
    clock.advance(timedelta(minutes=1))
    second = engine.start_process("waiting", by="dora")
    clock.advance(HOUR)

    assert engine.fire_due_timers(limit=1) == 1

    assert [task.instance_id for task in engine.inbox("charlie")] == [case.id]
    assert engine.fire_due_timers() == 1
    assert engine.open_tasks(second.id, by="dora") != []


def test_fire_timer_now_is_recorded_with_who_and_why(engine, case):
    (timer,) = engine.timers(case.id)

    engine.fire_timer_now(timer.id, by="dora", reason="patient is here")

    fired = [event for event in engine.history(case.id, by="dora") if event.token == timer.token]
    assert (fired[-1].type, fired[-1].actor) == (EventType.COMPLETED, "dora")
    assert fired[-1].detail == {"reason": "patient is here"}


def test_fire_timer_now_is_for_managers_with_a_reason(engine, case):
    (timer,) = engine.timers(case.id)

    with pytest.raises(NotAllowed):
        engine.fire_timer_now(timer.id, by="alice", reason="impatient")
    with pytest.raises(InvalidForm, match="reason"):
        engine.fire_timer_now(timer.id, by="dora", reason="")
    with pytest.raises(NotFound, match="no timer"):
        engine.fire_timer_now(timer.id + 1, by="dora", reason="which one?")


def test_fire_timer_now_is_refused_the_second_time(engine, case):
    (timer,) = engine.timers(case.id)
    engine.fire_timer_now(timer.id, by="dora", reason="patient is here")

    with pytest.raises(NotFound):
        engine.fire_timer_now(timer.id, by="dora", reason="once more")


def test_timer_that_fails_stays_due_and_holds_up_no_other(engine, clock, caplog):
    engine.deploy(FAILING, source="failing.bpmn", forms={})
    failing = engine.start_process("failing", by="dora")
    clock.advance(timedelta(minutes=1))
    engine.deploy(WAITING, source="waiting.bpmn", forms={})
    engine.start_process("waiting", by="dora")
    clock.advance(TEN_MINUTES)

    assert engine.fire_due_timers() == 1

    assert len(engine.timers(failing.id)) == 1
    assert engine.instance(failing.id, by="dora") == failing
    assert "cannot be done" in caplog.text


def test_failing_timer_is_tried_three_times_with_pauses_then_an_incident_opens(
    engine, clock, caplog
):
    engine.deploy(FAILING, source="failing.bpmn", forms={})
    case = engine.start_process("failing", by="dora")
    clock.advance(TEN_MINUTES)
    tried_after_s = []
    for second in range(100):
        caplog.clear()
        engine.fire_due_timers()
        if caplog.records:
            tried_after_s.append(second)
        clock.advance(timedelta(seconds=1))

    first, second, third = tried_after_s
    assert (first, 8 <= second <= 12, 16 <= third - second <= 24) == (0, True, True)
    (incident,) = engine.incidents_of(case.id, by="dora")
    assert (incident.kind, incident.element_id, incident.attempts) == ("timer", "pause", 3)
    assert "unheard_of" in incident.reason


def test_due_timer_tells_in_history_when_it_was_planned(engine, case, clock):
    clock.advance(HOUR)

    engine.fire_due_timers()

    fired = [e for e in engine.history(case.id, by="dora") if e.element_id == "pause"][-1]
    assert fired.at == MONDAY + HOUR
    assert fired.detail == {"planned_at": (MONDAY + TEN_MINUTES).isoformat()}


def test_failing_timers_do_not_starve_the_others(engine, clock):
    engine.deploy(FAILING, source="failing.bpmn", forms={})
    engine.deploy(WAITING, source="waiting.bpmn", forms={})
    for _ in range(3):
        engine.start_process("failing", by="dora")
    clock.advance(timedelta(minutes=1))
    engine.start_process("waiting", by="dora")
    clock.advance(HOUR)

    assert [engine.fire_due_timers(limit=3) for _ in range(2)] == [0, 1]


def test_timer_that_was_put_off_can_still_be_seen_and_is_still_due(engine, clock):
    engine.deploy(FAILING, source="failing.bpmn", forms={})
    case = engine.start_process("failing", by="dora")
    (before,) = engine.timers(case.id)
    clock.advance(HOUR)
    engine.fire_due_timers()

    assert engine.timers(case.id) == [before]


def test_fault_of_the_program_at_one_timer_holds_up_no_other(engine, clock, monkeypatch, case):
    other = engine.start_process("waiting", by="dora")
    faults, fire = [ZeroDivisionError()], run.fire

    def fire_or_break(*args, **rest):
        if faults:
            raise faults.pop()
        return fire(*args, **rest)

    monkeypatch.setattr(run, "fire", fire_or_break)
    clock.advance(TEN_MINUTES)

    assert engine.fire_due_timers() == 1
    assert [len(engine.open_tasks(c.id, by="dora")) for c in (case, other)] == [0, 1]
