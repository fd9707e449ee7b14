"""The reference engine: one closure per node on a stock ``simpy.Environment``.

A token is the SimPy event that ends its own visit, scheduled through ``Environment.schedule``;
pools grant units at once. Time is whole microseconds. At equal times things happen in the order
in which they were scheduled: release the unit, serve those who wait, then move the token.
"""

from __future__ import annotations

import gc
from array import array
from collections import Counter
from contextlib import contextmanager
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy
from simpy.events import NORMAL

from engine.domain.calendar import CompiledCalendar
from engine.expressions import Expression
from simulation.draws import Draws
from simulation.errors import SimulationFailed
from simulation.expressions import choose, priority_of
from simulation.net import Kind, Net, Node
from simulation.resources import Alarm, Pool, Start, Token
from simulation.run_record import SimulatedRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulation.arrivals import Arrivals
    from simulation.net import Edge
    from simulation.streams import Streams

    Enter = Callable[[int, int], None]  # case, now

MOST_VISITS = 10_000  # of one case to one node: more is a loop without end


def simulate(net: Net, arrivals: Arrivals, streams: Streams) -> SimulatedRun:
    """Run one replication until the last case has ended, or is cut.

    Raises:
        SimulationFailed: a case loops without end, or waits at a join for ever.
    """
    with _no_collection():
        return _Run(net, arrivals, Draws(streams, arrivals.keys)).go()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for cycles: tokens make none, and the search doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Run:
    """The state of one replication; its methods make the closures that change it."""

    def __init__(self, net: Net, arrivals: Arrivals, draws: Draws) -> None:
        self.net, self.arrivals, self.draws = net, arrivals, draws
        self.env = simpy.Environment()
        self.schedule: Callable[..., None] = self.env.schedule  # takes more than simpy.Event
        self.rows = array("q")  # one row of ``run_record.COLUMNS`` per visit that has ended
        self.ended = [-1] * len(arrivals)
        self.live = [1] * len(arrivals)  # tokens of each case
        self.taken = [[0] * len(node.outs) for node in net.nodes]  # tokens by way out
        self.ways: list[list[Enter]] = [[] for _ in net.nodes]  # filled when all nodes are made
        self.pools = [self._pool(plan.units, i) for i, plan in enumerate(net.pools)]
        self.ports: dict[tuple[int, int], Enter] = {}
        self.enter = [self._make(index, node) for index, node in enumerate(net.nodes)]
        for ways, node in zip(self.ways, net.nodes, strict=True):
            ways.extend(self._way(edge) for edge in node.outs)
            if not ways:  # a node without a way out ends the token
                ways.append(self._end())

    def go(self) -> SimulatedRun:
        run = self.net.document.run
        if len(self.arrivals):
            self._let_arrive()
        self.env.run(until=None if run.drain else self.net.until)
        if run.drain:
            self._ensure_all_ended()
        else:
            self._cut()
        return SimulatedRun.of(
            self.net, self.arrivals, rows=self.rows, ended=self.ended, taken=self.taken
        )

    def _cut(self) -> None:
        """Record what is still open: who waits now, and begun work when its end has come."""
        for pool in self.pools:
            for _, _, token in pool.queue:
                row = (token.case, token.node, token.visit, -1, token.scheduled, -1, -1, -1)
                self.rows.extend(row)
            pool.queue.clear()
        for ways in self.ways:  # nothing moves on any more
            ways[:] = [lambda case, now: None] * len(ways)
        self.env.run()

    def _pool(self, units: int, index: int) -> Pool:
        calendar = self.net.pools[index].calendar
        compiled = None if calendar is None else CompiledCalendar(calendar, self.net.epoch)
        return Pool(self.schedule, units, compiled)

    def _let_arrive(self) -> None:
        """Schedule the cases one after the other, so that the event queue stays short."""
        schedule, times = self.schedule, self.arrivals.times.tolist()
        entry = {name: self._way(edge) for name, edge in self.net.entries.items()}
        ways = [entry[name] for name in self.arrivals.starts]
        case, last = 0, len(times) - 1

        def arrive(alarm: Alarm) -> None:
            nonlocal case
            this, now = case, times[case]
            if this < last:
                case += 1
                alarm.callbacks = again
                schedule(alarm, delay=times[case] - now)
            ways[this](this, now)

        again = (arrive,)
        schedule(Alarm(arrive), delay=times[0])

    def _make(self, index: int, node: Node) -> Enter:
        match node.kind:
            case Kind.WORK:
                return self._work(index, node)
            case Kind.DELAY:
                return self._delay(index, node)
            case Kind.DECISION if node.shares is None:
                return self._condition(index, node)
            case Kind.DECISION:
                return self._lottery(index, node)
            case Kind.PARALLEL:
                return self._parallel(index, node)
        return self._end()

    def _way(self, edge: Edge) -> Enter:
        return self.ports.get((edge.target, edge.port), self.enter[edge.target])

    def _work(self, index: int, node: Node) -> Enter:
        """Queue for a unit of the pool, hold it for the work, let it go."""
        pool = self.pools[node.pool]
        free, queue, take = pool.free, pool.queue, pool.free.pop
        always_open, is_open = pool.calendar is None, pool.is_open
        first, later = self.draws.durations(node), self.draws.duration
        priorities, seen = self._priorities(node), [0] * len(self.arrivals)
        ticket, ask_to_open = pool.ticket, pool.ask_to_open
        start = pool.starts[index] = self._start(index, node, pool)

        def enter(case: int, now: int) -> None:
            token = Token()
            token.case, token.node, token.scheduled = case, index, now
            token.visit = visit = seen[case]
            seen[case] = visit + 1
            if visit:
                _ensure_no_endless_loop(node, visit)
                token.work = later(node, case, visit)
            else:
                token.work = first[case]
            if free and not queue and (always_open or is_open(now)):
                start(token, take(), now)
            else:
                heappush(queue, (priorities[case], ticket(), token))
                if free:
                    ask_to_open(now)

        return enter

    def _start(self, index: int, node: Node, pool: Pool) -> Start:
        """Return what begins the work of a token; its end is known at once."""
        schedule, done = self.schedule, (self._done(index, pool),)
        if pool.calendar is None or node.works_on:

            def start(token: Token, unit: int, now: int) -> None:
                token.unit, token.started, token.callbacks = unit, now, done
                work = token.work
                token.completed = now + work
                schedule(token, NORMAL, work)

            return start
        finish = pool.calendar.finish

        def start_in_shift(token: Token, unit: int, now: int) -> None:
            token.unit, token.started, token.callbacks = unit, now, done
            token.completed = end = finish(now, token.work)
            schedule(token, NORMAL, end - now)

        return start_in_shift

    def _done(self, index: int, pool: Pool) -> Callable[[Token], None]:
        """Return what ends the work of a token: release the unit, serve, move on."""
        record, ways, queue, starts = self.rows.extend, self.ways[index], pool.queue, pool.starts
        give_back, serve, always_open = pool.free.append, pool.serve, pool.calendar is None

        def done(token: Token) -> None:
            case, unit, now = token.case, token.unit, token.completed
            row = (case, index, token.visit, unit, token.scheduled, token.started, now, token.work)
            record(row)
            if queue and always_open:  # whoever waits gets the unit; no other one is free
                waiting = heappop(queue)[2]
                starts[waiting.node](waiting, unit, now)
            else:
                give_back(unit)
                if queue:
                    serve(now)
            ways[0](case, now)

        return done

    def _delay(self, index: int, node: Node) -> Enter:
        """Let time pass: nobody works, nobody queues."""
        schedule, record, ways = self.schedule, self.rows.extend, self.ways[index]
        first, duration, next_visit = (
            self.draws.durations(node),
            self.draws.duration,
            self._visits(node),
        )

        def done(token: Token) -> None:
            case, since, now = token.case, token.scheduled, token.completed
            record((case, index, token.visit, -1, since, since, now, token.work))
            ways[0](case, now)

        callbacks = (done,)

        def enter(case: int, now: int) -> None:
            token = Token()
            token.case, token.scheduled = case, now
            token.visit = visit = next_visit(case)
            token.work = wait = first[case] if visit == 0 else duration(node, case, visit)
            token.completed = now + wait
            token.callbacks = callbacks
            schedule(token, NORMAL, wait)

        return enter

    def _lottery(self, index: int, node: Node) -> Enter:
        """Choose a way out by its share."""
        first, choice = self.draws.choices(node), self.draws.choice
        ways, taken, next_visit = self.ways[index], self.taken[index], self._visits(node)

        def enter(case: int, now: int) -> None:
            visit = next_visit(case)
            way = first[case] if visit == 0 else choice(node, case, visit)
            taken[way] += 1
            ways[way](case, now)

        return enter

    def _condition(self, index: int, node: Node) -> Enter:
        """Choose the first way out whose condition holds, else the default flow."""
        ways, taken, next_visit = self.ways[index], self.taken[index], self._visits(node)

        def enter(case: int, now: int) -> None:
            next_visit(case)
            way = choose(node, self.arrivals.values(case))
            taken[way] += 1
            ways[way](case, now)

        return enter

    def _parallel(self, index: int, node: Node) -> Enter:
        """Send a token along every way out once one has come in at every way in."""
        live, ways = self.live, self.ways[index]
        gained = max(len(node.outs), 1) - node.ways_in

        def fire(case: int, now: int) -> None:
            live[case] += gained
            for way in ways:
                way(case, now)

        if node.ways_in == 1:
            return fire
        arrived, spare = [0] * len(self.live), Counter[tuple[int, int]]()
        for port in range(node.ways_in):
            self.ports[index, port] = _at_port(port, node.ways_in, arrived, spare, fire)
        return self.ports[index, 0]

    def _end(self) -> Enter:
        live, ended = self.live, self.ended

        def enter(case: int, now: int) -> None:
            live[case] -= 1
            if not live[case]:
                ended[case] = now

        return enter

    def _visits(self, node: Node) -> Callable[[int], int]:
        """Return what counts the visits of each case to a node, from 0."""
        seen = [0] * len(self.arrivals)

        def next_visit(case: int) -> int:
            visit = seen[case]
            if visit:
                _ensure_no_endless_loop(node, visit)
            seen[case] = visit + 1
            return visit

        return next_visit

    def _priorities(self, node: Node) -> list[float]:
        """Return the priority of each case at a node; smaller goes first."""
        priority = node.priority
        if not isinstance(priority, Expression):
            return [priority] * len(self.arrivals)
        values = self.arrivals.values
        return [priority_of(node, priority, values(case)) for case in range(len(self.arrivals))]

    def _ensure_all_ended(self) -> None:
        if -1 not in self.ended:
            return
        joins = [node for node in self.net.nodes if node.kind is Kind.PARALLEL and node.ways_in > 1]
        where = joins[0].element_id if joins else self.net.process_key
        stuck = self.ended.count(-1)
        raise SimulationFailed(where, f"{stuck} cases wait for a token that never comes")


def _ensure_no_endless_loop(node: Node, visit: int) -> None:
    if visit >= MOST_VISITS:
        reason = f"a case comes here more than {MOST_VISITS} times; how does it get out?"
        raise SimulationFailed(node.element_id, reason)


def _at_port(
    port: int, ways_in: int, arrived: list[int], spare: Counter[tuple[int, int]], fire: Enter
) -> Enter:
    """Return what takes a token in at one of the ways into a join.

    ``arrived`` has a bit for each way of each case; a second token at the same way is spare
    until the join has fired.
    """
    bit, everyone = 1 << port, (1 << ways_in) - 1

    def enter(case: int, now: int) -> None:
        before = arrived[case]
        if before & bit:
            spare[case, port] += 1
        elif before | bit == everyone:
            arrived[case] = _taken_from(spare, case, ways_in) if spare else 0
            fire(case, now)
        else:
            arrived[case] = before | bit

    return enter


def _taken_from(spare: Counter[tuple[int, int]], case: int, ways_in: int) -> int:
    """Take one spare token of each way that has some; return their bits."""
    bits = 0
    for port in range(ways_in):
        if spare[case, port]:
            spare[case, port] -= 1
            bits |= 1 << port
    return bits
