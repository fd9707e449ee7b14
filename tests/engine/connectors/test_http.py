from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import orjson
import pytest

from engine.clock import FixedClock
from engine.connectors.call import BusinessError, ServiceFailed
from engine.connectors.http import LONGEST_WAIT_S, MOST_BYTES, HttpConnector
from tests.engine.conftest import MONDAY
from tests.engine.connectors.builders import a_call, a_guard
from tests.engine.connectors.servers import http_service

CONTROL_CHARACTERS = ["\r\nX-Evil: 1", "\n", "\r", "\x00", "\x1b[0m", "\x7f", "\u2028", "é", "€"]


@pytest.fixture(scope="module")
def running():
    with http_service() as service:
        yield service


@pytest.fixture
def service(running):
    """A server that answers {} unless told otherwise."""
    running.status, running.content = 200, b"{}"
    running.headers = {"Content-Type": "application/json"}
    running.asked.clear()
    return running


@pytest.fixture
def ask(service):
    """Call the server through the connector."""
    guard = a_guard(f"http://service.test:{service.port}")
    connector = HttpConnector(guard, FixedClock(MONDAY), secrets={"CRM": "Bearer abc"})

    def ask(**inputs):
        url = f"http://service.test:{service.port}{inputs.pop('path', '/')}"
        return connector.call(a_call(url=url, **inputs)).values

    return ask


def refusal(ask, **inputs):
    with pytest.raises(ServiceFailed) as refused:
        ask(**inputs)
    return refused.value


def test_http_sends_and_receives_json(ask, service):
    service.content = '{"名": "Alice", "age": 7}'.encode()

    values = ask(path="/people?kind=a", body={"名": "Alice"})

    (asked,) = service.asked
    assert values == {"status": 200, "body": {"名": "Alice", "age": 7}}
    assert (asked.method, asked.path) == ("POST", "/people?kind=a")
    assert orjson.loads(asked.body) == {"名": "Alice"}


def test_http_names_the_host_and_the_key_of_the_call(ask, service):
    ask(body=[1])

    headers = service.asked[0].headers
    assert headers["host"] == f"service.test:{service.port}"
    assert headers["idempotency-key"] == "job-7"
    assert headers["content-type"] == "application/json"


def test_key_of_a_call_may_hold_any_letter(service):
    connector = HttpConnector(a_guard(f"http://service.test:{service.port}"), FixedClock(MONDAY))
    call = a_call(url=f"http://service.test:{service.port}/")

    connector.call(replace(call, idempotency_key="7/询问\r\nX: y"))

    assert service.asked[0].headers["idempotency-key"] == "7/%E8%AF%A2%E9%97%AE%0D%0AX:%20y"


def test_http_asks_by_get_when_there_is_nothing_to_send(ask, service):
    ask(query={"q": "a b&c", "n": 1, "list": [1]})

    assert service.asked[0].method == "GET"
    assert service.asked[0].path == "/?q=a+b%26c&n=1&list=%5B1%5D"


def test_http_adds_to_a_query_that_is_there(ask, service):
    ask(path="/x?a=1#part", query={"b": "2"})

    assert service.asked[0].path == "/x?a=1&b=2"


def test_http_sends_headers_and_replaces_its_own(ask, service):
    ask(headers={"X-Number": 7, "accept": "text/plain"}, authorization="CRM")

    headers = service.asked[0].headers
    assert (headers["x-number"], headers["accept"]) == ("7", "text/plain")
    assert headers["authorization"] == "Bearer abc"


def test_http_reads_a_text_in_its_character_set(ask, service):
    service.headers = {"Content-Type": "text/plain; charset=gb18030"}
    service.content = "申请".encode("gb18030")

    assert ask()["body"] == "申请"


def test_http_reads_an_empty_answer_as_none(ask, service):
    service.status, service.content = 204, b""

    assert ask(method="DELETE") == {"status": 204, "body": None}
    assert ask(method="HEAD")["body"] is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_http_tries_again_when_that_may_help(ask, service, status):
    service.status = status

    refused = refusal(ask)

    assert (refused.is_permanent, refused.retry_after_s) == (False, None)
    assert str(status) in refused.reason


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 422])
def test_http_gives_up_when_the_request_is_wrong(ask, service, status):
    service.status, service.headers = status, {"Retry-After": "5"}

    refused = refusal(ask)

    assert (refused.is_permanent, refused.retry_after_s) == (True, None)


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        ("120", 120.0),
        ("0", 0.0),
        (format_datetime(MONDAY + timedelta(minutes=3), usegmt=True), 180.0),
        (format_datetime(MONDAY - timedelta(minutes=3), usegmt=True), 0.0),
        ("99999999999999999999", LONGEST_WAIT_S),
        ("soon", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_http_waits_as_long_as_it_is_told(ask, service, text, wait_s):
    service.status, service.headers = 503, {"Retry-After": text}

    assert refusal(ask).retry_after_s == wait_s


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_http_follows_no_redirect(ask, service, status):
    service.status = status
    service.headers = {"Location": f"http://service.test:{service.port}/other"}

    refused = refusal(ask)

    assert refused.is_permanent
    assert "redirects are not followed" in refused.reason
    assert len(service.asked) == 1


def test_http_turns_a_status_of_the_model_into_a_bpmn_error(ask, service):
    service.status, service.content = 404, b'{"why": "unknown"}'

    with pytest.raises(BusinessError) as raised:
        ask(errors='{"404": "NO_PATIENT"}')

    assert raised.value.code == "NO_PATIENT"
    assert raised.value.values == {"status": 404, "body": {"why": "unknown"}}


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("application/json", b"{", "no JSON"),
        ("application/json", b"[" * 100_000, "no JSON"),
        ("application/json", b'{"a": NaN}', "no JSON"),
        ("text/plain; charset=utf-8", b"\xff", "no text"),
        ("text/plain; charset=klingon", b"x", "no text"),
        ("application/pdf", b"%PDF", "of the type application/pdf"),
    ],
)
def test_http_says_what_it_cannot_read(ask, service, kind, content, reason):
    service.headers, service.content = {"Content-Type": kind}, content

    refused = refusal(ask)

    assert refused.is_permanent
    assert reason in refused.reason


