"""Light work: units that are all the same to the cases, with one line whose visits may leave it.

Between plain work (``simulation.work.plain``), whose visits cannot be withdrawn, and the allocator
of special roles, which chooses among members: here every visit is an object, but who is next and
who serves it needs no search.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Protocol

from simulation.resources import Alarm
from simulation.work.visits import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.domain.calendar import CompiledCalendar
    from simulation.recorder import Row
    from simulation.work.floor import Schedule

    Idle = tuple[int, int]  # since when a unit has been idle, its number


class Place(Protocol):
    """The activity that is visited."""

    index: int
    element_id: str

    start: Callable[[LightVisit, int, int], None]
    """Begins the work of a visit (now, unit)."""

    def withdraw(self, visit: LightVisit, now: int) -> None:
        """Take a visit out, whatever it is at."""

    def open_row(self, visit: LightVisit) -> Row:
        """Return the row of a visit that is not over."""

    def record_open(self, visit: LightVisit, now: int) -> None:
        """Record who is bound when the run is cut."""


class LightVisit:
    """One visit; also the SimPy event that ends its work.

    ``began``, ``ends``, ``unit`` and ``callbacks`` are there once work has begun.
    """

    __slots__ = (
        *("began", "callbacks", "case", "ends", "frame", "number", "place"),
        *("rank", "scheduled", "state", "unit", "work"),
    )
    _ok = True

    began: int
    callbacks: tuple[Callable[[LightVisit], None], ...]
    ends: int
    rank: tuple[float, int]  # its place in a line by priority
    unit: int

    def __init__(
        self, place: Place, frame: int, case: int, number: int, now: int, work: int
    ) -> None:
        self.place, self.frame, self.case, self.number = place, frame, case, number
        self.scheduled, self.work, self.state = now, work, State.WAITING

    def withdraw(self, now: int) -> None:
        """Leave the queue, or stop the work; the unit is free at once."""
        self.place.withdraw(self, now)


class LightPool:
    """The units of one role and those who wait for them: in order, or by priority.

    ``members`` are named: of those who became idle at the same moment the one that stands first
    in the scenario goes first; alike units go in the order in which they were let go.
    """

    __slots__ = (
        *("_openings", "_schedule", "busy", "calendar", "enqueue", "free"),
        *("give", "line", "next", "take", "waits"),
    )

    def __init__(
        self,
        schedule: Schedule,
        numbers: Iterable[int],
        calendar: CompiledCalendar | None,
        *,
        members: bool,
        is_by_priority: bool,
    ) -> None:
        self._schedule, self.calendar = schedule, calendar
        self.busy: dict[int, LightVisit] = {}  # by unit: what it works at, or did last
        self.waits = 0
        self._openings: set[int] = set()  # at which those who wait are served
        self.free: deque[Idle] | list[Idle]
        self.give: Callable[[Idle], None]
        self.take: Callable[[], Idle]
        idle = [(0, number) for number in numbers]
        if members:
            heapify(idle)
            self.free = idle
            self.give, self.take = partial(heappush, idle), partial(heappop, idle)
        else:
            self.free = units = deque(idle)
            self.give, self.take = units.append, units.popleft
        self.line: deque[LightVisit] | list[tuple[tuple[float, int], LightVisit]]
        self.enqueue: Callable[[LightVisit], None]
        self.next: Callable[[], LightVisit]  # those who left are in it too
        if is_by_priority:
            heap: list[tuple[tuple[float, int], LightVisit]] = []
            self.line = heap
            self.enqueue = lambda visit: heappush(heap, (visit.rank, visit))
            self.next = lambda: heappop(heap)[1]
        else:
            self.line = line = deque[LightVisit]()
            self.enqueue, self.next = line.append, line.popleft

    def is_open(self, now: int) -> bool:
        """Return whether who comes now is served; those who wait for this moment come before."""
        if self.calendar is None:
            return True
        return now not in self._openings and self.calendar.next_open(now) == now

    def wait(self, visit: LightVisit, now: int) -> None:
        """Let a visit join the line."""
        self.waits += 1
        self.enqueue(visit)
        if self.free:
            self._ask_to_open(now)

    def serve(self, now: int) -> None:
        """Give free units to those who wait, while the doors are open."""
        if not self.waits or not self.free:
            return
        if self.calendar is not None and self.calendar.next_open(now) != now:
            self._ask_to_open(now)
            return
        while self.waits and self.free:
            visit = self.next()
            if visit.state is State.WAITING:
                self.waits -= 1
                visit.place.start(visit, now, self.take()[1])

    def waiting(self) -> list[LightVisit]:
        """Return those who wait."""
        visits = [one if isinstance(one, LightVisit) else one[1] for one in self.line]
        return [visit for visit in visits if visit.state is State.WAITING]

    def working(self) -> list[LightVisit]:
        """Return what is worked at, in the order in which it was begun."""
        working = [visit for visit in self.busy.values() if visit.state is State.WORKING]
        return sorted(working, key=lambda visit: visit.began)

    def record_unfinished(self, now: int, record: Callable[[Row], None]) -> None:
        """Record who works and who waits when the run is cut."""
        working = self.working()
        for visit in working:
            visit.place.record_open(visit, now)
        for visit in (*self.waiting(), *working):
            record(visit.place.open_row(visit))

    def _ask_to_open(self, now: int) -> None:
        """Serve those who wait at the next opening."""
        if self.calendar is None:
            return
        opens = self.calendar.next_open(now)
        if opens not in self._openings:
            self._openings.add(opens)
            self._schedule(Alarm(lambda _: self._open(opens)), delay=opens - now)

    def _open(self, now: int) -> None:
        self._openings.discard(now)
        self.serve(now)
