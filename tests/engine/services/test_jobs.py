from __future__ import annotations

from datetime import timedelta

import pytest

from engine.connectors.call import BusinessError, CallResult, ServiceFailed, StartedProcess
from engine.domain.history import EventType
from engine.domain.identity import User, UserId
from engine.domain.job import Queue
from engine.domain.mail import Mail
from engine.services import jobs as job_service
from engine.services.follower import QuickFollower
from engine.store import jobs, outbox
from tests.engine.services.service_models import ASKING, REFUSING, SCRIPTED

MINUTE = timedelta(minutes=1)
ERIN = User(UserId("erin"), "Erin")


@pytest.fixture
def case(engine):
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    return engine.start_process("asking", by="dora", values={"amount": 3})


def elements(engine, case):
    return [task.element_id for task in engine.open_tasks(case.id, by="dora")]


def open_incidents(engine, case):
    return [one for one in engine.incidents_of(case.id, by="dora") if one.resolved_at is None]


def run_until_quiet(engine, clock):
    for _ in range(6):
        engine.call_due_services()
        clock.advance(MINUTE)


def test_service_is_called_outside_of_any_transaction_and_its_values_are_stored(engine, fake, case):
    def writing():
        engine.add_user(ERIN)  # would wait for ever within a transaction of SQLite
        return CallResult({"a": 1})

    fake.answers.append(writing)

    assert engine.call_due_services() == 1

    assert elements(engine, case) == ["look"]
    assert engine.instance(case.id, by="dora").values == {"amount": 3, "a": 1}


def test_service_that_fails_is_called_again_with_the_same_key(engine, fake, case, clock):
    fake.answers += [ServiceFailed("down"), ServiceFailed("down")]

    run_until_quiet(engine, clock)

    assert elements(engine, case) == ["look"]
    assert len({call.idempotency_key for call in fake.calls}) == 1
    assert len(fake.calls) == 3


def test_service_that_fails_three_times_opens_an_incident_and_holds_up_no_other(
    engine, fake, case, clock
):
    other = engine.start_process("asking", by="dora")
    fake.answers += [ServiceFailed("down"), CallResult(), *[ServiceFailed("down")] * 2]

    run_until_quiet(engine, clock)

    assert elements(engine, other) == ["look"]
    (incident,) = open_incidents(engine, case)
    assert (incident.kind, incident.element_id, incident.attempts) == ("service", "ask", 3)
    assert incident.reason == "down"
    assert engine.instance(case.id, by="dora").open_incidents == 1
    told = [e for e in engine.history(case.id, by="dora") if e.type is EventType.INCIDENT_OPENED]
    assert [event.element_id for event in told] == ["ask"]


def test_service_that_fails_for_good_opens_an_incident_at_once(engine, fake, case):
    fake.answers.append(ServiceFailed("unknown address", is_permanent=True))

    engine.call_due_services()

    assert [one.attempts for one in open_incidents(engine, case)] == [1]


def test_service_is_not_called_before_the_moment_it_asked_for(engine, fake, case, clock):
    fake.answers.append(ServiceFailed("busy", retry_after_s=600))
    engine.call_due_services()
    clock.advance(9 * MINUTE)

    assert engine.call_due_services() == 0
    clock.advance(MINUTE)
    assert engine.call_due_services() == 1


def test_error_of_the_business_goes_the_way_of_the_model(engine, fake):
    engine.deploy(REFUSING, source="refusing.bpmn", forms={})
    case = engine.start_process("refusing", by="dora")
    fake.answers.append(BusinessError("no_stock", "nothing left"))

    engine.call_due_services()

    assert elements(engine, case) == ["explain"]
    assert open_incidents(engine, case) == []


def test_answer_that_comes_after_the_lease_is_ignored_and_logged(engine, fake, case, clock, caplog):
    def slowly():
        clock.advance(10 * MINUTE)
        assert engine.call_due_services() == 1  # another worker takes over
        return CallResult({"late": True})

    fake.answers += [slowly, CallResult({"late": False})]

    engine.call_due_services()

    assert engine.instance(case.id, by="dora").values["late"] is False
    assert elements(engine, case) == ["look"]
    assert "ignored" in caplog.text


def test_failure_that_comes_after_the_lease_changes_nothing(engine, fake, case, clock):
    def slowly():
        clock.advance(10 * MINUTE)
        engine.call_due_services()
        return ServiceFailed("down", is_permanent=True)

    fake.answers += [slowly, CallResult()]

    engine.call_due_services()

    assert (elements(engine, case), open_incidents(engine, case)) == (["look"], [])


def test_job_of_a_worker_that_died_is_taken_over_and_given_up_after_three(
    engine, case, clock, caplog
):
    database = engine._context.database
    for _ in range(3):
        now = clock.now()
        claimed = database.run(
            lambda tx, now=now: jobs.claim(
                tx, queue=Queue.OUTSIDE, owner="dead", at=now, until=now + MINUTE, limit=5
            )
        )
        assert len(claimed) == 1
        assert engine.call_due_services() == 0
        clock.advance(MINUTE)

    engine.call_due_services()

    (incident,) = open_incidents(engine, case)
    assert "no worker" in incident.reason


