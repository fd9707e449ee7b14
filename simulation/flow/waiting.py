"""Visits that wait without anybody working: pauses, events that catch, event-based gateways."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from simpy.events import NORMAL

from simulation.flow.events import arm_of
from simulation.flow.frames import Open
from simulation.flow.timers import Timer

if TYPE_CHECKING:
    from simulation.flow.context import Flow
    from simulation.flow.frames import Begin, Enter, Host
    from simulation.flow.timers import Arm, Armed
    from simulation.net import Node

    Key = tuple[int, int, int, int]  # case, node, visit, since


class Waiting(Open):
    """One visit that waits for one thing."""

    __slots__ = ("_flow", "_host", "_key", "armed")

    def __init__(self, flow: Flow, host: Host, key: Key) -> None:
        self._flow, self._host, self._key = flow, host, key
        self.armed: Armed | None = None
        host.visit = self

    def over(self, now: int) -> None:
        """Record the visit; go on."""
        case, index, visit, since = self._key
        self._flow.rows.add((case, index, visit, -1, since, since, now, now - since))
        self._host.done(now)

    def withdraw(self, now: int) -> None:
        """Wait no more."""
        if self.armed is not None:
            self.armed.disarm()
        case, index, visit, since = self._key
        self._flow.rows.cancel((case, index, visit, -1, since, since, now, now - since))

    def cut(self) -> None:
        """Record a visit that is open when the run is cut."""
        case, index, visit, since = self._key
        self._flow.rows.add((case, index, visit, -1, since, since, -1, -1))


def pausing(flow: Flow, index: int) -> Begin:
    """Return what lets time pass."""
    node, schedule, duration = flow.net.nodes[index], flow.schedule, flow.draws.duration
    next_visit, case_of = flow.visits().next, flow.frames.case_of

    def begin(frame: int, now: int, host: Host) -> None:
        case = case_of[frame]
        visit = next_visit(case)
        waiting = Waiting(flow, host, (case, index, visit, now))
        wait = duration(node, case, visit)
        waiting.armed = timer = Timer(now + wait, waiting.over)
        schedule(timer, NORMAL, wait)

    return begin


def catching(flow: Flow, index: int) -> Begin:
    """Return what waits for the event of a node."""
    arm = arm_of(flow, flow.net.nodes[index])
    next_visit, case_of = flow.visits().next, flow.frames.case_of

    def begin(frame: int, now: int, host: Host) -> None:
        case = case_of[frame]
        waiting = Waiting(flow, host, (case, index, next_visit(case), now))
        waiting.armed = arm(frame, now, waiting.over)

    return begin


class Rival:
    """One of the events behind an event-based gateway."""

    __slots__ = ("arm", "index", "next_visit", "ways")

    def __init__(self, flow: Flow, index: int) -> None:
        node = flow.net.nodes[index]
        self.arm: Arm = arm_of(flow, node)
        self.index, self.next_visit, self.ways = index, flow.visits().next, flow.ways[index]


class Race:
    """A token at an event-based gateway: waits for all its events at once."""

    __slots__ = ("_armed", "_case", "_flow", "_frame", "_rivals", "_since", "_visits", "index")
    is_scope = False

    def __init__(self, flow: Flow, frame: int, rivals: list[Rival], now: int) -> None:
        self._flow, self._frame, self._rivals, self._since = flow, frame, rivals, now
        self._case = flow.frames.case_of[frame]
        self._visits = {rival: rival.next_visit(self._case) for rival in rivals}
        self.index = rivals[0].index  # the token can come from any of the events
        flow.frames.waiting[frame][self] = None
        self._armed = [
            rival.arm(frame, now, partial(self._happens, number))
            for number, rival in enumerate(rivals)
        ]

    def withdraw(self, now: int) -> None:
        """Wait for none of them."""
        self._disarm()
        for rival in self._rivals:
            self._flow.rows.cancel(self._row(rival, now))

    def cut(self) -> None:
        """Record what is awaited when the run is cut."""
        for rival in self._rivals:
            self._flow.rows.add((*self._row(rival, -1)[:6], -1, -1))

    def _disarm(self) -> None:
        for armed in self._armed:
            armed.disarm()
        self._armed.clear()

    def _happens(self, number: int, now: int) -> None:
        self._disarm()
        self._flow.frames.leave(self._frame, self)
        for other, rival in enumerate(self._rivals):
            row = self._row(rival, now)
            self._flow.rows.add(row) if other == number else self._flow.rows.cancel(row)
        self._rivals[number].ways[0](self._frame, now)

    def _row(self, rival: Rival, now: int) -> tuple[int, int, int, int, int, int, int, int]:
        since, visit = self._since, self._visits[rival]
        return self._case, rival.index, visit, -1, since, since, now, now - since


def race(flow: Flow, index: int, node: Node) -> Enter:
    """Return what lets a token in at an event-based gateway."""
    rivals = [Rival(flow, edge.target) for edge in node.outs]

    def enter(frame: int, now: int) -> None:
        Race(flow, frame, rivals, now)

    return enter
