from __future__ import annotations

from datetime import timedelta

import pytest

from engine.connectors.call import ServiceFailed
from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.errors import (
    ExecutionFailed,
    IncidentResolved,
    InvalidForm,
    NotAllowed,
    NotFound,
)
from tests.engine.models import WAITING
from tests.engine.services.service_models import ASKING, STUCK

FOR_GOOD = ServiceFailed("unknown address", is_permanent=True)


def elements(engine, case):
    return [task.element_id for task in engine.open_tasks(case.id, by="dora")]


def told(engine, case, event_type):
    return [e for e in engine.history(case.id, by="dora") if e.type is event_type]


@pytest.fixture
def case(engine, fake):
    """A case whose service task failed for good."""
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    case = engine.start_process("asking", by="dora", values={"amount": 3})
    fake.answers.append(FOR_GOOD)
    engine.call_due_services()
    return case


@pytest.fixture
def incident(engine, case):
    return engine.incidents(by="dora")[0]


def test_retry_tries_again_at_once_as_if_it_were_new(engine, fake, case, incident):
    resolved = engine.retry_incident(incident.id, by="dora")
    engine.call_due_services()

    assert (resolved.resolution, resolved.resolved_by) == ("retried", "dora")
    assert elements(engine, case) == ["look"]
    assert engine.instance(case.id, by="dora").open_incidents == 0
    assert [e.actor for e in told(engine, case, EventType.INCIDENT_RESOLVED)] == ["dora"]


def test_retry_that_fails_again_opens_another_incident(engine, fake, case, incident):
    fake.answers.append(FOR_GOOD)

    engine.retry_incident(incident.id, by="dora")
    engine.call_due_services()

    assert [one.resolution for one in engine.incidents_of(case.id, by="dora")] == ["retried", None]


def test_retry_with_values_corrects_the_data_of_the_case_first(engine, fake, case, incident):
    resolved = engine.retry_incident(incident.id, by="dora", values={"amount": 5})
    engine.call_due_services()

    assert resolved.resolution == "edited"
    assert engine.instance(case.id, by="dora").values["amount"] == 5
    (changed,) = told(engine, case, EventType.DATA_CHANGED)
    assert (changed.actor, changed.detail) == ("dora", {"fields": ["amount"]})


def test_skip_goes_on_with_the_values_that_were_given(engine, fake, case, incident):
    resolved = engine.skip_incident(
        incident.id, by="dora", reason="asked by phone", values={"answer": 42}
    )

    assert (resolved.resolution, resolved.note) == ("skipped", "asked by phone")
    assert elements(engine, case) == ["look"]
    assert engine.instance(case.id, by="dora").values["answer"] == 42
    assert len(fake.calls) == 1
    (left_out,) = told(engine, case, EventType.CANCELLED)
    assert (left_out.element_id, left_out.actor) == ("ask", "dora")
    assert left_out.detail["reason"] == "asked by phone"


def test_cancel_ends_the_case_and_the_incident(engine, case, incident):
    resolved = engine.cancel_incident(incident.id, by="dora", reason="given up")

    assert resolved.resolution == "cancelled"
    assert engine.instance(case.id, by="dora").state is InstanceState.CANCELLED
    assert engine.incidents(by="dora") == []


def test_incident_is_resolved_once(engine, incident):
    engine.skip_incident(incident.id, by="dora", reason="asked by phone")

    with pytest.raises(IncidentResolved, match="already skipped"):
        engine.retry_incident(incident.id, by="dora")


def test_incidents_are_for_managers_and_need_a_reason(engine, incident):
    with pytest.raises(NotAllowed):
        engine.retry_incident(incident.id, by="alice")
    with pytest.raises(NotAllowed):
        engine.incidents(by="alice")
    with pytest.raises(InvalidForm, match="reason"):
        engine.skip_incident(incident.id, by="dora", reason=" ")
    with pytest.raises(NotFound, match="no incident"):
        engine.retry_incident(incident.id + 1, by="dora")


@pytest.fixture
def stuck(engine):
    """A case whose task leads to a gateway that no value fits."""
    engine.deploy(STUCK, source="stuck.bpmn", forms={})
    case = engine.start_process("stuck", by="alice", values={"level": 2})
    task = engine.claim(engine.inbox("alice")[0].id, by="alice")
    with pytest.raises(ExecutionFailed):
        engine.complete_task(task.id, by="alice", values={})
    return case, task


