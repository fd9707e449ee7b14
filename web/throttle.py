"""Slows down guessing of passwords."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from engine.clock import Clock

LIMIT = 5
WINDOW_S = 300.0
MOST_KEYS = 10_000


class SignInThrottle:
    """Counts failed sign-ins per user name and address; forgets them after the window.

    Kept in the memory of one process: with n workers an attacker has n times as many tries,
    which is still far too few.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, user_id: str, address: str) -> float:
        """Return how long this person has to wait before the next try; 0 if not at all."""
        with self._lock:
            failures = self._recent((user_id, address))
            if len(failures) < LIMIT:
                return 0.0
            return WINDOW_S - (self._clock.now() - failures[0]).total_seconds()

    def record_failure(self, user_id: str, address: str) -> None:
        """Remember a failed try."""
        with self._lock:
            key = (user_id, address)
            failures = self._recent(key)
            failures.append(self._clock.now())
            self._failures[key] = failures
            self._failures.move_to_end(key)
            while len(self._failures) > MOST_KEYS:
                self._failures.popitem(last=False)

    def forget(self, user_id: str, address: str) -> None:
        """Forget the failures of a person who signed in."""
        with self._lock:
            self._failures.pop((user_id, address), None)

    def _recent(self, key: tuple[str, str]) -> deque[datetime]:
        failures = self._failures.get(key, deque())
        now = self._clock.now()
        while failures and (now - failures[0]).total_seconds() >= WINDOW_S:
            failures.popleft()
        return failures
