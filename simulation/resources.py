"""Resource pools: who is free, who waits, when the doors open.

A pool has numbered units and one queue, served by priority, then by order of arrival. Work begins
while the pool's calendar is open; a unit that is suspended over night stays with its task.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.domain.calendar import CompiledCalendar
    from simulation.recorder import Row


class Unit:
    """One of the units of a pool; also the SimPy event that ends what it works on.

    SimPy asks an event for ``callbacks`` and ``_ok`` only. A unit does one thing at a time, so
    that one event serves for all its work.
    """

    __slots__ = ("callbacks", "case", "ends", "number")
    _ok = True

    callbacks: tuple[Callable[[Unit], None], ...]
    case: int
    ends: int  # µs

    def __init__(self, number: int) -> None:
        self.number = number


class Token:
    """A token that waits for time to pass; also the SimPy event that ends its visit."""

    __slots__ = ("callbacks", "case", "ends")
    _ok = True

    callbacks: tuple[Callable[[Token], None], ...]
    case: int
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
        self, case: int, visit: int, scheduled: int, work: int, unit: Unit, now: int, /
    ) -> None:
        """Record the visit and schedule the end of the work."""
        ...


# Priority and ticket decide; then what ``Start`` is called with: case, visit, scheduled, work.
Waiting = tuple[float, int, Start, int, int, int, int]


class Pool:
    """Alike units with one queue: a heap, or plainly in order where priorities are equal."""

    __slots__ = (
        *("_alarm_at", "_schedule", "calendar", "free", "is_by_priority"),
        *("node_of", "pop", "push", "queue"),
    )

    def __init__(
        self,
        schedule: Callable[..., None],
        units: range,
        calendar: CompiledCalendar | None,
        *,
        is_by_priority: bool,
    ) -> None:
        self._schedule, self.calendar, self.is_by_priority = schedule, calendar, is_by_priority
        self.free = [Unit(number) for number in reversed(units)]  # the last one goes first
        self.node_of: dict[Start, int] = {}
        self._alarm_at = -1
        self.queue: list[Waiting] | deque[Waiting]
        self.push: Callable[[Waiting], None]
        self.pop: Callable[[], Waiting]
        if is_by_priority:
            heap: list[Waiting] = []
            self.queue = heap
            self.push, self.pop = partial(heappush, heap), partial(heappop, heap)
        else:
            line: deque[Waiting] = deque()
            self.queue = line
            self.push, self.pop = line.append, line.popleft

    def waiting(self) -> Iterator[Row]:
        """Yield the visits that wait, as rows of the record."""
        for _, _, start, case, visit, scheduled, _ in self.queue:
            yield case, self.node_of[start], visit, -1, scheduled, -1, -1, -1

    def is_open(self, now: int) -> bool:
        """Return whether work may begin now."""
        return self.calendar is None or self.calendar.next_open(now) == now

    def serve(self, now: int) -> None:
        """Give free units to those who wait, while the doors are open."""
        queue, free, pop = self.queue, self.free, self.pop
        if free and not self.is_open(now):
            self.ask_to_open(now)
            return
        while queue and free:
            _, _, start, case, visit, scheduled, work = pop()
            start(case, visit, scheduled, work, free.pop(), now)

    def ask_to_open(self, now: int) -> None:
        """Serve those who wait at the next opening."""
        if self.calendar is None:
            return
        opens = self.calendar.next_open(now)
        if opens != self._alarm_at:
            self._alarm_at = opens
            self._schedule(Alarm(lambda _: self.serve(opens)), delay=opens - now)
