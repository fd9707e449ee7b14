"""Serves those who wait for a group of special roles: who is next, and who does it.

Everybody waits in the line of an activity (or of an activity and the one member that is asked
for): whoever is not first there cannot be served before the first. Between lines, those who are
first are tried in the order of their keys, and whoever cannot be served holds nobody up. So no
unit is idle that somebody could use, and nobody holds one while waiting for another.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Protocol

from simulation.resources import Alarm
from simulation.work.sessions import Activity, Sessions
from simulation.work.visits import State

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from simulation.recorder import Row
    from simulation.work.crews import Crew, Member
    from simulation.work.floor import Floor
    from simulation.work.hours import Hours
    from simulation.work.teams import Chooser
    from simulation.work.visits import Visit

    Team = tuple[Member, ...]


class Desk(Activity, Protocol):
    """An activity as the allocator sees it."""

    chooser: Chooser
    preempts: bool

    def line(self, visit: Visit) -> int:
        """Return the number of the member a visit depends on; -1: none."""

    def is_held(self, visit: Visit, now: int) -> bool:
        """Whether a visit that is done finds no room behind; then it waits, with its team."""

    def begun(self, visit: Visit, team: Team) -> None:
        """Note who works at a visit."""

    def completed(self, visit: Visit, now: int) -> None:
        """Let the case of a visit go on."""

    def open_row(self, visit: Visit) -> Row:
        """Return the row of a visit that is not over."""


class Line:
    """Those who wait for the same, by key."""

    __slots__ = ("desk", "heap", "relative")

    def __init__(self, desk: Desk, relative: int) -> None:
        self.desk, self.relative = desk, relative
        self.heap: list[tuple[tuple[float, ...], Visit]] = []

    def head(self) -> Visit | None:
        """Return who is next; those who left are forgotten."""
        heap = self.heap
        while heap and heap[0][1].state is not State.WAITING:
            heappop(heap)
        return heap[0][1] if heap else None

    def team(self, now: int) -> Team | None:
        """Return who could serve the next one."""
        return self.desk.chooser.team(now, self.relative)


class Allocator:
    """One group of special roles: lines on one side, crews on the other."""

    def __init__(self, floor: Floor, hours: Hours) -> None:
        self._schedule, self._rows = floor.schedule, floor.rows
        self._lines: dict[Hashable, Line] = {}
        self._working: dict[Visit, Desk] = {}
        self._openings: set[int] = set()  # at which those who wait are served
        self.when_offered: list[Callable[[int], None]] = []  # lets in who is held before a queue
        self.sessions = Sessions(floor, hours, complete=self._complete, retry=self._retry)

    def try_now(self, desk: Desk, visit: Visit, now: int) -> bool:
        """Begin the work of a visit that just came, if nobody before it waits for the same."""
        if now in self._openings:  # those who wait for this moment come first
            return False
        line = self._line(desk, visit)
        first = line.head()
        if first is not None and first.key < visit.key:  # spares the search
            return False
        team = line.team(now)
        if team is not None:
            self._begin(desk, visit, team, now)
            return True
        if not desk.preempts or not self._preempt(line, visit, now):
            return False
        self.offer(now)  # a team that was broken up may leave somebody free
        return True

    def wait(self, desk: Desk, visit: Visit, now: int) -> None:
        """Put a visit in its line."""
        line = self._line(desk, visit)
        heappush(line.heap, (visit.key, visit))
        self.ask_to_open(line.desk.chooser, now, preempts=line.desk.preempts)

    def stop(self, visit: Visit, now: int) -> int:
        """Stop the work of a visit for good; return how much was done."""
        desk = self._working.pop(visit)
        self.sessions.stop(desk, visit, now)
        visit.state = State.OVER
        self.offer(now)
        return visit.spent

    def offer(self, now: int) -> None:
        """Serve those who wait as far as somebody is free for them; then there may be room."""
        self._offer(now)
        for let_in in self.when_offered:
            let_in(now)

    def _offer(self, now: int) -> None:
        if len(self._lines) == 1:
            (line,) = self._lines.values()
            while (visit := line.head()) is not None and self._serve(line, visit, now):
                pass
            return
        heads = [(visit.key, line) for line in self._lines.values() if (visit := line.head())]
        heads.sort(key=lambda entry: entry[0])
        while heads:
            _, line = heads.pop(0)
            visit = line.head()
            if visit is None:
                continue
            if self._serve(line, visit, now):
                self._back(heads, line)

    def _serve(self, line: Line, visit: Visit, now: int) -> bool:
        """Begin the work of who is first in a line, if somebody is free for it."""
        team = line.team(now)
        if team is not None:
            heappop(line.heap)
            self._begin(line.desk, visit, team, now)
            return True
        if line.desk.preempts and self._preempt(line, visit, now):
            heappop(line.heap)
            self._schedule(Alarm(lambda _: self.offer(now)), delay=0)  # others may be free now
            return True
        self.ask_to_open(line.desk.chooser, now, preempts=line.desk.preempts)
        return False

    def waited_at(self) -> str | None:
        """Return an activity somebody waits at; None: nobody waits."""
        return next((li.desk.element_id for li in self._lines.values() if li.head()), None)

    def record_unfinished(self, now: int) -> None:
        """Record who works and who waits when the run is cut."""
        waiting = [
            (line.desk, visit)
            for line in self._lines.values()
            for _, visit in line.heap
            if visit.state is State.WAITING
        ]
        for visit, desk in self._working.items():
            self.sessions.record_open(desk, visit, now)
        for desk, visit in (*waiting, *((desk, v) for v, desk in self._working.items())):
            for rider in visit.cases:
                self._rows.add(desk.open_row(rider))

    def _line(self, desk: Desk, visit: Visit) -> Line:
        relative = desk.line(visit)
        key = (desk.index, relative)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = Line(desk, relative)
        return line

    @staticmethod
    def _back(heads: list[tuple[tuple[float, ...], Line]], line: Line) -> None:
        """Queue a line up again among the others by its new head."""
        visit = line.head()
        if visit is not None:
            heads.append((visit.key, line))
            heads.sort(key=lambda entry: entry[0])

    def _begin(self, desk: Desk, visit: Visit, team: Team, now: int) -> None:
        self._working[visit] = desk
        self.sessions.begin(desk, visit, team, now)
        desk.begun(visit, team)

    def complete(self, visit: Visit, now: int) -> None:
        """End work that is done: the team serves others, and the case goes on."""
        desk = self._working.pop(visit)
        self.sessions.end(desk, visit, now)
        self.offer(now)
        desk.completed(visit, now)

    def _complete(self, visit: Visit, now: int) -> None:
        if not self._working[visit].is_held(visit, now):
            self.complete(visit, now)

    def _retry(self, visit: Visit, now: int) -> None:
        """Put a visit back whose attempt was given up; it starts afresh."""
        desk = self._working.pop(visit)
        self.sessions.stop(desk, visit, now)
        self.sessions.ensure_may_retry(desk, visit)
        visit.left, visit.spent = visit.work, 0
        self.wait(desk, visit, now)
        self.offer(now)

    def _preempt(self, line: Line, visit: Visit, now: int) -> bool:
        """Interrupt work of lower priority so that a visit can begin; say whether it did."""
        crews = {crew for crew in line.desk.chooser.crews if crew.is_there(now)}
        lower = [v for v, desk in self._working.items()
                 if v.priority > visit.priority and desk.preempts and v.is_under_way(now)
                 and any(member.crew in crews for member in v.team)]  # fmt: skip
        lower.sort(key=lambda other: (other.priority, other.turn), reverse=True)
        extra: list[Member] = []
        for i, victim in enumerate(lower):
            extra += victim.team
            team = line.desk.chooser.team(now, line.relative, extra)
            if team is not None:
                self._interrupt(
                    [v for v in lower[: i + 1] if not set(v.team).isdisjoint(team)], now
                )
                self._begin(line.desk, visit, team, now)
                return True
        return False

    def _interrupt(self, victims: list[Visit], now: int) -> None:
        for victim in victims:
            desk = self._working.pop(victim)
            self.sessions.stop(desk, victim, now)
            line = self._line(desk, victim)
            heappush(line.heap, (victim.key, victim))

    def ask_to_open(self, chooser: Chooser, now: int, *, preempts: bool = False) -> None:
        """Offer again when a crew opens that could help."""
        for crew in chooser.crews:
            if (crew.free or preempts) and not crew.is_there(now):
                self._wake(crew, now)

    def _wake(self, crew: Crew, now: int) -> None:
        assert crew.there is not None, "it is not there now"
        opens = crew.there.next_open(now)
        if opens not in self._openings:
            self._openings.add(opens)
            self._schedule(Alarm(lambda _: self._open(opens)), delay=opens - now)

    def _open(self, now: int) -> None:
        self._openings.discard(now)
        self.offer(now)
