"""Plain work: one unit of a pool of alike units holds a case for as long as the work takes.

The end of the work is known when it begins, and so is its row. Nothing here can be withdrawn
or interrupted; whatever can be is the business of other modules, so that this path stays short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy.events import NORMAL

from engine.expressions import Expression
from simulation.expressions import priorities

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.net import Node
    from simulation.resources import Pool, Start, Unit
    from simulation.work.floor import Enter, Floor


class PlainWork:
    """Makes the closures of one work node."""

    def __init__(self, floor: Floor, index: int, node: Node, pool: Pool) -> None:
        self.floor, self.index, self.node, self.pool = floor, index, node, pool

    def enter(self, ways: list[Enter]) -> Enter:
        """Queue for a unit of the pool, hold it for the work, let it go."""
        in_order = not self.pool.is_by_priority and self.pool.calendar is None
        start = self._start(ways)
        return self._enter_line(start) if in_order else self._enter_queue(start)

    def _enter_line(self, start: Start) -> Enter:
        """Return the way into a pool that is always open and serves in order of arrival."""
        pool, again = self.pool, self._again()
        free, take, push = pool.free, pool.free.pop, pool.push
        block, was_here = self.floor.draws.durations(self.node).block, self._nobody_here()
        low, high, first = 0, 0, [0]  # the durations of the cases that are about

        def enter(case: int, now: int) -> None:
            nonlocal low, high, first
            if was_here[case]:
                visit, work = again(case)
            else:
                was_here[case] = 1
                if not low <= case < high:
                    low, high, first = block(case)
                visit, work = 0, first[case - low]
            if free:
                start(case, visit, now, work, take(), now)
            else:
                push((0.0, 0, start, case, visit, now, work))

        return enter

    def _enter_queue(self, start: Start) -> Enter:
        """Return the way into a pool with shifts or priorities."""
        pool, again, priority = self.pool, self._again(), self._priority()
        free, queue, take, push = pool.free, pool.queue, pool.free.pop, pool.push
        is_open, ask_to_open, ticket = pool.is_open, pool.ask_to_open, self.floor.ticket
        block, was_here = self.floor.draws.durations(self.node).block, self._nobody_here()
        low, high, first = 0, 0, [0]  # the durations of the cases that are about

        def enter(case: int, now: int) -> None:
            nonlocal low, high, first
            if was_here[case]:
                visit, work = again(case)
            else:
                was_here[case] = 1
                if not low <= case < high:
                    low, high, first = block(case)
                visit, work = 0, first[case - low]
            if free and not queue and is_open(now):
                start(case, visit, now, work, take(), now)
            else:
                push((priority(case), ticket(), start, case, visit, now, work))
                if free:
                    ask_to_open(now)

        return enter

    def _nobody_here(self) -> bytearray:
        """Return by case whether it has been here: never."""
        return bytearray(len(self.floor.cases))

    def _again(self) -> Callable[[int], tuple[int, int]]:
        """Return what numbers further visits of a case, and draws their work."""
        node, later, last = self.node, self.floor.draws.duration, dict[int, int]()

        def again(case: int) -> tuple[int, int]:
            visit = last[case] = last.get(case, 0) + 1
            return visit, later(node, case, visit)

        return again

    def _priority(self) -> Callable[[int], float]:
        given = self.node.priority
        if isinstance(given, Expression):
            return priorities(self.node, self.floor.cases.arrivals).__getitem__
        return lambda _: given

    def _start(self, ways: list[Enter]) -> Start:
        """Return what begins work; its end is known at once, and so is its row."""
        index, node, pool = self.index, self.node, self.pool
        schedule, record, done = self.floor.schedule, self.floor.rows.add, (self._done(ways),)

        def start(case: int, visit: int, scheduled: int, work: int, unit: Unit, now: int) -> None:
            end = now + work
            record((case, index, visit, unit.number, scheduled, now, end, work))
            unit.case, unit.ends, unit.callbacks = case, end, done
            schedule(unit, NORMAL, work)

        def start_in_shift(
            case: int, visit: int, scheduled: int, work: int, unit: Unit, now: int
        ) -> None:
            end = finish(now, work)
            record((case, index, visit, unit.number, scheduled, now, end, work))
            unit.case, unit.ends, unit.callbacks = case, end, done
            schedule(unit, NORMAL, end - now)

        if pool.calendar is None or node.works_on:
            pool.node_of[start] = index
            return start
        finish = pool.calendar.finish
        pool.node_of[start_in_shift] = index
        return start_in_shift

    def _done(self, ways: list[Enter]) -> Callable[[Unit], None]:
        """Return what ends work: release the unit, serve those who wait, move the token on."""
        pool = self.pool
        queue, pop, give_back, serve = pool.queue, pool.pop, pool.free.append, pool.serve

        def done(unit: Unit) -> None:
            case, now = unit.case, unit.ends
            if queue:  # whoever waits gets the unit; no other one is free
                _, _, start, next_case, visit, scheduled, work = pop()
                start(next_case, visit, scheduled, work, unit, now)
            else:
                give_back(unit)
            ways[0](case, now)

        def done_in_shift(unit: Unit) -> None:
            case, now = unit.case, unit.ends
            give_back(unit)
            if queue:
                serve(now)
            ways[0](case, now)

        return done if pool.calendar is None else done_in_shift