def test_result_and_what_it_sends_are_stored_together(engine, fake, case):
    mail = Mail("k", "alice@example.org", "Done", "It is done.")
    fake.answers += [CallResult({"wrong name": object()}, mails=(mail,)), CallResult(mails=(mail,))]
    database = engine._context.database

    engine.call_due_services()
    with database.reading() as tx:
        assert outbox.newest(tx, None, limit=9) == []


def test_job_is_exclusive_in_its_case(engine, fake, case, clock, monkeypatch):
    monkeypatch.setattr("engine.store.instances.lock_if_free", lambda _tx, _id: None)
    for _ in range(5):
        assert engine.call_due_services() == 0
        clock.advance(MINUTE)
    monkeypatch.undo()

    assert engine.call_due_services() == 1
    assert open_incidents(engine, case) == []


def test_jobs_that_were_not_begun_are_given_back_when_told_to_stop(engine, fake, case):
    engine.call_due_services(should_stop=lambda: True)

    assert fake.calls == []
    assert engine.call_due_services() == 1


def test_leases_are_renewed_while_a_batch_takes_long(engine, fake, clock):
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    cases = [engine.start_process("asking", by="dora") for _ in range(3)]

    def slowly():
        clock.advance(4 * MINUTE)
        assert engine.call_due_services() == 0  # another worker finds nothing
        return CallResult()

    fake.answers += [slowly] * 3

    assert engine.call_due_services() == 3
    assert [elements(engine, case) for case in cases] == [["look"]] * 3


def test_script_runs_right_after_the_command(engine):
    engine.deploy(SCRIPTED, source="scripted.bpmn", forms={})

    case = engine.start_process("scripted", by="dora", values={"amount": 3})

    assert elements(engine, case) == ["look"]
    assert engine.instance(case.id, by="dora").values["total"] == 4


def test_command_is_not_undone_by_a_quick_job_that_fails(engine, monkeypatch, caplog):
    monkeypatch.setattr(job_service, "_do", lambda *_: 1 / 0)
    engine.deploy(SCRIPTED, source="scripted.bpmn", forms={})

    case = engine.start_process("scripted", by="dora", values={"amount": 3})

    assert engine.instance(case.id, by="dora").ended_at is None
    assert "left to the worker" in caplog.text


def test_service_is_called_again_with_the_same_key_when_the_process_died_after_the_call(
    engine, fake, case, clock
):
    fake.answers.append(lambda: (_ for _ in ()).throw(KeyboardInterrupt))  # as kill -9 would
    with pytest.raises(KeyboardInterrupt):
        engine.call_due_services()
    assert engine.call_due_services() == 0  # the lease of the dead one still runs
    clock.advance(job_service.LEASE)

    assert engine.call_due_services() == 1

    assert len({call.idempotency_key for call in fake.calls}) == 1
    assert elements(engine, case) == ["look"]


def test_job_that_was_opened_is_done_by_the_worker_when_the_process_died_after_the_commit(
    engine, monkeypatch
):
    monkeypatch.setattr(QuickFollower, "do_job_at", lambda *_: None)
    engine.deploy(SCRIPTED, source="scripted.bpmn", forms={})
    case = engine.start_process("scripted", by="dora", values={"amount": 3})
    assert elements(engine, case) == []

    assert engine.call_due_services() == 1

    assert elements(engine, case) == ["look"]


def test_cases_that_a_connector_asks_for_are_started_with_the_result(engine, fake, case):
    fake.answers.append(CallResult(starts=(StartedProcess("asking", "child 1", {"n": 1}),)))

    engine.call_due_services()

    child = engine.find_instance("asking", "child 1", by="dora")
    assert child.values == {"n": 1}
    assert engine.history(child.id, by="dora")[0].detail == {
        "sender": f"asking/{case.business_key}"
    }


def test_case_that_a_connector_asks_for_but_cannot_be_is_a_failure_of_the_job(engine, fake, case):
    fake.answers.append(CallResult({"a": 1}, starts=(StartedProcess("unknown", None, {}),)))

    engine.call_due_services()

    assert engine.instance(case.id, by="dora").values == {"amount": 3}
    assert elements(engine, case) == []


def test_connector_that_is_not_installed_any_more_fails_the_call_not_the_process(
    engine, fake, case, monkeypatch
):
    monkeypatch.setattr(engine._context.connectors, "_connectors", {})
    engine._context.deployed._compiled.clear()

    assert engine.call_due_services() == 0
    assert engine.start_process("asking", by="dora").ended_at is None


def test_lint_asks_the_connector_about_its_inputs(engine):
    wrong = ASKING.replace(
        b'camunda:topic="fake"/>',
        b'camunda:topic="fake"><extensionElements><camunda:inputOutput>'
        b'<camunda:inputParameter name="wrong">1</camunda:inputParameter>'
        b"</camunda:inputOutput></extensionElements></serviceTask>",
    )

    findings = engine.lint(wrong, source="asking.bpmn", forms={})

    assert [(f.rule, f.element_id, f.message) for f in findings] == [
        ("connector", "ask", "no input 'wrong'")
    ]


def test_backlog_tells_how_late_the_first_job_is(engine, case, clock):
    clock.advance(3 * MINUTE)

    assert engine.job_backlog() == (1, 3 * MINUTE)
    engine.call_due_services()
    assert engine.job_backlog() == (0, timedelta(0))
