"""Personal values on their way: to services, to called cases, and corrected by an operator."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.connectors.call import BusinessError, CallResult, ServiceFailed
from engine.domain.identity import Role, User, UserId
from engine.domain.vault import reference
from engine.store.tables import instance, vault
from tests.engine.models import END, START, a_model, a_user_task
from tests.engine.services.service_models import (
    ASKING,
    CALLED,
    CALLING,
    DEFINITIONS,
    REFUSING,
    with_definitions,
)
from tests.engine.services.test_vault import CANARY
from tests.engine.services.vault_probes import everything_but, stored

FORM = {"components": [{"key": "amount", "type": "textfield", "personal": True}]}


def start(engine, model, key, *others):
    for xml in (*others, model.replace(b'id="start"', b'id="start" camunda:formKey="who"', 1)):
        forms = {"who": FORM} if b"formKey" in xml else {}
        engine.deploy(xml, source="x.bpmn", forms=forms)
    engine.add_user(User(UserId("erin"), "Erin", frozenset(), frozenset({Role.QUALITY})))
    return engine.start_process(key, by="dora", values={"amount": CANARY})


@pytest.fixture
def case(engine):
    return start(engine, ASKING, "asking")


def test_service_is_given_the_value_and_the_job_holds_the_reference(engine, fake, case):
    assert CANARY not in everything_but(engine, vault)

    engine.call_due_services()

    assert fake.calls[0].inputs["amount"] == CANARY


def test_value_that_a_service_gives_back_for_it_goes_into_the_vault(engine, fake, case):
    fake.answers.append(CallResult({"amount": f"{CANARY} the elder"}))

    engine.call_due_services()

    assert CANARY not in everything_but(engine, vault)
    assert engine.instance(case.id, by="dora").values["amount"] == f"{CANARY} the elder"


def test_failure_of_a_service_does_not_quote_the_value(engine, fake, case):
    fake.answers.append(ServiceFailed(f"no such patient: {CANARY}", is_permanent=True))

    engine.call_due_services()

    (incident,) = engine.incidents_of(case.id, by="dora")
    assert incident.reason == "no such patient: [erased]"
    assert CANARY not in everything_but(engine, vault)


def test_business_error_does_not_quote_the_value(engine, fake):
    case = start(engine, REFUSING, "refusing")
    fake.answers.append(BusinessError("no_stock", f"none for {CANARY}"))

    engine.call_due_services()

    values = engine.instance(case.id, by="dora").values
    assert values["error_message"] == "none for [erased]"


def test_value_that_an_operator_corrects_goes_into_the_vault(engine, fake, case):
    fake.answers.append(ServiceFailed("down", is_permanent=True))
    engine.call_due_services()
    (incident,) = engine.incidents_of(case.id, by="dora")

    engine.retry_incident(incident.id, by="dora", values={"amount": f"{CANARY} jr"})
    engine.call_due_services()

    assert CANARY not in everything_but(engine, vault)
    assert fake.calls[-1].inputs["amount"] == f"{CANARY} jr"


def test_called_case_shares_the_reference_and_is_erased_with_its_caller(engine):
    case = start(engine, CALLING, "calling", CALLED)
    (child,) = engine.called_instances(case.id, by="dora")
    assert child.values["amount"] == CANARY
    held = stored(engine, sa.select(instance.c.case_values))
    assert all("$vault" in text for (text,) in held)

    erased = engine.erase_case_values(child.id, by="erin", reason="asked")

    assert erased.instance_ids == (case.id, child.id)
    assert engine.called_instances(case.id, by="dora")[0].values["amount"] is None
    assert CANARY not in everything_but(engine)


def test_system_sees_references(engine):
    model = a_model("plain", [START, a_user_task("a"), END], ["start a", "a end"])
    model = model.replace(b'id="start"', b'id="start" camunda:formKey="who"', 1)
    engine.deploy(model, source="x.bpmn", forms={"who": FORM})

    case = engine.start_process("plain", by=None, values={"amount": CANARY})

    assert reference(case.values["amount"]) is not None


def test_message_that_brings_a_new_value_brings_it_into_the_vault(engine):
    receive = '<receiveTask id="wait" messageRef="paid"/>'
    model = a_model("waiting_case", [START, receive, a_user_task("a"), END],
        ["start wait", "wait a", "a end"])  # fmt: skip
    case = start(engine, with_definitions(model, DEFINITIONS["message"]), "waiting_case")

    engine.correlate("paid", values={"amount": f"{CANARY} jr"}, by="dora")

    assert engine.instance(case.id, by="dora").values["amount"] == f"{CANARY} jr"
    assert CANARY not in str(stored(engine, sa.select(instance.c.case_values)))
