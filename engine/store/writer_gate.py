"""The writer gate: writers of a SQLite file take turns in the order in which they came.

SQLite lets one writer in at a time and makes the others poll, which is unfair: under load some
wait for more than a second. A queue of tickets orders the threads of this process, and two
file locks order the processes: who waits for ``turn`` is next at ``writing``, so that a busy
process cannot overtake one that waits.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections import deque
from contextlib import contextmanager
from threading import Lock
from typing import IO, TYPE_CHECKING

from engine.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.0002, 0.005


class WriterGate:
    """Lets one writer at a time through, in this process and in others."""

    def __init__(self, lock_file: Path, *, timeout_s: float) -> None:
        self._lock_file, self._timeout_s = lock_file, timeout_s
        self._open()

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Wait for one's turn and hold the gate; StoreUnavailable if it does not come in time."""
        if self._pid != os.getpid():
            # A forked child must not share the file locks of its parent.
            self.close()
            self._open()
        deadline_s = time.monotonic() + self._timeout_s
        self._take_ticket(deadline_s)
        try:
            self._lock_other_processes_out(deadline_s)
            try:
                yield
            finally:
                fcntl.flock(self._writing, fcntl.LOCK_UN)
        finally:
            self._call_next()

    def close(self) -> None:
        """Close the lock files."""
        self._turn.close()
        self._writing.close()

    def _open(self) -> None:
        self._pid = os.getpid()
        self._guard, self._is_taken = Lock(), False
        self._queue: deque[Lock] = deque()
        self._turn = self._lock_file.with_name(self._lock_file.name + "-turn").open("w")
        self._writing = self._lock_file.open("w")

    def _take_ticket(self, deadline_s: float) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            ticket = Lock()
            ticket.acquire()
            self._queue.append(ticket)
        if ticket.acquire(timeout=max(0.0, deadline_s - time.monotonic())):
            return
        with self._guard:
            if ticket in self._queue:
                self._queue.remove(ticket)
                raise self._too_late()
        # The gate was handed over between the time-out and the look at the queue.

    def _call_next(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._is_taken = False

    def _lock_other_processes_out(self, deadline_s: float) -> None:
        self._lock(self._turn, deadline_s)
        try:
            self._lock(self._writing, deadline_s)
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _lock(self, file: IO[str], deadline_s: float) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline_s:
                    raise self._too_late() from None
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                return

    def _too_late(self) -> StoreUnavailable:
        return StoreUnavailable(f"others have been writing for {self._timeout_s:g} s")
