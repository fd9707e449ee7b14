"""Gateways in scopes that may be interrupted, or that are open many times in a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy.events import NORMAL

from simulation.draws import ensure_no_endless_loop
from simulation.expressions import choose
from simulation.flow.shares import ways_of
from simulation.flow.timers import Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.flow.context import Flow
    from simulation.flow.frames import Enter
    from simulation.net import Node


def decision(flow: Flow, index: int, node: Node) -> Enter:
    """Choose a way out by its share, or by the conditions."""
    choice, values, case_of = flow.draws.choice, flow.cases.values, flow.frames.case_of
    ways, taken, next_visit = flow.ways[index], flow.taken[index], flow.visits().next
    has_shares = node.shares is not None

    def enter(frame: int, now: int) -> None:
        case = case_of[frame]
        visit = next_visit(case)
        ensure_no_endless_loop(node, visit)
        way = choice(node, case, visit) if has_shares else choose(node, values(case))
        taken[way] += 1
        ways[way](frame, now)

    return enter


def fork(flow: Flow, index: int) -> Enter:
    """Send a token along every way out, as long as the scope is not interrupted meanwhile."""
    turn, ways, live = flow.frames.turn, flow.ways[index], flow.frames.live

    def enter(frame: int, now: int) -> None:
        live[frame] += len(ways) - 1
        before = turn[frame]
        for way in ways:
            way(frame, now)
            if turn[frame] != before:
                return

    return enter


def join(flow: Flow, index: int, node: Node) -> Enter:
    """Wait for a token at every way in, then go all ways out."""
    joins, live, go_on = flow.frames.joins, flow.frames.live, fork(flow, index)
    count = node.ways_in

    def way_in(port: int) -> Enter:
        def enter(frame: int, now: int) -> None:
            arrived = joins[frame].setdefault(index, [0] * count)
            arrived[port] += 1
            if all(arrived):
                arrived[:] = [tokens - 1 for tokens in arrived]
                live[frame] -= count - 1
                go_on(frame, now)

        return enter

    if count == 1:
        return go_on
    for port in range(count):
        flow.ports[index, port] = way_in(port)
    return flow.ports[index, 0]


def inclusive(flow: Flow, index: int, node: Node) -> Enter:
    """Wait for every token that can still come, then go the ways that shares or conditions say."""
    go_on = _split(flow, index, node)
    if node.ways_in == 1:
        return go_on
    meeting = InclusiveJoin(flow, index, node, go_on)
    for port in range(node.ways_in):
        flow.ports[index, port] = meeting.way_in(port)
    return flow.ports[index, 0]


def _split(flow: Flow, index: int, node: Node) -> Enter:
    turn, ways, live = flow.frames.turn, flow.ways[index], flow.frames.live
    taken, next_visit, case_of = flow.taken[index], flow.visits().next, flow.frames.case_of
    chosen = ways_of(flow, node)

    def enter(frame: int, now: int) -> None:
        case = case_of[frame]
        visit = next_visit(case)
        ensure_no_endless_loop(node, visit)
        numbers = chosen(case, visit)
        live[frame] += len(numbers) - 1
        before = turn[frame]
        for way in numbers:
            taken[way] += 1
            ways[way](frame, now)
            if turn[frame] != before:
                return

    return enter


class InclusiveJoin:
    """An inclusive join (BPMN 2.0, clause 13.4.3): goes on when no further token can come.

    Whether one can is looked at when all that happens at a moment has happened.
    """

    def __init__(self, flow: Flow, index: int, node: Node, go_on: Enter) -> None:
        self._flow, self._index, self._node, self._go_on = flow, index, node, go_on
        self._everywhere = frozenset().union(*node.before)
        flow.meetings[node.scope].append(self)

    def way_in(self, port: int) -> Enter:
        """Return what takes a token in at one of the ways in."""
        joins, index, count = self._flow.frames.joins, self._index, self._node.ways_in

        def enter(frame: int, now: int) -> None:
            joins[frame].setdefault(index, [0] * count)[port] += 1
            self.look(frame, now)

        return enter

    def look(self, frame: int, now: int) -> None:
        """Look soon whether the join can go on."""
        turn = self._flow.frames.turn
        before = turn[frame]

        def perhaps(now: int) -> None:
            if turn[frame] == before:
                self._perhaps(frame, now)

        self._flow.schedule(Timer(now, perhaps), NORMAL, 0)

    def _perhaps(self, frame: int, now: int) -> None:
        frames = self._flow.frames
        arrived = frames.joins[frame].get(self._index)
        if arrived is None or not any(arrived):
            return
        full = [port for port, tokens in enumerate(arrived) if tokens]
        if len(full) < len(arrived) and self._is_awaited(frame, full):
            return
        for port in full:
            arrived[port] -= 1
        frames.live[frame] -= len(full) - 1
        self._go_on(frame, now)
        if any(arrived):
            self.look(frame, now)

    def _is_awaited(self, frame: int, full: list[int]) -> bool:
        """Whether a token elsewhere can come by a way that has none, and by no way that has one."""
        before = self._node.before
        to_full = frozenset().union(*(before[port] for port in full))
        return any(place in self._everywhere - to_full for place in self._places(frame))

    def _places(self, frame: int) -> set[int]:
        """Return the numbers of the nodes at which tokens of a frame are."""
        frames = self._flow.frames
        at_joins = {
            index
            for index, arrived in frames.joins[frame].items()
            if index != self._index and any(arrived)
        }
        waiting = {guard.index for guard in frames.waiting.get(frame, ())}
        return at_joins | waiting


def watch(flow: Flow, scope: int, enter: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Let the inclusive joins of a scope look again after each move in it."""
    meetings, turn = flow.meetings[scope], flow.frames.turn

    def enter_and_look(frame: int, now: int) -> None:
        before = turn[frame]
        enter(frame, now)
        if turn[frame] == before:
            for meeting in meetings:
                meeting.look(frame, now)

    return enter_and_look
