from __future__ import annotations

from datetime import timedelta

import pytest

from engine.domain.instance import InstanceState
from tests.engine.services.service_models import (
    CALLED,
    CALLING,
    CATCHING,
    ENDLESS,
    ENDLESS_BACK,
    FAILING_CALLED,
    IMPATIENT,
)

QUICK = CALLED.replace(b'<userTask id="inner" name="inner"/>', b'<manualTask id="inner"/>')


def deploy(engine, *models):
    for model in models:
        engine.deploy(model, source="calls.bpmn", forms={})


def elements(engine, case):
    return [task.element_id for task in engine.open_tasks(case.id, by="dora")]


def complete(engine, element_id, **values):
    (task,) = [task for task in engine.inbox("dora") if task.element_id == element_id]
    engine.claim(task.id, by="dora")
    return engine.complete_task(task.id, by="dora", values=values)


def child_of(engine, case):
    return engine.called_instances(case.id, by="dora")[-1]


def state(engine, case):
    return engine.instance(case.id, by="dora").state


@pytest.fixture
def case(engine):
    deploy(engine, CALLED, CALLING)
    return engine.start_process("calling", by="dora", values={"amount": 3})


def test_call_starts_a_case_of_its_own_and_waits_for_it(engine, case):
    child = child_of(engine, case)

    assert (child.process_key, child.parent_id, child.root_id) == ("called", case.id, case.id)
    assert (elements(engine, case), elements(engine, child)) == ([], ["inner"])


def test_end_of_the_called_case_lets_the_caller_go_on_in_the_same_command(engine, case):
    following = complete(engine, "inner")

    assert [task.element_id for task in following] == ["after"]
    assert state(engine, child_of(engine, case)) is InstanceState.COMPLETED
    complete(engine, "after")
    assert state(engine, case) is InstanceState.COMPLETED


def test_error_of_the_called_case_is_caught_by_its_caller(engine):
    deploy(engine, FAILING_CALLED, CATCHING)
    case = engine.start_process("catching", by="dora")

    complete(engine, "inner")

    assert elements(engine, case) == ["explain"]


def test_interruption_of_a_call_cancels_the_called_case(engine, clock):
    deploy(engine, CALLED, IMPATIENT)
    case = engine.start_process("impatient", by="dora")
    clock.advance(timedelta(hours=1))

    engine.fire_due_timers()

    child = child_of(engine, case)
    assert (state(engine, case), state(engine, child)) == ("completed", "cancelled")
    assert elements(engine, child) == []


def test_cancel_of_the_caller_cancels_the_called_case(engine, case):
    engine.cancel_instance(case.id, by="dora", reason="given up")

    assert state(engine, child_of(engine, case)) is InstanceState.CANCELLED
    assert engine.inbox("dora") == []


def test_cancel_of_the_called_case_leaves_its_caller_an_incident_to_decide(engine, case):
    engine.cancel_instance(child_of(engine, case).id, by="dora", reason="wrong one")

    (incident,) = engine.incidents_of(case.id, by="dora")
    assert (incident.kind, incident.element_id) == ("call", "call")
    assert "wrong one" in incident.reason
    engine.retry_incident(incident.id, by="dora")
    assert elements(engine, child_of(engine, case)) == ["inner"]


def test_missing_process_is_an_incident_that_is_retried_after_deployment(engine):
    deploy(engine, CALLING)
    case = engine.start_process("calling", by="dora")
    (incident,) = engine.incidents_of(case.id, by="dora")
    assert "there is no process 'called'" in incident.reason
    deploy(engine, CALLED)

    engine.retry_incident(incident.id, by="dora")

    assert elements(engine, child_of(engine, case)) == ["inner"]


def test_call_that_failed_can_be_skipped(engine):
    deploy(engine, CALLING)
    case = engine.start_process("calling", by="dora")
    (incident,) = engine.incidents_of(case.id, by="dora")

    engine.skip_incident(incident.id, by="dora", reason="done by phone", values={})

    assert elements(engine, case) == ["after"]


def test_called_case_that_ends_at_once_is_taken_over_in_the_same_command(engine):
    quick = CALLED.replace(b'<userTask id="inner" name="inner"/>', b"").replace(
        b'<sequenceFlow id="start_inner" sourceRef="start" targetRef="inner"/>', b""
    ).replace(b'sourceRef="inner"', b'sourceRef="start"')  # fmt: skip
    deploy(engine, quick, CALLING)

    case = engine.start_process("calling", by="dora")

    assert elements(engine, case) == ["after"]


def test_calls_that_never_end_are_stopped_by_an_incident(engine):
    deploy(engine, ENDLESS_BACK, ENDLESS)
    engine.start_process("endless", by="dora")

    (incident,) = engine.incidents(by="dora")
    assert "more than 20 levels" in incident.reason


def bound(binding):
    word = f'calledElement="called" camunda:calledElementBinding="{binding}"'
    return CALLING.replace(b'calledElement="called"', word.encode())


@pytest.mark.parametrize(("binding", "version"), [("latest", 2), ("deployment", 1)])
def test_call_is_bound_to_the_version_that_the_model_says(engine, binding, version):
    deploy(engine, CALLED, bound(binding), CALLED.replace(b'name="inner"', b'name="Inner"'))
    case = engine.start_process("calling", by="dora")

    definition = child_of(engine, case).definition_id
    assert engine.definition("called", version=version).id == definition


def test_step_that_fails_in_the_caller_is_an_incident_there_and_the_child_is_done(engine):
    stuck = CALLING.replace(
        b'<userTask id="after" name="after"/>',
        b'<userTask id="after" name="after"/><exclusiveGateway id="which"/>',
    ).replace(
        b'<sequenceFlow id="call_after" sourceRef="call" targetRef="after"/>',
        b'<sequenceFlow id="call_which" sourceRef="call" targetRef="which"/>'
        b'<sequenceFlow id="which_after" sourceRef="which" targetRef="after">'
        b"<conditionExpression>level == 1</conditionExpression></sequenceFlow>"
        b'<sequenceFlow id="which_end" sourceRef="which" targetRef="end">'
        b"<conditionExpression>level == 2</conditionExpression></sequenceFlow>",
    )
    deploy(engine, CALLED, stuck)
    case = engine.start_process("calling", by="dora", values={"level": 3})

    complete(engine, "inner")

    assert state(engine, child_of(engine, case)) is InstanceState.COMPLETED
    (incident,) = engine.incidents_of(case.id, by="dora")
    assert (incident.kind, incident.element_id) == ("return", "call")
    engine.retry_incident(incident.id, by="dora", values={"level": 1})
    assert elements(engine, case) == ["after"]
