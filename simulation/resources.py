"""Resource pools: who is free, who waits, when the doors open.

A pool has numbered units and one queue, a heap on (priority, order of arrival). Work begins
while the pool's calendar is open; a unit that is suspended over night stays with its task.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.domain.calendar import CompiledCalendar


class Token:
    """A visit of a case to an activity or event; also the SimPy event that ends it.

    SimPy asks an event for ``callbacks`` and ``_ok`` only, so that nothing else is allocated.
    Times are integer microseconds; -1 is "not yet".
    """

    __slots__ = (
        "callbacks",
        "case",
        "completed",
        "node",
        "scheduled",
        "started",
        "unit",
        "visit",
        "work",
    )
    _ok = True

    callbacks: tuple[Callable[[Token], None], ...]
    case: int
    node: int
    visit: int
    unit: int
    scheduled: int
    started: int
    completed: int
    work: int


class Alarm:
    """A SimPy event that only calls back."""

    __slots__ = ("callbacks",)
    _ok = True

    def __init__(self, *callbacks: Callable[[Alarm], None]) -> None:
        self.callbacks = callbacks


class Start(Protocol):
    """Begins the work of a token with a unit of its pool."""

    def __call__(self, token: Token, now: int, /) -> None:
        """Take the unit and schedule the end of the work."""
        ...


class Pool:
    """Alike units with one queue."""

    __slots__ = ("_alarm_at", "_order", "_schedule", "calendar", "free", "queue", "starts")

    def __init__(
        self, schedule: Callable[..., None], units: int, calendar: CompiledCalendar | None
    ) -> None:
        self._schedule, self.calendar = schedule, calendar
        self.free = list(range(units - 1, -1, -1))  # the lowest number goes first
        self.queue: list[tuple[float, int, Token]] = []
        self.starts: dict[int, Start] = {}  # by node
        self._order = 0
        self._alarm_at = -1

    def wait(self, token: Token, priority: float, now: int) -> None:
        """Let a token queue; it is served at the next opening if somebody is free."""
        self._order += 1
        heappush(self.queue, (priority, self._order, token))
        if self.free:
            self._ask_to_open(now)

    def serve(self, now: int) -> None:
        """Give free units to those who wait, while the doors are open."""
        queue, free = self.queue, self.free
        if self.calendar is not None and free and self.calendar.next_open(now) != now:
            self._ask_to_open(now)
            return
        while queue and free:
            token = heappop(queue)[2]
            self.starts[token.node](token, now)

    def _ask_to_open(self, now: int) -> None:
        if self.calendar is None:
            return
        opens = self.calendar.next_open(now)
        if opens != self._alarm_at:
            self._alarm_at = opens
            self._schedule(Alarm(lambda _: self.serve(opens)), delay=opens - now)
