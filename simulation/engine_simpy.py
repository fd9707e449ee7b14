"""The reference engine: one closure per node on a stock ``simpy.Environment``.

Tokens are SimPy events scheduled through ``Environment.schedule``; work that resources perform
lives in ``simulation.work``. Time is whole microseconds. At equal times things happen in the
order in which they were scheduled: release the unit, serve those who wait, then move the token.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import simpy
from simpy.events import NORMAL

from simulation.draws import Draws, ensure_no_endless_loop
from simulation.errors import SimulationFailed
from simulation.expressions import choose
from simulation.garbage import no_collection
from simulation.joins import way_in
from simulation.net import Kind, Net, Node
from simulation.recorder import Recorder
from simulation.resources import Alarm, Token
from simulation.run_record import SimulatedRun
from simulation.work.floor import Floor
from simulation.work.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.arrivals import Arrivals
    from simulation.net import Edge
    from simulation.streams import Streams

    Enter = Callable[[int, int], None]  # case, now


def simulate(net: Net, arrivals: Arrivals, streams: Streams) -> SimulatedRun:
    """Run one replication until the last case has ended, or is cut.

    Raises:
        SimulationFailed: a case loops without end, or waits at a join for ever.
    """
    with no_collection():
        return _Run(net, arrivals, Draws(streams, arrivals.keys)).go()


class _Run:
    """The state of one replication; its methods make the closures that change it."""

    def __init__(self, net: Net, arrivals: Arrivals, draws: Draws) -> None:
        self.net, self.arrivals, self.draws = net, arrivals, draws
        self.env = simpy.Environment()
        self.schedule: Callable[..., None] = self.env.schedule  # takes more than simpy.Event
        self.rows = Recorder()
        self.ended, self.live = [-1] * len(arrivals), [1] * len(arrivals)  # live: tokens
        self.taken = [[0] * len(node.outs) for node in net.nodes]  # tokens by way out
        self.ways: list[list[Enter]] = [[] for _ in net.nodes]  # filled when all nodes are made
        self.shop = Shop(Floor(net, arrivals, draws, self.schedule, self.rows))
        self.ports: dict[tuple[int, int], Enter] = {}
        self.enter = [self._make(index, node) for index, node in enumerate(net.nodes)]
        for ways, node in zip(self.ways, net.nodes, strict=True):
            # a node without a way out ends the token
            ways.extend([self._way(edge) for edge in node.outs] or [self._end()])

    def go(self) -> SimulatedRun:
        run = self.net.document.run
        if len(self.arrivals):
            self._let_arrive()
        self.env.run(until=None if run.drain else self.net.until)
        if run.drain:
            self._ensure_all_ended()
        else:  # begun work is recorded already, its end lies ahead
            for row in self.shop.waiting():
                self.rows.add(row)
        return SimulatedRun.of(
            self.net, self.arrivals, rows=self.rows, ended=self.ended, taken=self.taken
        )

    def _let_arrive(self) -> None:
        """Schedule the cases one after the other, so that the event queue stays short."""
        schedule, times = self.schedule, self.arrivals.times.tolist()
        entry = {name: self._way(edge) for name, edge in self.net.entries.items()}
        ways = [entry[name] for name in self.arrivals.starts]
        case, last, compact = 0, len(times) - 1, self.rows.compact

        def arrive(alarm: Alarm) -> None:
            nonlocal case
            this, now = case, times[case]
            if this < last:
                case += 1
                alarm.callbacks = again
                schedule(alarm, delay=times[case] - now)
            compact()
            ways[this](this, now)

        again = (arrive,)
        schedule(Alarm(arrive), delay=times[0])

    def _make(self, index: int, node: Node) -> Enter:
        match node.kind:
            case Kind.WORK:
                return self.shop.enter(index, self.ways[index])
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

    def _delay(self, index: int, node: Node) -> Enter:
        """Let time pass: nobody works, nobody queues."""
        schedule, record, ways = self.schedule, self.rows.add, self.ways[index]
        first, later = self.draws.durations(node), self.draws.duration
        next_visit = self._visits(node)

        def done(token: Token) -> None:
            ways[0](token.case, token.ends)

        callbacks = (done,)

        def enter(case: int, now: int) -> None:
            visit = next_visit(case)
            wait = later(node, case, visit) if visit else first[case]
            record((case, index, visit, -1, now, now, now + wait, wait))
            token = Token()
            token.case = case
            token.ends = now + wait
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
            ensure_no_endless_loop(node, next_visit(case))
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
            self.ports[index, port] = way_in(port, node.ways_in, arrived, spare, fire)
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
            seen[case] = visit + 1
            return visit

        return next_visit

    def _ensure_all_ended(self) -> None:
        if -1 not in self.ended:
            return
        joins = [node for node in self.net.nodes if node.kind is Kind.PARALLEL and node.ways_in > 1]
        where = joins[0].element_id if joins else self.net.process_key
        stuck = self.ended.count(-1)
        raise SimulationFailed(where, f"{stuck} cases wait for a token that never comes")
