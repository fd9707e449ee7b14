"""Script tasks: checked when a model is deployed, run in a process of their own.

check_script(text)                 raises InvalidScript with the line
ScriptRunner(…).run(text, values)  -> the values that are new or changed, or ScriptFailed

A script is a piece of Python without imports, classes, files or network
(``script_language``, ``script_guards``). It runs in a jailed fork (``script_jail``) of a warm
child process (``script_child``), within limits of time, memory and output.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from engine.expressions.script_child import LENGTH
from engine.expressions.script_errors import InvalidScript, ScriptFailed, ScriptsDisabled
from engine.expressions.script_language import compile_script

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = [
    "InvalidScript",
    "ScriptFailed",
    "ScriptLimits",
    "ScriptRunner",
    "ScriptsDisabled",
    "check_script",
    "is_enabled",
]
SETTING = "TWINFLOW_SCRIPTS"
MOST_AT_ONCE = 4
START_WITHIN_S = 30.0
LARGEST_INPUT_BYTES = 5_000_000
_ROOT = Path(__file__).resolve().parents[2]
# -I: neither the environment nor the working directory decides what is imported.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from engine.expressions.script_child import main; main()"
)


@dataclass(frozen=True, slots=True)
class ScriptLimits:
    """What one run of a script may use."""

    cpu_s: float = 1.0
    wall_s: float = 1.5
    memory_mb: int = 256
    output_bytes: int = 1_000_000


def check_script(text: str) -> None:
    """Return if the text is a script that may be deployed, or raise InvalidScript."""
    compile_script(text)


def is_enabled(environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether TWINFLOW_SCRIPTS lets scripts run; without it they run."""
    given = (os.environ if environment is None else environment).get(SETTING, "on")
    if given not in {"on", "off"}:
        raise ValueError(f"{SETTING} is {given!r}; allowed: on, off")
    return given == "on"


def _changes(reply: bytes) -> dict[str, object]:
    """Return the values of a reply; what comes out of the jail is not trusted."""
    try:
        answer = json.loads(reply)
    except ValueError:
        answer = None
    match answer:
        case {"values": dict() as changed}:
            return changed
        case {"failed": str() as reason, "line": int() | None as line}:
            raise ScriptFailed(reason, line=line)
    raise ScriptFailed("left no result")


class _ChildGoneError(Exception):
    """The child process has ended."""


class _WallTimeError(Exception):
    """The child process did not answer in time."""


class _Child:
    """One warm process, used by one thread at a time."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.has_answered = False
        self._process = subprocess.Popen(  # noqa: S603 - our own Python and our own code
            [sys.executable, "-I", "-c", _START, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={},  # no password of the engine's environment is in this process
            cwd="/",
            start_new_session=True,  # killed together with its forks
            bufsize=0,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("both pipes were asked for")
        self._to, self._from = self._process.stdin, self._process.stdout
        try:
            self._read(1, time.monotonic() + START_WITHIN_S)
        except (_ChildGoneError, _WallTimeError):
            self.end()
            raise ScriptFailed("the process that runs scripts does not start") from None

    def ask(self, request: bytes, *, within_s: float) -> bytes:
        """Send a request and return the reply."""
        try:
            view = memoryview(LENGTH.pack(len(request)) + request)
            while view:
                view = view[self._to.write(view) :]
        except BrokenPipeError:
            raise _ChildGoneError from None
        deadline = time.monotonic() + within_s
        [size] = LENGTH.unpack(self._read(LENGTH.size, deadline))
        reply = self._read(size, deadline)
        self.has_answered = True
        return reply

    def _read(self, size: int, deadline: float) -> bytes:
        poll = select.poll()
        poll.register(self._from, select.POLLIN)
        content = b""
        while len(content) < size:
            if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
                raise _WallTimeError
            part = os.read(self._from.fileno(), size - len(content))
            if not part:
                raise _ChildGoneError
            content += part
        return content

    def end(self) -> None:
        """End the process and its forks at once."""
        if self.owner == os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._to.close()
        self._from.close()


def _end_all(children: list[_Child]) -> None:
    while children:
        children.pop().end()


class ScriptRunner:
    """Runs scripts in warm child processes; threads may share it. Close it at the end."""

    def __init__(self, limits: ScriptLimits | None = None, *, enabled: bool = True) -> None:
        self.limits = limits or ScriptLimits()
        self.enabled = enabled
        self._idle: list[_Child] = []
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        weakref.finalize(self, _end_all, self._idle)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Return a runner that is off where TWINFLOW_SCRIPTS=off."""
        return cls(enabled=is_enabled(environment))

    def run(
        self, text: str, values: Mapping[str, object], *, at: datetime | None = None
    ) -> dict[str, object]:
        """Return the values that the script sets or changes.

        ``at`` is what ``now()`` and ``today()`` say inside the script.

        Raises ScriptFailed, with the line where there is one, InvalidScript and ScriptsDisabled.
        """
        if not self.enabled:
            raise ScriptsDisabled
        check_script(text)
        request = self._request(text, values, at)
        with self._free:
            reply = self._ask(request)
        return _changes(reply)

    def _request(self, text: str, values: Mapping[str, object], at: datetime | None) -> bytes:
        request = {
            "text": text,
            "values": dict(values),
            "at": at.isoformat() if at else None,
            "cpu_s": self.limits.cpu_s,
            "memory_bytes": self.limits.memory_mb << 20,
            "output_bytes": self.limits.output_bytes,
        }
        encoded = json.dumps(request).encode()
        if len(encoded) > LARGEST_INPUT_BYTES:
            raise ScriptFailed(f"the case holds more than {LARGEST_INPUT_BYTES:,} bytes")
        return encoded

    def _ask(self, request: bytes) -> bytes:
        child = self._child()
        try:
            try:
                reply = child.ask(request, within_s=self.limits.wall_s)
            except _ChildGoneError:
                if not child.has_answered:
                    raise
                child.end()  # somebody ended it while it was idle: the script has not run
                child = _Child()
                reply = child.ask(request, within_s=self.limits.wall_s)
        except _WallTimeError:
            child.end()
            raise ScriptFailed(f"takes longer than {self.limits.wall_s} s") from None
        except _ChildGoneError:
            child.end()
            raise ScriptFailed("its process was ended from outside") from None
        self._idle.append(child)
        return reply

    def _child(self) -> _Child:
        with contextlib.suppress(IndexError):  # none is idle, or another thread was faster
            while True:
                child = self._idle.pop()
                if child.owner == os.getpid():
                    return child
                child.end()  # of the process that forked this one: leave it to that
        return _Child()

    def close(self) -> None:
        """End the child processes."""
        _end_all(self._idle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
