"""The reference engine: one closure per node on a stock ``simpy.Environment``.

Tokens are SimPy events scheduled through ``Environment.schedule``. How they flow is in
``simulation.flow``, the work that resources perform in ``simulation.work``. Time is whole
microseconds. At equal times things happen in the order in which they were scheduled: release the
unit, serve those who wait, then move the token.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import simpy

from simulation.cases import Cases
from simulation.draws import Draws
from simulation.errors import SimulationFailed
from simulation.flow.context import Flow
from simulation.flow.flat import abandon, record_unfinished
from simulation.flow.frames import Frames
from simulation.flow.making import Maker
from simulation.flow.population import populations
from simulation.flow.scopes import add_scopes, entrance
from simulation.garbage import no_collection
from simulation.net import Kind, Net
from simulation.recorder import Recorder
from simulation.resources import Alarm
from simulation.run_record import SimulatedRun
from simulation.standing import NOBODY, place_cases
from simulation.work.floor import Floor
from simulation.work.shop import Shop

if TYPE_CHECKING:
    from simulation.arrivals import Arrivals
    from simulation.standing import Standing
    from simulation.streams import Streams


def simulate(
    net: Net,
    arrivals: Arrivals,
    streams: Streams,
    standing: Standing = NOBODY,
    *,
    keeps_log: bool = True,
) -> SimulatedRun:
    """Run one replication until the last case has ended, or is cut.

    ``standing`` are the cases that are under way when it begins; they come first in ``arrivals``.
    Without its log a run knows when cases ended, and needs a tenth of the memory.

    Raises:
        SimulationFailed: a case loops without end, or waits at a join for ever.
    """
    with no_collection():
        try:
            draws = Draws(streams, arrivals.keys, standing.left)
            rows = Recorder() if keeps_log else Recorder.of_nothing()
            return _Run(net, arrivals, draws, standing, rows).go()
        except RecursionError as error:
            words = "tokens go from node to node without end while no time passes"
            raise SimulationFailed(net.process_key, words) from error


class _Run:
    """One replication: makes the closures of all nodes, lets the cases in, and waits."""

    def __init__(
        self, net: Net, arrivals: Arrivals, draws: Draws, standing: Standing, rows: Recorder
    ) -> None:
        self.env, self.standing = simpy.Environment(), standing
        self.flow = flow = Flow(
            net,
            Cases(arrivals),
            draws,
            schedule=self.env.schedule,
            rows=rows,
            frames=Frames(len(arrivals), is_plain=net.is_plain),
        )
        self.spaces = add_scopes(flow)
        if self.spaces:
            flow.again.update(populations(flow))
        self.shop = Shop(self._floor())
        Maker(flow, self.shop, self.spaces).make()

    def _floor(self) -> Floor:
        flow = self.flow
        return Floor(
            flow.net,
            flow.cases,
            flow.draws,
            flow.schedule,
            flow.rows,
            visits=lambda: flow.visits().next,
            case_of=flow.frames.case_of.__getitem__,
            abandon=self._abandon,
        )

    def _abandon(self, frame: int, now: int) -> None:
        """End a case that has left a queue."""
        flow = self.flow
        flow.frames.live[frame] = 0
        flow.cases.ended[frame] = now
        flow.rows.abandoned.append(frame)
        abandon(flow, frame, now)

    def go(self) -> SimulatedRun:
        flow, run = self.flow, self.flow.net.document.run
        place_cases(flow, self.standing)
        if len(flow.cases) > len(self.standing.tokens):
            self._let_arrive()
        self.env.run(until=None if run.drain else flow.net.until)
        if run.drain:
            while self.shop.close_batches(int(self.env.now)):  # nobody else comes to fill them
                self.env.run()
            self._ensure_all_ended()
        else:  # begun work is recorded already, its end lies ahead
            assert flow.net.until is not None, "a run that is cut has an end"
            self.shop.record_unfinished(flow.net.until)
            flow.frames.cut()
            record_unfinished(flow)
        return SimulatedRun.of(
            flow.net,
            flow.cases.all(),
            rows=flow.rows,
            ended=flow.cases.ended,
            taken=flow.taken,
        )

    def _let_arrive(self) -> None:
        """Schedule the cases one after the other, so that the event queue stays short."""
        flow = self.flow
        arrivals, schedule, compact = flow.cases.arrivals, flow.schedule, flow.rows.compact
        first = len(self.standing.tokens)  # those before are there already
        times, case, last = array("q", arrivals.times.tobytes()), first, len(arrivals) - 1
        entry = {name: entrance(flow, self.spaces, name) for name in flow.net.entries}
        ways = [entry[name] for name in arrivals.starts[first:]]

        def arrive(alarm: Alarm) -> None:
            nonlocal case
            this, now = case, times[case]
            if this < last:
                case += 1
                alarm.callbacks = again
                schedule(alarm, delay=times[case] - now)
            compact()
            ways[this - first](this, now)

        again = (arrive,)
        schedule(Alarm(arrive), delay=times[case])

    def _ensure_all_ended(self) -> None:
        ended, net = self.flow.cases.ended, self.flow.net
        if -1 not in ended:
            return
        stuck, waited_at = ended.count(-1), self.flow.frames.waited_at()
        wait = "1 case waits" if stuck == 1 else f"{stuck} cases wait"
        if (element := self.shop.waited_at()) is not None:
            raise SimulationFailed(element, f"{wait} for somebody who never comes")
        if waited_at is not None:
            where = net.nodes[waited_at].element_id
            raise SimulationFailed(where, f"{wait} for what never comes")
        joins = [node for node in net.nodes if node.kind is Kind.PARALLEL and node.ways_in > 1]
        where = joins[0].element_id if joins else net.process_key
        raise SimulationFailed(where, f"{wait} for a token that never comes")
