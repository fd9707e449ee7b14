"""Servers on the loopback that a test starts, asks and stops."""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping


@dataclass
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class HttpService:
    """Answers every request with what was laid down, and remembers what it was asked."""

    status: int = 200
    content: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append(Asked(handler.command, handler.path, headers, handler.rfile.read(length)))
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(self.content)))
        handler.end_headers()
        if handler.command != "HEAD":
            with suppress(OSError):  # who asked may have heard enough
                handler.wfile.write(self.content)


@contextmanager
def http_service(tls: ssl.SSLContext | None = None) -> Iterator[HttpService]:
    service = HttpService()

    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            service.answer(self)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do  # noqa: N815

        def log_message(self, *_words: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_words: object) -> None:
            pass  # a client that refuses the certificate hangs up

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    service.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw_server(talk: Callable[[socket.socket, Event], None]) -> Iterator[int]:
    """Hand each connection to ``talk``, one after another, and give the port."""
    over = Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.02)

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection, suppress(OSError):
                connection.settimeout(5)
                talk(connection, over)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listener.close()


@dataclass
class SmtpService:
    """Takes mails as a server does; what it says to a command can be laid down."""

    tls: ssl.SSLContext | None = None  # offered by STARTTLS, or begun with
    is_encrypted_at_once: bool = False
    port: int = 0
    replies: dict[str, str] = field(default_factory=dict)  # by command, "DATA." for its end
    mails: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    def talk(self, connection: socket.socket, _over: Event) -> None:
        self.connections += 1
        if self.tls and self.is_encrypted_at_once:
            connection = self.tls.wrap_socket(connection, server_side=True)
        connection.sendall(b"220 mail.test\r\n")
        while self._converse(connection):
            assert self.tls is not None
            connection = self.tls.wrap_socket(connection, server_side=True)
        connection.close()

    def _converse(self, connection: socket.socket) -> bool:
        """Answer commands; return whether the line is to be encrypted from here on."""
        lines = connection.makefile("rb")
        for line in lines:
            self.commands.append(line.decode().strip())
            command = line.split()[0].decode().upper()
            reply = self._reply(command)
            if reply == "hang up":
                return False
            connection.sendall(f"{reply}\r\n".encode())
            if command in {"QUIT", "STARTTLS"}:
                return command == "STARTTLS"
            if command == "DATA" and reply.startswith("354"):
                content = b"".join(iter(lines.readline, b".\r\n"))
                reply = self.replies.get("DATA.", "250 taken over")
                if reply.startswith("250"):
                    self.mails.append(content)
                connection.sendall(f"{reply}\r\n".encode())
        return False

    def _reply(self, command: str) -> str:
        offers = "250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN" if self.tls else "250 ok"
        usual = {
            "EHLO": offers,
            "DATA": "354 go on",
            "QUIT": "221 bye",
            "STARTTLS": "220 go on",
            "AUTH": "235 welcome",
        }
        return self.replies.get(command, usual.get(command, "250 ok"))


@contextmanager
def smtp_service(
    tls: ssl.SSLContext | None = None, *, is_encrypted_at_once: bool = False
) -> Iterator[SmtpService]:
    service = SmtpService(tls, is_encrypted_at_once)
    with raw_server(service.talk) as service.port:
        yield service
