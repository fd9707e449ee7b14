"""Plain work: one unit of a pool of alike units holds a case for as long as the work takes.

The end of the work is known when it begins, and so is its row. Nothing here can be withdrawn
or interrupted; whatever can be is the business of other modules, so that this path stays short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy.events import NORMAL

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
        node, pool, draws = self.node, self.pool, self.floor.draws
        free, queue, take, push = pool.free, pool.queue, pool.free.pop, pool.push
        is_open, ask_to_open = pool.is_open, pool.ask_to_open
        first, later, arrivals = draws.durations(node), draws.duration, self.floor.cases.arrivals
        priority_of, seen = priorities(node, arrivals), [0] * len(arrivals)
        start, ticket = self._start(ways), self.floor.ticket

        def enter(case: int, now: int) -> None:
            visit, work = seen[case], first[case]
            seen[case] = visit + 1
            if visit:
                work = later(node, case, visit)
            if free and not queue and is_open(now):
                start(case, visit, now, work, take(), now)
            else:
                push((priority_of[case], ticket(), start, case, visit, now, work))
                if free:
                    ask_to_open(now)

        def enter_line(case: int, now: int) -> None:
            visit, work = seen[case], first[case]
            seen[case] = visit + 1
            if visit:
                work = later(node, case, visit)
            if free:
                start(case, visit, now, work, take(), now)
            else:
                push((0.0, 0, start, case, visit, now, work))

        return enter if pool.is_by_priority or pool.calendar is not None else enter_line

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
