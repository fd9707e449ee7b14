from __future__ import annotations

import pytest

from engine.services import jobs, signals
from engine.services.follower import QuickFollower
from engine.store import subscriptions
from tests.engine.services.service_models import (
    DEAF_GUARD,
    LISTENING,
    RAISES_ALARM,
    STARTED_BY_ALARM,
    WAITS_FOR_ALARM,
)

GUARDS = 7


def do_nothing(*_):
    """As if the process had ended before it could follow its command."""


def elements(engine, case):
    return [task.element_id for task in engine.open_tasks(case.id, by="dora")]


@pytest.fixture
def guards(engine, monkeypatch):
    """Cases that wait for an alarm, which reaches three at a time."""
    monkeypatch.setattr(signals, "CHUNK", 3)
    engine.deploy(WAITS_FOR_ALARM, source="guard.bpmn", forms={})
    return [engine.start_process("guard", by="dora") for _ in range(GUARDS)]


def test_signal_reaches_everybody_who_waits_in_chunks(engine, guards):
    sent = engine.throw_signal("alarm", by="dora", values={"where": "ward 3"})

    assert sent.receivers == 3  # the first chunk, right after the command
    while engine.fire_due_timers():
        pass
    assert [elements(engine, case) for case in guards] == [["leave"]] * GUARDS
    done = engine.message(sent.id, by="dora")
    assert (done.state, done.receivers) == ("delivered", GUARDS)


def test_signal_of_a_case_reaches_other_cases(engine, guards):
    engine.deploy(RAISES_ALARM, source="raiser.bpmn", forms={})
    engine.start_process("raiser", by="alice")
    task = next(task for task in engine.inbox("alice") if task.element_id == "press")
    engine.claim(task.id, by="alice")
    engine.complete_task(task.id, by="alice", values={})
    while engine.fire_due_timers():
        pass

    assert [elements(engine, case) for case in guards] == [["leave"]] * GUARDS


def test_signal_does_not_reach_who_waits_only_later(engine, guards, monkeypatch):
    monkeypatch.setattr(QuickFollower, "do_job", do_nothing)
    engine.throw_signal("alarm", by="dora")
    late = engine.start_process("guard", by="dora")
    while engine.fire_due_timers():
        pass

    assert elements(engine, guards[-1]) == ["leave"]
    assert elements(engine, late) == []


def test_signal_goes_on_where_a_crash_stopped_it_and_repeats_nobody(
    engine, guards, clock, monkeypatch
):
    brought: list[object] = []
    bring = signals._bring

    def crash_at_the_fifth(context, number, receiver):
        if len(brought) == 4:
            raise KeyboardInterrupt
        brought.append(receiver.instance_id)
        bring(context, number, receiver)

    monkeypatch.setattr(QuickFollower, "do_job", do_nothing)
    monkeypatch.setattr(signals, "_bring", crash_at_the_fifth)
    sent = engine.throw_signal("alarm", by="dora")
    engine.fire_due_timers()
    with pytest.raises(KeyboardInterrupt):
        engine.fire_due_timers()
    monkeypatch.setattr(signals, "_bring", bring)
    clock.advance(2 * jobs.LEASE)
    while engine.fire_due_timers():
        pass

    assert [elements(engine, case) for case in guards] == [["leave"]] * GUARDS
    assert engine.message(sent.id, by="dora").receivers == GUARDS


def test_signal_that_a_case_cannot_follow_is_an_incident_there(engine, guards):
    engine.deploy(DEAF_GUARD, source="deaf.bpmn", forms={})
    deaf = engine.start_process("deaf", by="dora", values={"level": 2})
    sent = engine.throw_signal("alarm", by="dora")
    while engine.fire_due_timers():
        pass

    assert [elements(engine, case) for case in guards] == [["leave"]] * GUARDS
    (incident,) = engine.incidents_of(deaf.id, by="dora")
    assert (incident.kind, incident.element_id) == ("deliver", "wait")
    assert engine.message(sent.id, by="dora").receivers == GUARDS
    engine.retry_incident(incident.id, by="dora", values={"level": 4})
    assert elements(engine, deaf) == ["left"]


def test_signal_that_somebody_listens_to_is_heard_each_time(engine):
    engine.deploy(LISTENING, source="listening.bpmn", forms={})
    case = engine.start_process("listening", by="dora")
    for _ in range(2):
        engine.throw_signal("alarm", by="dora")

    assert sorted(elements(engine, case)) == ["leave", "leave", "work"]


def test_signal_is_brought_once_by_two_workers_who_both_think_it_is_theirs(engine):
    engine.deploy(STARTED_BY_ALARM, source="drill.bpmn", forms={})
    context = engine._context
    with context.database.reading() as tx:
        (receiver,) = subscriptions.starts(tx, "signal", "alarm")
    sent = engine.throw_signal("alarm", by="dora", values={"where": "ward 3"})

    signals._bring(context, sent.id, receiver)

    (case,) = engine.instances(by="dora", process_key="drill")
    assert case.values == {"where": "ward 3"}