def test_http_unpacks_nothing(ask, service):
    service.headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}

    assert "compressed" in refusal(ask).reason
    assert service.asked[0].headers["accept-encoding"] == "identity"


def test_http_reads_an_answer_up_to_its_limit_and_none_beyond(ask, service):
    service.content = b'"' + b"x" * (MOST_BYTES - 2) + b'"'
    assert len(ask()["body"]) == MOST_BYTES - 2

    service.content += b" "

    assert f"longer than {MOST_BYTES} bytes" in refusal(ask).reason


@pytest.mark.parametrize("text", CONTROL_CHARACTERS)
def test_http_refuses_what_would_break_out_of_a_header(ask, service, text):
    assert refusal(ask, headers={"X-Name": f"a{text}"}).is_permanent
    assert refusal(ask, headers={f"X-Name{text}": "a"}).is_permanent

    assert service.asked == []


@pytest.mark.parametrize("path", ["/\r\nX-Evil: 1", "/ HTTP/1.1", "/\t", "/\x00", "/\\evil"])
def test_http_refuses_what_would_break_out_of_the_request_line(ask, service, path):
    assert refusal(ask, path=path).is_permanent

    assert service.asked == []


@pytest.mark.parametrize(
    "name", ["Host", "Content-Length", "transfer-encoding", "Connection", "Idempotency-Key", ""]
)
def test_http_refuses_headers_that_are_its_own(ask, service, name):
    assert "may not hold" in refusal(ask, headers={name: "1"}).reason

    assert service.asked == []


def test_http_never_sends_a_template_to_be_evaluated(ask, service):
    ask(path="/{{7*7}}", body="{0.__class__}")

    assert service.asked[0].path == "/%7B%7B7*7%7D%7D"
    assert orjson.loads(service.asked[0].body) == "{0.__class__}"


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"method": "TRACE"}, "allowed: GET, POST"),
        ({"errors": {"4O4": "X"}}, "'errors' has '4O4': 'X'; allowed: a status and a code"),
        ({"errors": {"404": None}}, "'errors' has '404': None"),
        ({"authorization": "NOBODY"}, "TWINFLOW_HTTP_SECRET_NOBODY is not set"),
        ({"body": 2**70}, "no JSON"),
        ({"verb": "GET"}, "'verb' unknown"),
        ({"headers": "Accept: x"}, "must be a JSON object"),
    ],
)
def test_http_refuses_inputs_in_words(ask, service, inputs, reason):
    refused = refusal(ask, **inputs)

    assert refused.is_permanent
    assert reason in refused.reason
    assert service.asked == []


def test_check_finds_what_is_wrong_with_a_model():
    connector = HttpConnector(a_guard("api.example.org"), FixedClock(MONDAY), secrets={"CRM": "x"})

    assert connector.check({"url": "https://api.example.org/", "authorization": "CRM"}) == []
    assert connector.check({"url": "${base}/x", "authorization": "=secret"}) == []
    assert connector.check({}) == ["the input 'url' is missing"]
    assert connector.check({"url": "https://evil.test/", "authorization": "ERP"}) == [
        "https://evil.test:443 is not on TWINFLOW_HTTP_ALLOW",
        "the input 'authorization' names 'ERP', but TWINFLOW_HTTP_SECRET_ERP is not set",
    ]


@pytest.mark.parametrize(
    ("name", "text", "problems"),
    [
        ("headers", '{"Accept": "text/plain"}', []),
        ("headers", '=if a then {"Host": "x"} else b', []),
        ("headers", '{"Host": "evil.test"}', ["the input 'headers' may not hold 'Host'"]),
        ("headers", "Accept", ["the input 'headers' must be a JSON object, not 'Accept'"]),
        ("errors", '{"404": "NO_PATIENT"}', []),
        (
            "errors",
            '{"no": "X"}',
            ["the input 'errors' has 'no': 'X'; allowed: a status and a code"],
        ),
    ],
)
def test_check_reads_objects_that_are_written_out(name, text, problems):
    connector = HttpConnector(a_guard("api.example.org"), FixedClock(MONDAY))

    assert connector.check({"url": "https://api.example.org/", name: text}) == problems
