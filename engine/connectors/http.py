"""The connector "http": asks another system, in JSON.

What the answer means: 2xx is a result; a status named in the input ``errors`` is a BPMN error;
408, 425, 429 and 5xx are tried again, when ``Retry-After`` says if it does; anything else fails
for good, as the same request would fail again.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import orjson

from engine.connectors import transport
from engine.connectors.call import BusinessError, CallResult, ServiceFailed
from engine.connectors.inputs import Input, Inputs, Kind, is_expression, object_of, text_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from engine.clock import Clock
    from engine.connectors.addresses import HttpGuard
    from engine.connectors.call import ServiceCall
    from engine.connectors.transport import HttpAnswer

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
MOST_BYTES = 1_000_000
LONGEST_WAIT_S = 86_400.0
TRY_AGAIN = frozenset({408, 425, 429})
# What the connector writes itself, or what would change where the request ends (RFC 9112, 11).
OWN_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "idempotency-key",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{0,4000}")
_STATUS = re.compile(r"[1-5]\d\d")


class HttpConnector:
    """Calls a host of the allow list."""

    name = "http"
    inputs = Inputs(
        Input("url", is_required=True),
        Input("method", choices=METHODS),
        Input("headers", Kind.OBJECT),
        Input("query", Kind.OBJECT),
        Input("body", Kind.ANY),
        Input("authorization"),  # the name of a secret
        Input("errors", Kind.OBJECT),  # status → code of a BPMN error
    )

    def __init__(
        self,
        guard: HttpGuard,
        clock: Clock,
        *,
        secrets: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard, self._clock = guard, clock
        self._secrets = dict(secrets or {})
        self._tls = tls

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the inputs of a model, in words."""
        found = self.inputs.problems(inputs)
        url, secret = inputs.get("url", "").strip(), inputs.get("authorization", "").strip()
        if url and not is_expression(url):
            problem = self._guard.problem(url)
            found += [problem] if problem else []
        if secret and not is_expression(secret) and secret not in self._secrets:
            found.append(_no_secret(secret))
        return found or _literal_problems(inputs)

    def call(self, call: ServiceCall) -> CallResult:
        """Send the request; the values are the ``status`` and the ``body`` of the answer."""
        given = self.inputs.read(call.inputs)
        errors = _codes(object_of(given, "errors"))
        request = self._request(given, call.idempotency_key)
        limits = transport.Limits(call.timeout_s, MOST_BYTES)
        answer = transport.send(request, limits, self._tls or transport.trusted_by_machine())
        if answer.status in errors:
            code, host = errors[answer.status], request.target.host
            raise BusinessError(code, f"{host} answers {answer.status}", _values(answer))
        self._ensure_success(answer, request.target.host)
        return CallResult(_values(answer))

    def _request(self, given: Mapping[str, object], key: str) -> transport.HttpRequest:
        body = _encoded(given["body"]) if "body" in given else None
        headers = {"Accept": "application/json", "Idempotency-Key": quote(key, safe="/:")}
        if body is not None:
            headers["Content-Type"] = "application/json"
        headers |= _headers(object_of(given, "headers"), {name.lower(): name for name in headers})
        if "authorization" in given:
            headers["Authorization"] = self._secret(text_of(given, "authorization"))
        method = text_of(given, "method", "GET" if body is None else "POST")
        target = self._guard.target(_with_query(text_of(given, "url"), object_of(given, "query")))
        return transport.HttpRequest(method, target, headers, body)

    def _secret(self, name: str) -> str:
        if name not in self._secrets:
            raise ServiceFailed(_no_secret(name), is_permanent=True)
        return _header_value("Authorization", self._secrets[name])

    def _ensure_success(self, answer: HttpAnswer, host: str) -> None:
        if 200 <= answer.status < 300:
            return
        reason = f"{host} answers {answer.status}"
        if 300 <= answer.status < 400:
            reason += "; redirects are not followed, write the new address into the model"
        may_help = answer.status in TRY_AGAIN or answer.status >= 500
        wait_s = self._retry_after_s(answer.headers.get("retry-after", "")) if may_help else None
        raise ServiceFailed(reason, is_permanent=not may_help, retry_after_s=wait_s)

    def _retry_after_s(self, text: str) -> float | None:
        """Read Retry-After, seconds or a date (RFC 9110, 10.2.3); nonsense counts as none."""
        if text.isascii() and text.isdigit():
            return min(float(text[:9]), LONGEST_WAIT_S)
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        at = at.replace(tzinfo=at.tzinfo or UTC)
        wait_s = (at - self._clock.now()).total_seconds()
        return min(max(wait_s, 0.0), LONGEST_WAIT_S)


