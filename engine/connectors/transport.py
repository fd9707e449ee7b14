"""One HTTP request to one address: within a time, within a size, without redirects.

Not through a pool of connections: a call goes to the address that was checked for it, and
neither proxies, redirects nor compressed answers may lead it anywhere else.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from engine.connectors.call import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.client import HTTPResponse

    from engine.connectors.addresses import Target


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is asked of whom."""

    method: str
    target: Target
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may take in all, and how much it may answer."""

    timeout_s: float
    most_bytes: int


class _Connection(HTTPConnection):
    """A connection to the address that was checked, whatever its name means by now."""

    def __init__(self, target: Target, tls: ssl.SSLContext, deadline_s: float) -> None:
        super().__init__(target.host, target.port)
        self._target, self._tls, self._deadline_s = target, tls, deadline_s

    def connect(self) -> None:
        """Open the socket; over TLS the certificate must be the name's."""
        target = self._target
        self.sock = socket.create_connection((target.address, target.port), self._left_s())
        self.sock.settimeout(self._left_s())
        if target.scheme == "https":
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=target.host)
            self.sock.settimeout(self._left_s())

    def _left_s(self) -> float:
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s


@cache
def trusted_by_machine() -> ssl.SSLContext:
    """Return a context that trusts whom the machine trusts; to read that takes a tenth second."""
    return ssl.create_default_context()


def send(request: HttpRequest, limits: Limits, tls: ssl.SSLContext) -> HttpAnswer:
    """Send a request and return the answer; ServiceFailed if there is none to be had."""
    deadline_s = time.monotonic() + limits.timeout_s
    host = request.target.host
    connection = _Connection(request.target, tls, deadline_s)
    try:
        with closing(connection):
            connection.connect()
            with _shut_down_at(connection.sock, deadline_s):
                answer = _exchange(connection, request, limits.most_bytes)
            if time.monotonic() >= deadline_s:  # without a length, hanging up looks like the end
                raise TimeoutError
            return answer
    except ssl.SSLCertVerificationError as error:
        raise ServiceFailed(f"{host} shows no valid certificate: {error.verify_message}") from error
    except (OSError, HTTPException, ValueError) as error:
        if time.monotonic() >= deadline_s or isinstance(error, TimeoutError):
            reason = f"{host} did not answer within {limits.timeout_s:g} s"
            raise ServiceFailed(reason) from error
        words = str(error) or type(error).__name__
        raise ServiceFailed(f"{host} cannot be reached: {words}") from error


@contextmanager
def _shut_down_at(sock: socket.socket, deadline_s: float) -> Iterator[None]:
    """Hang up at the deadline: a timeout of the socket starts again with every byte."""

    def hang_up() -> None:
        with suppress(OSError):  # closed meanwhile
            # Not SSLSocket's own shutdown, which drops what another thread is reading with.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    watchdog = threading.Timer(max(0.0, deadline_s - time.monotonic()), hang_up)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _exchange(connection: _Connection, request: HttpRequest, most_bytes: int) -> HttpAnswer:
    headers = {
        "Host": request.target.authority,
        "Accept-Encoding": "identity",  # a small answer must not unpack into a large one
        "Connection": "close",
        **request.headers,
    }
    connection.request(request.method, request.target.path, request.body, headers)
    with closing(connection.getresponse()) as response:
        content = _content(response, most_bytes)
        found = {name.lower(): value for name, value in response.getheaders()}
    return HttpAnswer(response.status, found, content)


def _content(response: HTTPResponse, most_bytes: int) -> bytes:
    content = response.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ServiceFailed(f"the answer is longer than {most_bytes} bytes", is_permanent=True)
    if response.length:  # what is still to come, where the length was announced
        raise ConnectionResetError(f"the answer ended {response.length} bytes too early")
    return content
