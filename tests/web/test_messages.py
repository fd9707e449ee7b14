"""Messages that found no receiver."""

from datetime import timedelta

import pytest

from engine.domain.message import MessageState
from tests.engine.services.service_models import WAITS_FOR_PAYMENT


@pytest.fixture
def lost(engine, clock):
    """A message for an order that nobody knows."""
    engine.deploy(WAITS_FOR_PAYMENT, source="order.bpmn", forms={})
    sent = engine.correlate(
        "paid", by="dora", key="9", values={"amount": 3}, ttl=timedelta(hours=1)
    )
    clock.advance(timedelta(hours=2))
    engine.sweep_messages()
    return sent.message


@pytest.fixture
def order(engine, lost):
    return engine.start_process("order", by="dora", business_key="O-1", values={"order": "9"})


def state(engine, message):
    return engine.message(message.id, by="dora").state


def test_messages_without_a_receiver_are_listed(dora, lost):
    page = dora.get("/problems/messages").text

    assert "Found no receiver" in page
    assert "paid" in page


def test_list_without_messages_says_so(dora):
    assert "Every message found its receiver" in dora.get("/problems/messages").text


def test_message_is_brought_to_a_case_that_waits(dora, engine, lost, order):
    answer = dora.post(f"/problems/messages/{lost.id}/delivery", case="o-1")

    assert answer.location == f"/cases/{order.id}"
    assert state(engine, lost) is MessageState.DELIVERED
    assert engine.instance(order.id, by="dora").values["amount"] == 3


@pytest.mark.parametrize("number", ["", "O-7", "O-2", "C-1"])
def test_case_that_does_not_wait_gets_no_message(dora, engine, lost, order, case, number):
    engine.start_process("order", by="dora", business_key="O-2", values={"order": "other"})
    answer = dora.post(f"/problems/messages/{lost.id}/delivery", case=number)

    assert answer.status_code == 422
    assert state(engine, lost) is MessageState.UNDELIVERED


def test_discarded_message_leaves_the_list(dora, engine, lost):
    dora.post(f"/problems/messages/{lost.id}/discard")

    assert state(engine, lost) is MessageState.DISCARDED
    assert "Every message found its receiver" in dora.get("/problems/messages").text


def test_staff_neither_deliver_nor_discard(alice, engine, lost):
    for path in ("delivery", "discard"):
        assert alice.post(f"/problems/messages/{lost.id}/{path}", case="C-1").status_code == 403
    assert state(engine, lost) is MessageState.UNDELIVERED


def test_case_says_for_which_message_it_waits(dora, order):
    assert "until the message “paid” comes" in dora.get(f"/cases/{order.id}").text
