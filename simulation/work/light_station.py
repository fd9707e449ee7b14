"""The place where one activity of a light role is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpy.events import NORMAL

from simulation.expressions import priority_of
from simulation.recorder import Why
from simulation.work.light import LightVisit
from simulation.work.visits import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.net import Node
    from simulation.recorder import Row
    from simulation.work.floor import Floor
    from simulation.work.light import LightPool
    from simulation.work.rules import Rules
    from simulation.work.visits import Host

    Told = Callable[[Any, int], None]  # one of its visits, now


class Leaving:
    """A SimPy event: the patience of a visit is at an end."""

    __slots__ = ("at", "callbacks", "visit")
    _ok = True

    def __init__(
        self, visit: LightVisit, at: int, callbacks: tuple[Callable[[Leaving], None], ...]
    ) -> None:
        self.visit, self.at, self.callbacks = visit, at, callbacks


class Hosted(LightVisit):
    """A visit that belongs to somebody who may withdraw it, and is told about it."""

    __slots__ = ("host",)

    host: Host


class LightStation:
    """Makes visits, and ends them.

    ``done`` is told what is complete, ``abandoned`` who has left the queue, both when it is
    recorded.
    """

    def __init__(
        self, floor: Floor, index: int, pool: LightPool, rules: Rules, *, done: Told,
        abandoned: Told,
    ) -> None:  # fmt: skip
        self.index, self._floor, self._pool, self._rules = index, floor, pool, rules
        self._node: Node = floor.net.nodes[index]
        self.element_id = self._node.element_id
        self._done, self._abandoned = done, abandoned
        self.start = self._starting()
        self.queue = self._queueing()

    def number_and_work(self) -> Callable[[int], tuple[int, int]]:
        """Return what tells the number of the next visit of a case, and its work."""
        node, draws = self._node, self._floor.draws
        known, next_visit = len(self._floor.cases.arrivals), self._floor.visits()
        block, later = draws.durations(node).block, draws.duration
        low, high, first = 0, 0, [0]

        def tell(case: int) -> tuple[int, int]:
            nonlocal low, high, first
            number = next_visit(case)
            if number or case >= known:
                return number, later(node, case, number)
            if not low <= case < high:
                low, high, first = block(case)
            return 0, first[case - low]

        return tell

    def withdraw(self, visit: LightVisit, now: int) -> None:
        """Take a visit out, whatever it is at."""
        if visit.state is not State.OVER:
            self._take_out(visit, now, Why.WITHDRAWN)

    def open_row(self, visit: LightVisit) -> Row:
        """Return the row of a visit that is not over."""
        unit, began = -1, -1
        if visit.state is State.WORKING:
            unit, began = visit.unit, visit.began
        return (visit.case, self.index, visit.number, unit, visit.scheduled, began, -1, -1)

    def record_open(self, visit: LightVisit, now: int) -> None:
        """Record who is bound when the run is cut."""
        self._stint(visit, now, self._worked(visit, now))

    def _queueing(self) -> Callable[[LightVisit, int], bool]:
        """Return what begins the work of a visit, or lets it wait; it tells which."""
        pool, rank, patience = self._pool, self._rank(), self._rules.patience
        take, start, wait, is_open = pool.take, self.start, pool.wait, pool.is_open
        schedule, tired, is_patient = self._floor.schedule, (self._tired,), self._is_patient()
        free = pool.free

        def queue(visit: LightVisit, now: int) -> bool:
            if rank is not None:
                visit.rank = rank(visit.case)
            if free and not pool.waits and is_open(now):
                start(visit, now, take()[1])
                return True
            if not is_patient:
                delay = patience(visit.case, visit.number)
                assert delay is not None
                schedule(Leaving(visit, now + delay, tired), NORMAL, delay)
            wait(visit, now)
            return False

        return queue

    def _is_patient(self) -> bool:
        return self.element_id not in self._floor.net.document.patience

    def _rank(self) -> Callable[[int], tuple[float, int]] | None:
        """Return what tells the place of a case in the line; None: they go as they come."""
        if not isinstance(self._pool.line, list):
            return None
        priority, ticket = priority_of(self._node, self._floor.cases.values), self._floor.ticket
        return lambda case: (priority(case), ticket())

    def _starting(self) -> Callable[[LightVisit, int, int], None]:
        """Return what begins work; its end is known at once, unless it is withdrawn."""
        schedule, busy, works_on = self._floor.schedule, self._pool.busy, self._node.works_on
        working, callbacks = State.WORKING, (self._ending(),)
        calendar = None if works_on else self._pool.calendar

        def start(visit: LightVisit, now: int, unit: int) -> None:
            visit.began, visit.unit, visit.state = now, unit, working
            busy[unit] = visit
            visit.callbacks = callbacks
            work = visit.work
            visit.ends = now + work
            schedule(visit, NORMAL, work)

        def start_in_shift(visit: LightVisit, now: int, unit: int) -> None:
            visit.began, visit.unit, visit.state = now, unit, working
            busy[unit] = visit
            visit.callbacks = callbacks
            visit.ends = end = finish(now, visit.work)
            schedule(visit, NORMAL, end - now)

        if calendar is None:
            return start
        finish = calendar.finish
        return start_in_shift

    def _ending(self) -> Callable[[LightVisit], None]:
        """Return what ends work: release the unit, serve those who wait, move the token on."""
        pool, index, done, over = self._pool, self.index, self._done, State.OVER
        give, serve, add, stint = pool.give, pool.serve, self._floor.rows.add, self._stint
        add_stint = self._floor.rows.stints.add
        is_plain = not (self._node.works_on and pool.calendar is not None)

        def end(visit: LightVisit) -> None:
            now, work, unit, began = visit.ends, visit.work, visit.unit, visit.began
            case, number = visit.case, visit.number
            visit.state = over
            if is_plain:
                add_stint((case, index, number, unit, began, now, work, 0, 1))
            else:
                stint(visit, now, work)
            give((now, unit))
            if pool.waits:
                serve(now)
            add((case, index, number, unit, visit.scheduled, began, now, work))
            done(visit, now)

        return end

    def _tired(self, leaving: Leaving) -> None:
        """Let a visit leave the queue if it still waits."""
        visit = leaving.visit
        if visit.state is State.WAITING:
            self._take_out(visit, leaving.at, Why.ABANDONED)
            self._abandoned(visit, leaving.at)

    def _take_out(self, visit: LightVisit, now: int, why: Why) -> None:
        """End a visit that is not completed; who works at it is free."""
        row, worked = self.open_row(visit), 0
        was, visit.state = visit.state, State.OVER
        if was is State.WAITING:
            self._pool.waits -= 1
        else:
            visit.callbacks = ()
            if visit.began == now:  # then it has not begun: nobody was used
                row = (*row[:3], -1, visit.scheduled, -1, -1, -1)
            else:
                worked = self._worked(visit, now)
                self._stint(visit, now, worked)
            self._pool.give((now, visit.unit))
            self._pool.serve(now)
        self._floor.rows.add(row)
        self._floor.rows.leavings.add((*row[:3], now, why, worked))

    def _worked(self, visit: LightVisit, now: int) -> int:
        calendar, began = self._pool.calendar, visit.began
        if calendar is None or self._node.works_on:
            return min(now - began, visit.work)
        return min(calendar.work_between(began, now), visit.work)

    def _stint(self, visit: LightVisit, now: int, worked: int) -> None:
        """Record who was bound, and for how long beyond the shift."""
        over, calendar = 0, self._pool.calendar
        if self._node.works_on and calendar is not None:
            over = now - visit.began - calendar.work_between(visit.began, now)
        where = (visit.case, self.index, visit.number, visit.unit)
        self._floor.rows.stints.add((*where, visit.began, now, worked, over, 1))
