from __future__ import annotations

import socket
import time

import pytest

from engine.clock import FixedClock
from engine.connectors.addresses import HttpGuard, Target
from engine.connectors.call import ServiceFailed
from engine.connectors.http import HttpConnector
from engine.connectors.transport import HttpRequest, Limits, send, trusted_by_machine
from tests.engine.conftest import MONDAY
from tests.engine.connectors.builders import a_call, a_guard
from tests.engine.connectors.servers import http_service, raw_server

PATIENCE_S = 0.25
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def refusal(port, *, scheme="http", timeout_s=5.0, tls=None):
    target = Target(scheme, "service.test", port, "127.0.0.1", "/")
    with pytest.raises(ServiceFailed) as refused:
        send(HttpRequest("GET", target), Limits(timeout_s, 1000), tls or trusted_by_machine())
    return refused.value


def dripping(before, each=b"x"):
    """Send a byte now and then, so that a socket's own timeout never ends."""

    def talk(connection, over):
        connection.recv(1000)
        connection.sendall(before)
        for _ in range(200):
            if over.wait(0.02):
                return
            connection.sendall(each)

    return talk


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        HEAD + b"Content-Length: 900\r\n\r\n",
        HEAD + b"\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3e7\r\n",
    ],
    ids=["status", "header", "content", "content without a length", "chunk"],
)
def test_call_ends_in_time_though_bytes_keep_coming(before):
    with raw_server(dripping(before)) as port:
        began_s = time.monotonic()
        refused = refusal(port, timeout_s=PATIENCE_S)

    assert "did not answer within 0.25 s" in refused.reason
    assert not refused.is_permanent
    assert time.monotonic() - began_s < 10 * PATIENCE_S


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_call_ends_in_time_when_nothing_comes(scheme):
    with raw_server(lambda _connection, over: over.wait()) as port:
        refused = refusal(port, scheme=scheme, timeout_s=PATIENCE_S)

    assert "did not answer within 0.25 s" in refused.reason


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
        HEAD + b"Content-Length: 10\r\n\r\nshort",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab",
    ],
)
def test_answer_that_is_none_is_a_failure_to_try_again(answer):
    def talk(connection, _over):
        connection.recv(1000)
        connection.sendall(answer)

    with raw_server(talk) as port:
        refused = refusal(port)

    assert not refused.is_permanent
    assert refused.reason.startswith("service.test cannot be reached: ")


def test_server_that_is_down_is_a_failure_to_try_again():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert "refused" in refusal(port).reason


def test_name_that_means_another_machine_a_moment_later_gains_nothing():
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    def rebinding(_host, _port):
        return answers.pop(0)

    with http_service() as service:
        url = f"http://rebinding.test:{service.port}"
        guard = HttpGuard((url,), ("127.0.0.0/8",), resolver=rebinding)
        values = HttpConnector(guard, FixedClock(MONDAY)).call(a_call(url=url)).values

    assert values["status"] == 200
    assert len(answers) == 1  # it was asked for its address once
    assert service.asked[0].headers["host"] == f"rebinding.test:{service.port}"


def test_environment_names_no_proxy_for_a_call(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with http_service() as service:
        url = f"http://service.test:{service.port}"

        HttpConnector(a_guard(url), FixedClock(MONDAY)).call(a_call(url=url))

    assert len(service.asked) == 1


@pytest.fixture
def secure_service(server_tls):
    with http_service(server_tls) as service:
        yield service


def test_certificate_is_checked_against_the_name_not_the_address(secure_service, client_tls):
    url = f"https://service.test:{secure_service.port}"

    result = HttpConnector(a_guard(url), FixedClock(MONDAY), tls=client_tls).call(a_call(url=url))

    assert result.values["status"] == 200


def test_certificate_of_another_name_is_refused(secure_service, client_tls):
    url = f"https://other.test:{secure_service.port}"

    with pytest.raises(ServiceFailed, match="no valid certificate"):
        HttpConnector(a_guard(url), FixedClock(MONDAY), tls=client_tls).call(a_call(url=url))

    assert secure_service.asked == []


def test_certificate_that_nobody_vouches_for_is_refused(secure_service):
    refused = refusal(secure_service.port, scheme="https")

    assert "no valid certificate" in refused.reason
    assert secure_service.asked == []