def test_open_incidents_are_counted_up_to_a_number(engine, fake, incident):
    engine.start_process("asking", by="dora")
    fake.answers.append(FOR_GOOD)
    engine.call_due_services()
    assert engine.count_incidents(by="dora") == 2
    assert engine.count_incidents(by="dora", at_most=1) == 1

    engine.skip_incident(incident.id, by="dora", reason="done by phone", values={})

    assert engine.count_incidents(by="dora") == 1
    with pytest.raises(NotAllowed):
        engine.count_incidents(by="alice")


def test_command_that_cannot_go_on_leaves_an_incident_and_the_task_open(engine, stuck):
    case, task = stuck

    (incident,) = engine.incidents_of(case.id, by="dora")
    assert (incident.kind, incident.element_id, incident.token) == ("step", "which", task.token)
    assert elements(engine, case) == ["say"]


def test_command_that_fails_again_is_the_same_incident(engine, stuck, clock):
    case, task = stuck
    clock.advance(timedelta(minutes=5))
    with pytest.raises(ExecutionFailed):
        engine.complete_task(task.id, by="alice", values={})

    (incident,) = engine.incidents_of(case.id, by="dora")
    assert (incident.attempts, incident.last_at) == (2, clock.now())


def test_incident_of_a_command_is_obsolete_once_the_command_succeeds(engine, stuck):
    case, task = stuck
    (incident,) = engine.incidents_of(case.id, by="dora")
    engine.retry_incident(incident.id, by="dora", values={"level": 9})

    engine.complete_task(task.id, by="alice", values={})

    assert elements(engine, case) == ["left"]


def test_incident_of_a_command_is_obsolete_when_somebody_enters_better_values(engine):
    level: dict[str, object] = {"key": "level", "type": "number", "label": "Level"}
    form: dict[str, object] = {"type": "default", "components": [level]}
    with_form = STUCK.replace(b'name="say"', b'name="say" camunda:formKey="level"')
    engine.deploy(with_form, source="stuck.bpmn", forms={"level": form})
    case = engine.start_process("stuck", by="alice")
    task = engine.claim(engine.inbox("alice")[0].id, by="alice")
    with pytest.raises(ExecutionFailed):
        engine.complete_task(task.id, by="alice", values={"level": 2})

    engine.complete_task(task.id, by="alice", values={"level": 9})

    (incident,) = engine.incidents_of(case.id, by="dora")
    assert (incident.resolution, incident.resolved_by) == ("obsolete", None)
    assert engine.instance(case.id, by="dora").open_incidents == 0


def test_refused_form_is_no_incident(engine):
    case = engine.start_process("patient_visit", by="alice")
    task = engine.claim(engine.inbox("alice")[0].id, by="alice")
    with pytest.raises(InvalidForm):
        engine.complete_task(task.id, by="alice", values={})

    assert engine.incidents_of(case.id, by="dora") == []


def test_skip_of_a_command_goes_on_behind_the_task(engine, stuck):
    case, task = stuck
    (incident,) = engine.incidents_of(case.id, by="dora")

    engine.skip_incident(incident.id, by="dora", reason="nobody knows", values={"level": 9})

    assert elements(engine, case) == ["left"]
    assert engine.task(task.id, by="dora").state == "cancelled"


def test_skip_of_a_timer_beside_the_way_leaves_only_it_out(engine, clock):
    late = WAITING.replace(b'targetRef="gave_up"', b'targetRef="which"').replace(
        b'<endEvent id="gave_up"/>',
        b'<exclusiveGateway id="which"/><endEvent id="gave_up"/>'
        b'<sequenceFlow id="f1" sourceRef="which" targetRef="gave_up">'
        b"<conditionExpression>level &gt; 3</conditionExpression></sequenceFlow>"
        b'<sequenceFlow id="f2" sourceRef="which" targetRef="end">'
        b"<conditionExpression>level &lt; 0</conditionExpression></sequenceFlow>",
    )
    engine.deploy(late, source="late.bpmn", forms={})
    case = engine.start_process("waiting", by="dora", values={"level": 2})
    for _ in range(9):
        clock.advance(timedelta(hours=1))
        engine.fire_due_timers()
    (incident,) = engine.incidents(by="dora")
    assert (incident.kind, incident.element_id) == ("timer", "too_late")

    engine.skip_incident(incident.id, by="dora", reason="take your time")

    assert elements(engine, case) == ["answer"]
    assert engine.timers(case.id) == []
