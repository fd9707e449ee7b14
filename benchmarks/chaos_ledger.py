"""Ledgers: what each client of a chaos run asked for, and what it was told.

A line is written before a request and another one after its answer, each by one call of the
operating system: a process that is killed loses nothing that it has written.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Ledger:
    """The requests of one client by their key, and what was answered."""

    file: Path
    requests: dict[str, dict[str, object]] = field(default_factory=dict)
    answers: dict[str, dict[str, object]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    repeated: int = 0

    def __post_init__(self) -> None:
        if self.file.exists():
            for line in self.file.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n"):  # the last one may be torn
                    self._note(**json.loads(line))

    def ask(self, key: str, request: dict[str, object]) -> None:
        """Write down a request, before it is sent."""
        self._append(kind="ask", key=key, content=request)

    def answer(self, key: str, answer: dict[str, object]) -> None:
        """Write down that a request was acknowledged."""
        self._append(kind="answer", key=key, content=answer)

    def refuse(self, key: str, reason: str) -> None:
        """Write down what a client was told that it should never be told."""
        self._append(kind="refuse", key=key, content={"reason": reason})

    @property
    def unanswered(self) -> dict[str, dict[str, object]]:
        """The requests of which nobody knows what became of them."""
        return {key: one for key, one in self.requests.items() if key not in self.answers}

    def _append(self, **entry: object) -> None:
        line = json.dumps(entry).encode() + b"\n"
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
        self._note(**entry)

    def _note(self, kind: object, key: object, content: object) -> None:
        assert isinstance(key, str)
        assert isinstance(content, dict)
        if kind == "refuse":
            self.refusals.append(f"{key}: {content['reason']}")
        elif kind == "answer":
            self.answers[key] = content
        else:
            self.repeated += key in self.requests
            self.requests[key] = content


def append(file: Path, line: str) -> None:
    """Add a line to a file that several processes write."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(handle, line.encode() + b"\n")
    finally:
        os.close(handle)
