"""``twinflow incidents``, ``message`` and ``signal``."""

from __future__ import annotations

import pytest

from engine.domain.identity import Role, User, UserId
from tests.engine.services.service_models import CALLED, CALLING, WAITS_FOR_ALARM, WAITS_FOR_PAYMENT
from web.cli.session import opened_engine

WHY = ("--reason", "asked by phone")


@pytest.fixture
def office(cli, monkeypatch):
    """The command line of Dora, who manages."""
    monkeypatch.setenv("TWINFLOW_USER", "dora")
    with opened_engine() as engine:
        engine.add_user(User(UserId("dora"), "Dora", frozenset(), frozenset({Role.MANAGER})))
        for model in (CALLING, WAITS_FOR_ALARM, WAITS_FOR_PAYMENT):
            engine.deploy(model, source="model.bpmn", forms={})
    return cli


@pytest.fixture
def incident(office) -> int:
    """The incident of a case whose called process is not deployed."""
    office("start", "calling")
    return int(office("incidents", "list", "--json").document[0]["id"])


def test_incidents_are_listed_with_their_reason(office, incident):
    listed = office("incidents", "list")

    assert "there is no process 'called'" in listed.out
    assert office("incidents", "list", "--resolved", "--json").document == []


def test_incident_is_retried_with_corrected_values(office, incident):
    with opened_engine() as engine:
        engine.deploy(CALLED, source="called.bpmn", forms={})

    told = office("incidents", "retry", incident, "--set", "amount=5", "--set", "name=Wang")

    assert (told.status, "is edited" in told.out) == (0, True)
    values = office("instance", 1, "--json").document["case"]["values"]
    assert values == {"amount": 5, "name": "Wang"}
    assert office("tasks", "--json").document[0]["element_id"] == "inner"


def test_incident_is_skipped_or_cancelled_with_a_reason(office, incident):
    assert office("incidents", "skip", incident).status == 2
    skipped = office("incidents", "skip", incident, *WHY, "--json")
    again = office("incidents", "cancel", incident, *WHY)

    assert skipped.document["resolution"] == "skipped"
    assert (again.status, "already skipped" in again.err) == (1, True)


def test_incident_is_cancelled_with_its_case(office, incident):
    office("incidents", "cancel", incident, *WHY)

    assert office("instance", 1, "--json").document["case"]["state"] == "cancelled"


def test_message_reaches_its_case(office):
    office("start", "order", "--set", "order=A1")

    sent = office("message", "send", "paid", "--key", "A1", "--set", "sum=7")

    assert "is delivered to case 1" in sent.out


def test_message_that_nobody_wants_is_listed_and_discarded(office):
    number = office("message", "send", "paid", "--key", "A9", "--json").document["message"]["id"]

    assert "A9" in office("message", "list", "--state", "waiting").out
    assert "is discarded" in office("message", "discard", number).out
    assert office("message", "list", "--state", "waiting", "--json").document == []


def test_message_is_brought_to_the_case_that_somebody_chose(office):
    for _ in range(2):
        office("start", "order", "--set", "order=A1")
    refused = office("message", "send", "paid", "--key", "A1")
    number = office("message", "send", "paid", "--key", "A2", "--json").document["message"]["id"]

    assert (refused.status, "2 receivers match key 'A1'" in refused.err) == (1, True)
    assert office("message", "deliver", number, "--to", 2).status == 1
    assert "is waiting" in office("message", "send", "paid", "--key", "A3").out


def test_copy_of_a_message_is_told(office):
    office("message", "send", "paid", "--key", "A1", "--id", "m1")

    assert "came before" in office("message", "send", "paid", "--key", "A1", "--id", "m1").out


def test_signal_tells_how_many_got_it(office):
    for _ in range(2):
        office("start", "guard")

    assert "is delivered: 2 receivers" in office("signal", "alarm", "--set", "where=ward 3").out
