"""Resource pools: who is free, who waits, when the doors open.

A pool has numbered units and one queue, a heap on (priority, order of arrival). Work begins
while the pool's calendar is open; a unit that is suspended over night stays with its task.
"""

from __future__ import annotations

from heapq import heappop
from itertools import count
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.domain.calendar import CompiledCalendar


class Token:
    """A token at work or under way; also the SimPy event that ends its visit.

    SimPy asks an event for ``callbacks`` and ``_ok`` only, so that nothing else is allocated.
    """

    __slots__ = ("callbacks", "case", "ends", "unit")
    _ok = True

    callbacks: tuple[Callable[[Token], None], ...]
    case: int
    unit: int
    ends: int  # µs


class Alarm:
    """A SimPy event that only calls back."""

    __slots__ = ("callbacks",)
    _ok = True

    def __init__(self, *callbacks: Callable[[Alarm], None]) -> None:
        self.callbacks = callbacks


class Start(Protocol):
    """Begins the work of a visit with a unit of its pool."""

    def __call__(
        self, case: int, visit: int, scheduled: int, work: int, unit: int, now: int, /
    ) -> None:
        """Record the visit and schedule the end of the work."""
        ...


# Priority and ticket decide; then what ``Start`` is called with: case, visit, scheduled, work.
Waiting = tuple[float, int, Start, int, int, int, int]


class Pool:
    """Alike units with one queue."""

    __slots__ = ("_alarm_at", "_schedule", "calendar", "free", "node_of", "queue", "ticket")

    def __init__(
        self, schedule: Callable[..., None], units: int, calendar: CompiledCalendar | None
    ) -> None:
        self._schedule, self.calendar = schedule, calendar
        self.free = list(range(units - 1, -1, -1))  # the lowest number goes first
        self.queue: list[Waiting] = []
        self.node_of: dict[Start, int] = {}
        self.ticket: Callable[[], int] = count(1).__next__  # the order of those who wait
        self._alarm_at = -1

    def is_open(self, now: int) -> bool:
        """Return whether work may begin now."""
        return self.calendar is None or self.calendar.next_open(now) == now

    def serve(self, now: int) -> None:
        """Give free units to those who wait, while the doors are open."""
        queue, free = self.queue, self.free
        if free and not self.is_open(now):
            self.ask_to_open(now)
            return
        while queue and free:
            _, _, start, case, visit, scheduled, work = heappop(queue)
            start(case, visit, scheduled, work, free.pop(), now)

    def ask_to_open(self, now: int) -> None:
        """Serve those who wait at the next opening."""
        if self.calendar is None:
            return
        opens = self.calendar.next_open(now)
        if opens != self._alarm_at:
            self._alarm_at = opens
            self._schedule(Alarm(lambda _: self.serve(opens)), delay=opens - now)
