from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.connectors.call import CallResult, PublishedMessage
from engine.domain.message import MessageState
from engine.errors import AmbiguousMessage, InvalidForm, NotAllowed, NotFound
from engine.services.follower import QuickFollower
from tests.engine.services.service_models import (
    ASKING,
    STARTED_BY_MESSAGE,
    WAITS_FOR_PAYMENT,
)

HOUR = timedelta(hours=1)


def do_nothing(*_):
    """As if the process had ended before it could follow its command."""


def elements(engine, case):
    return [task.element_id for task in engine.open_tasks(case.id, by="dora")]


@pytest.fixture
def orders(engine):
    """Starts a case that waits for the payment of an order."""
    engine.deploy(WAITS_FOR_PAYMENT, source="order.bpmn", forms={})
    return lambda number: engine.start_process("order", by="dora", values={"order": number})


def test_message_reaches_the_one_case_of_its_key(engine, orders):
    first, second = orders("A1"), orders("A2")

    sent = engine.correlate("paid", by="dora", key="A2", values={"sum": 7})

    assert (sent.message.state, sent.message.receiver_id) == ("delivered", second.id)
    assert [elements(engine, case) for case in (first, second)] == [[], ["ship"]]
    assert engine.instance(second.id, by="dora").values["sum"] == 7


def test_message_that_comes_early_waits_for_its_receiver(engine, orders):
    sent = engine.correlate("paid", by=None, key="A1")

    case = orders("A1")

    assert sent.message.state is MessageState.WAITING
    assert elements(engine, case) == ["ship"]
    assert engine.message(sent.message.id, by="dora").receiver_id == case.id


def test_message_that_nobody_wants_is_listed_when_its_time_is_over(engine, orders, clock):
    engine.correlate("paid", by="dora", key="A1", ttl=HOUR)
    clock.advance(HOUR - timedelta(seconds=1))
    engine.sweep_messages()
    assert engine.messages(by="dora") == []
    clock.advance(timedelta(seconds=1))

    assert engine.sweep_messages() == 1

    assert [message.key for message in engine.messages(by="dora")] == ["A1"]
    assert elements(engine, orders("A1")) == []


def test_message_with_the_same_id_comes_once(engine, orders):
    case = orders("A1")
    one = engine.correlate("paid", by="dora", key="A1", message_id="m1", values={"n": 1})
    again = engine.correlate("paid", by="dora", key="A1", message_id="m1", values={"n": 2})

    assert (one.is_duplicate, again.is_duplicate) == (False, True)
    assert again.message.receiver_id == case.id
    assert engine.instance(case.id, by="dora").values["n"] == 1


def test_message_with_the_same_id_comes_once_when_sent_at_once(engine, orders):
    orders("A1")
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(
                lambda _: engine.correlate("paid", by="dora", key="A1", message_id="m1"), range(4)
            )
        )

    assert sorted(answer.is_duplicate for answer in answers) == [False, True, True, True]


def test_message_for_two_cases_is_refused_and_nobody_gets_it(engine, orders):
    first, second = orders("A1"), orders("A1")

    with pytest.raises(AmbiguousMessage, match="2 receivers match key 'A1'"):
        engine.correlate("paid", by="dora", key="A1")

    assert [elements(engine, case) for case in (first, second)] == [[], []]
    assert engine.messages(by="dora", state=MessageState.WAITING) == []


def test_message_that_waits_for_two_is_left_to_an_operator(engine, orders, monkeypatch):
    sent = engine.correlate("paid", by=None, key="A1")
    monkeypatch.setattr(QuickFollower, "deliver_early", do_nothing)
    first, second = orders("A1"), orders("A1")
    engine.sweep_messages()

    (stranded,) = engine.messages(by="dora")
    assert "2 receivers" in stranded.last_error
    engine.deliver_message(sent.message.id, second.id, by="dora")

    assert [elements(engine, case) for case in (first, second)] == [[], ["ship"]]


def test_message_without_key_reaches_the_only_one_who_waits(engine, orders):
    case = orders("A1")

    engine.correlate("paid", by="dora")

    assert elements(engine, case) == ["ship"]


def test_message_is_delivered_by_the_worker_when_the_process_ended_before(
    engine, orders, monkeypatch
):
    monkeypatch.setattr(QuickFollower, "deliver_early", do_nothing)  # as after kill -9
    engine.correlate("paid", by=None, key="A1")
    case = orders("A1")
    assert elements(engine, case) == []

    assert engine.sweep_messages() == 1

    assert elements(engine, case) == ["ship"]


def test_message_starts_a_case_of_the_newest_version_only(engine):
    engine.deploy(STARTED_BY_MESSAGE, source="complaint.bpmn", forms={})
    newer = STARTED_BY_MESSAGE.replace(b'name="read"', b'name="Read"')
    engine.deploy(newer, source="complaint.bpmn", forms={})

    sent = engine.correlate("paid", by="dora", key="A1", values={"text": "late"})

    (case,) = engine.instances(by="dora", process_key="complaint")
    assert sent.message.receiver_id == case.id
    assert engine.definition("complaint").id == case.definition_id
    assert case.values == {"text": "late"}


def test_message_prefers_a_case_that_waits_to_a_new_one(engine, orders):
    engine.deploy(STARTED_BY_MESSAGE, source="complaint.bpmn", forms={})
    case = orders("A1")

    engine.correlate("paid", by="dora", key="A1")

    assert elements(engine, case) == ["ship"]
    assert engine.instances(by="dora", process_key="complaint") == []


def test_message_of_a_connector_is_sent_once_with_the_result(engine, fake, orders):
    case = orders("A1")
    engine.deploy(ASKING, source="asking.bpmn", forms={})
    engine.start_process("asking", by="dora")
    fake.answers.append(CallResult(messages=(PublishedMessage("paid", "A1", "m1", {}, 60.0),)))

    engine.call_due_services()

    assert elements(engine, case) == ["ship"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "n" * 201},
        {"name": "a", "key": "k" * 201},
        {"name": "a", "ttl": timedelta(days=999)},
        {"name": "a", "values": {"a b": 1}},
    ],
)
def test_message_is_checked_before_it_is_sent(engine, wrong):
    with pytest.raises(InvalidForm):
        engine.correlate(by="dora", **wrong)


def test_messages_are_sent_by_managers(engine):
    with pytest.raises(NotAllowed):
        engine.correlate("paid", by="alice")


def test_message_can_be_discarded_once(engine):
    sent = engine.correlate("paid", by="dora", key="A1")

    discarded = engine.discard_message(sent.message.id, by="dora")

    assert discarded.state is MessageState.DISCARDED
    with pytest.raises(NotFound):
        engine.discard_message(sent.message.id, by="dora")


def test_delivered_messages_are_forgotten_after_a_month(engine, orders, clock):
    orders("A1")
    sent = engine.correlate("paid", by="dora", key="A1")
    clock.advance(timedelta(days=31))

    assert engine.forget_old_messages() == 1
    with pytest.raises(NotFound):
        engine.message(sent.message.id, by="dora")


def test_command_is_not_undone_by_a_delivery_that_fails(engine, orders, monkeypatch, caplog):
    engine.correlate("paid", by=None, key="A1")
    monkeypatch.setattr("engine.services.delivery.deliver_waiting", lambda *_: 1 / 0)

    case = orders("A1")

    assert engine.instance(case.id, by="dora").ended_at is None
    assert "left to the worker" in caplog.text
    monkeypatch.undo()
    assert engine.sweep_messages() == 1
    assert elements(engine, case) == ["ship"]
