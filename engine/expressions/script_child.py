"""The process beside the engine in which scripts run; ``script`` starts it and speaks with it.

It is started once, with an empty environment, and stays warm. Each script runs in a fork of it
that is jailed first and ends afterwards, so that no script finds anything of the one before.
Forking is safe here: this process has one thread. Messages in both directions are JSON with
four bytes of length before them.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import struct
from datetime import datetime
from typing import Any

from engine.expressions.script_errors import InvalidScript
from engine.expressions.script_guards import namespace, results
from engine.expressions.script_jail import enter_jail
from engine.expressions.script_language import FILENAME, Script, compile_script

LENGTH = struct.Struct(">I")
READY = b"\x06"
_OUT_OF_MEMORY = b'{"failed": "needs more memory than it may have", "line": null}'
_ENDS: dict[int, str] = {
    signal.SIGPROF: "takes more computing time than it may have",
    signal.SIGXCPU: "takes more computing time than it may have",
}


def main() -> None:
    """Answer requests until the engine closes the pipe."""
    gc.freeze()  # forks share the memory of what is loaded
    os.write(1, READY)
    while request := _read_message():
        reply = _reply(json.loads(request))
        _write(1, LENGTH.pack(len(reply)) + reply)


def _read_message() -> bytes:
    header = _read(LENGTH.size)
    return _read(LENGTH.unpack(header)[0]) if header else b""


def _read(size: int) -> bytes:
    parts = []
    while size and (part := os.read(0, min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"" if size else b"".join(parts)


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _failure(reason: str, line: int | None = None) -> bytes:
    return json.dumps({"failed": reason, "line": line}).encode()


def _reply(request: dict[str, Any]) -> bytes:
    try:
        script = compile_script(request["text"])
    except InvalidScript as refusal:
        return _failure(refusal.reason, refusal.line)
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _run_jailed(script, request, writing)
    os.close(writing)
    most = request["output_bytes"]
    reply = _read_all(reading, most)
    _, status = os.waitpid(process, 0)
    if len(reply) > most:
        return _failure(f"leaves more than {most:,} bytes")
    if os.WIFSIGNALED(status):
        end = os.WTERMSIG(status)
        return _failure(_ENDS.get(end, f"was ended by signal {end}"))
    return reply or _failure("could not be shut in, so it was not run")


def _read_all(descriptor: int, most: int) -> bytes:
    """Read what the fork says; of too much only enough to refuse it."""
    reply = b""
    while len(reply) <= most and (part := os.read(descriptor, 1 << 16)):
        reply += part
    os.close(descriptor)  # a fork that goes on writing is ended by the closed pipe
    return reply


def _run_jailed(script: Script, request: dict[str, Any], writing: int) -> None:
    """Run the script in this fork and end it; never returns."""
    try:
        os.dup2(writing, 3)  # the only open descriptor
        os.closerange(0, 3)
        os.closerange(4, 256)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        enter_jail(cpu_s=request["cpu_s"], memory_bytes=request["memory_bytes"])
        _write(3, run(script, request))
    except MemoryError:
        os.write(3, _OUT_OF_MEMORY)
    finally:
        os._exit(0)


def run(script: Script, request: dict[str, Any]) -> bytes:
    """Run a script over the values of a request and return the reply."""
    at = request["at"] and datetime.fromisoformat(request["at"])
    before = {name: json.dumps(value) for name, value in request["values"].items()}
    found = namespace(request["values"], at)
    try:
        exec(script.code, found)  # noqa: S102 - compiled by compile_script, inside the jail
        changed = {
            name: value
            for name, value in results(found)
            if name not in script.loop_names and json.dumps(value) != before.get(name)
        }
        return json.dumps({"values": changed}, allow_nan=False).encode()
    except MemoryError:
        raise
    except BaseException as error:  # whatever a script raises is its failure, in words
        return _failure(_words(error), _line(error))


def _words(error: BaseException) -> str:
    if error.args == ("__import__",):  # strftime of Python would like to import
        return "a date cannot be formatted in an f-string; put its parts together"
    if isinstance(error, KeyError):
        return f"there is no field {error}"
    if isinstance(error, NameError):
        return f"there is no value {error.name!r}"
    return str(error)[:500] or type(error).__name__


def _line(error: BaseException) -> int | None:
    line, trace = None, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
