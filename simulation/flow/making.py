"""Makes what takes a token in, for every node of a net."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.flow import gates, watched
from simulation.flow.flat import entering, leaving
from simulation.flow.frames import Done
from simulation.flow.guards import Border, Event, Place
from simulation.flow.light import LightBorder
from simulation.flow.pauses import pause
from simulation.flow.rounds import repeated
from simulation.flow.scopes import end as end_watched
from simulation.flow.scopes import opening
from simulation.flow.tables import by_attribute
from simulation.flow.throws import ending, thrower, throwing
from simulation.flow.waiting import catching, pausing, race
from simulation.net import Kind

if TYPE_CHECKING:
    from simulation.flow.context import Flow
    from simulation.flow.frames import Begin, Enter
    from simulation.flow.scopes import Space
    from simulation.net import Node
    from simulation.work.shop import Shop

_ACTIVITIES = frozenset({Kind.WORK, Kind.DELAY, Kind.CATCH, Kind.SCOPE})
_GATES = frozenset({Kind.DECISION, Kind.PARALLEL, Kind.INCLUSIVE})

_PASSED = {
    Kind.ENTER: entering,
    Kind.LEAVE: leaving,
    Kind.RACE: race,
    Kind.THROW: throwing,
}


class Maker:
    """Makes the closures of all nodes of one replication, and joins them."""

    def __init__(self, flow: Flow, shop: Shop, spaces: list[Space]) -> None:
        self._flow, self._shop, self._spaces = flow, shop, spaces

    def make(self) -> None:
        """Fill ``enter`` and ``ways`` of the flow."""
        flow, nodes = self._flow, self._flow.net.nodes
        flow.enter = [self._enter(index, node) for index, node in enumerate(nodes)]
        for index, node in enumerate(nodes):
            flow.ways[index].extend(self._ways(node))
        for space in self._spaces:
            space.starts.extend(flow.way(edge) for edge in space.plan.starts)

    def _enter(self, index: int, node: Node) -> Enter:
        flow = self._flow
        is_watched = flow.net.scopes[node.scope].is_managed
        if node.kind in _ACTIVITIES:
            return self._activity(index, node)
        if node.kind in _PASSED:
            return _PASSED[node.kind](flow, index, node)
        if node.kind in _GATES:
            return self._gate(index, node, is_watched=is_watched)
        return ending(flow, index, node) if is_watched else self._plain_end(index, node)

    def _gate(self, index: int, node: Node, *, is_watched: bool) -> Enter:
        flow = self._flow
        if node.kind is Kind.INCLUSIVE:
            return watched.inclusive(flow, index, node)
        if node.by is not None:
            return by_attribute(flow, index, node)
        if not is_watched:
            return self._plain_gate(index, node)
        make = watched.join if node.kind is Kind.PARALLEL else watched.decision
        return make(flow, index, node)

    def _plain_gate(self, index: int, node: Node) -> Enter:
        if node.kind is Kind.PARALLEL:
            return gates.parallel(self._flow, index, node)
        make = gates.condition if node.shares is None else gates.lottery
        return make(self._flow, index, node)

    def _plain_end(self, index: int, node: Node) -> Enter:
        flow = self._flow
        if node.throws is None or node.throws.kind not in flow.sent:
            return gates.end(flow)  # alone in its process, "terminate" ends what is over
        return throwing(flow, index, node)

    def _activity(self, index: int, node: Node) -> Enter:
        flow = self._flow
        if not node.is_managed:
            if node.kind is Kind.WORK:
                return self._shop.enter(index, flow.ways[index])
            return pause(flow, index, node)
        if node.kind is Kind.WORK and self._is_light(index, node):
            return self._light(index, node)
        begin = self._begin(index, node)
        entries = [Done(index, node.undone_by, [])] if node.undone_by >= 0 else []
        if node.kind is Kind.SCOPE:
            entries = []  # each instance tells what was done in it
        if node.repeat is not None:
            begin, entries = repeated(flow, node, begin, entries), []
        flow.begins[index] = begin
        place = Place(
            flow.frames,
            index,
            begin,
            flow.ways[index],
            self._border(node),
            entries=entries,
            is_scope=node.kind is Kind.SCOPE,
            takes_over=self._takes_over(index),
        )
        return place.enter

    def _is_light(self, index: int, node: Node) -> bool:
        """Whether tokens come here to be worked at once, by light work."""
        undoes = any(other.undone_by == index for other in self._flow.net.nodes)
        return self._shop.is_light(index) and node.repeat is None and not undoes

    def _light(self, index: int, node: Node) -> Enter:
        flow, shop = self._flow, self._shop
        entries = [Done(index, node.undone_by, [])] if node.undone_by >= 0 else []
        border = LightBorder(flow, self._border(node), entries, flow.ways[index])
        return border.enter(lambda done, abandoned: shop.light(index, done, abandoned))

    def _border(self, node: Node) -> Border:
        return Border([Event(self._flow, border) for border in node.borders])

    def _begin(self, index: int, node: Node) -> Begin:
        match node.kind:
            case Kind.WORK:
                return self._shop.begin(index)
            case Kind.DELAY:
                return pausing(self._flow, index)
            case Kind.SCOPE:
                return opening(self._flow, self._spaces[node.inner], index)
        return catching(self._flow, index)

    def _takes_over(self, index: int) -> bool:
        """Whether a node is an event subprocess that interrupts its scope."""
        return self._flow.net.handlers.get(index, False)

    def _ways(self, node: Node) -> list[Enter]:
        """Return the ways out of a node; one without any ends the token."""
        flow, plan = self._flow, self._flow.net.scopes[node.scope]
        ways = [flow.way(edge) for edge in node.outs]
        if not ways:
            ways = [end_watched(flow.frames) if plan.is_managed else gates.end(flow)]
        if node.throws is not None and node.kind in {Kind.WORK, Kind.DELAY}:
            ways[0] = _after(thrower(flow, node), ways[0])
        if flow.meetings[node.scope] and node.kind not in {Kind.INCLUSIVE, Kind.PARALLEL}:
            ways = [watched.watch(flow, node.scope, way) for way in ways]
        return ways


def _after(throw: Enter, way: Enter) -> Enter:
    def enter(frame: int, now: int) -> None:
        throw(frame, now)
        way(frame, now)

    return enter
