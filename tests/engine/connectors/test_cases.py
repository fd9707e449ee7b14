from __future__ import annotations

import pytest

from engine.connectors.call import PublishedMessage, ServiceFailed, StartedProcess
from engine.connectors.cases import DEFAULT_TTL_S, PublishMessage, StartProcess
from tests.engine.connectors.builders import a_call


def test_start_process_asks_for_a_case():
    call = a_call("start_process", process="ticket", business_key="T-1", values={"a": 1})

    assert StartProcess().call(call).starts == (StartedProcess("ticket", "T-1", {"a": 1}),)


def test_start_process_leaves_the_business_key_to_the_engine():
    (start,) = StartProcess().call(a_call("start_process", process="ticket")).starts

    assert start == StartedProcess("ticket", None, {})


def test_publish_message_is_known_by_the_key_of_the_call():
    call = a_call("publish_message", name="paid", key=42)

    (message,) = PublishMessage().call(call).messages

    assert message == PublishedMessage("paid", "42", "job-7", {}, DEFAULT_TTL_S)


def test_publish_message_takes_values_an_id_and_a_time():
    call = a_call(
        "publish_message", name="paid", key="k", message_id="m", values='{"a": 1}', ttl_s="60"
    )

    (message,) = PublishMessage().call(call).messages

    assert message == PublishedMessage("paid", "k", "m", {"a": 1}, 60.0)


@pytest.mark.parametrize("ttl", [-1, 1e9, "nan", "inf"])
def test_publish_message_refuses_a_time_out_of_bounds(ttl):
    with pytest.raises(ServiceFailed, match="allowed: 0 to 31622400") as refused:
        PublishMessage().call(a_call("publish_message", name="paid", key="k", ttl_s=ttl))

    assert refused.value.is_permanent


@pytest.mark.parametrize(
    ("connector", "texts", "problems"),
    [
        (StartProcess(), {"process": "ticket"}, []),
        (StartProcess(), {"process": " "}, ["the input 'process' is missing"]),
        (PublishMessage(), {"name": "paid", "key": "=id", "ttl_s": "=hours * 3600"}, []),
        (
            PublishMessage(),
            {"name": "paid", "key": "k", "ttl_s": "-5"},
            ["the input 'ttl_s' is -5; allowed: 0 to 31622400"],
        ),
        (
            PublishMessage(),
            {"name": "paid", "key": "k", "ttl_s": "an hour"},
            ["the input 'ttl_s' must be a number, not 'an hour'"],
        ),
        (
            PublishMessage(),
            {"name": "paid", "key": "k", "correlation": "x"},
            ["there is no input 'correlation'; allowed: name, key, message_id, values, ttl_s"],
        ),
    ],
)
def test_check_finds_what_is_wrong_with_a_model(connector, texts, problems):
    assert connector.check(texts) == problems