def _literal_problems(texts: Mapping[str, str]) -> list[str]:
    """Return what is wrong with headers and errors that are written out in the model."""
    literal = {
        name: text
        for name, text in texts.items()
        if name in {"headers", "errors"} and text.strip() and not is_expression(text.strip())
    }
    try:
        _headers(orjson.loads(literal.get("headers", "{}")), {})
        _codes(orjson.loads(literal.get("errors", "{}")))
    except ServiceFailed as problem:
        return [problem.reason]
    return []


def _no_secret(name: str) -> str:
    return f"the input 'authorization' names {name!r}, but TWINFLOW_HTTP_SECRET_{name} is not set"


def _codes(given: Mapping[str, object]) -> dict[int, str]:
    """Return the codes of BPMN errors by the status that means them."""
    for status, code in given.items():
        if not (_STATUS.fullmatch(status) and isinstance(code, str) and code):
            reason = f"the input 'errors' has {status!r}: {code!r}; allowed: a status and a code"
            raise ServiceFailed(reason, is_permanent=True)
    return {int(status): str(code) for status, code in given.items()}


def _headers(given: Mapping[str, object], own: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a model; what is already there is replaced, not doubled."""
    headers = {}
    for name, value in given.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in OWN_HEADERS:
            reason = f"the input 'headers' may not hold {name!r}"
            raise ServiceFailed(reason, is_permanent=True)
        headers[own.get(name.lower(), name)] = _header_value(name, value)
    return headers


def _header_value(name: str, value: object) -> str:
    text = _text(value)
    if not _HEADER_VALUE.fullmatch(text):
        reason = f"the header {name!r} must be one line of ASCII, at most 4000 characters"
        raise ServiceFailed(reason, is_permanent=True)
    return text


def _text(value: object) -> str:
    return value if isinstance(value, str) else _encoded(value).decode()


def _encoded(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise ServiceFailed(f"an input is no JSON: {error}", is_permanent=True) from error


def _with_query(url: str, query: Mapping[str, object]) -> str:
    if not query:
        return url
    pairs = [(name, _text(value)) for name, value in query.items()]
    base = url.partition("#")[0]
    return f"{base}{'&' if '?' in base else '?'}{urlencode(pairs)}"


def _values(answer: HttpAnswer) -> dict[str, object]:
    return {"status": answer.status, "body": _body(answer)}


def _body(answer: HttpAnswer) -> object:
    """Return the body as JSON or text, whichever it says it is."""
    if not answer.content:
        return None
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise _unreadable("compressed, though that was not asked for")
    header = Message()
    header["content-type"] = answer.headers.get("content-type", "text/plain")
    kind = header.get_content_type()
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return orjson.loads(answer.content)
        except orjson.JSONDecodeError as error:
            raise _unreadable(f"no JSON: {error}") from error
    if not kind.startswith("text/"):
        raise _unreadable(f"of the type {kind}; JSON and text can be kept")
    try:
        return answer.content.decode(header.get_content_charset("utf-8"))
    except (UnicodeDecodeError, LookupError) as error:
        raise _unreadable(f"no text: {error}") from error


def _unreadable(reason: str) -> ServiceFailed:
    return ServiceFailed(f"the answer is {reason}", is_permanent=True)
