"""Plays every way that tokens of a scope can take, and shows the one on which they get stuck.

Ways of no share are not taken; conditions are not looked at. The search stops after a number of
markings: what it has not found by then is not told (W. van der Aalst 1998, soundness).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind
from simulation.net import Kind
from simulation.net.ways import reached, ways_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulation.net import Net, Node, ScopePlan

    Place = tuple[int, int]  # node, way in
    Marking = tuple[Place, ...]
    Move = tuple[int, Marking]  # node, marking after it

_MOST_MARKINGS = 3_000
_MOST_WAYS = 4  # of an inclusive split whose combinations are all tried
_LONGEST_PATH = 12
_JOINS = frozenset({Kind.PARALLEL, Kind.INCLUSIVE})
_LEAVING = frozenset({EventKind.ERROR, EventKind.CANCEL})
_ENDING = _LEAVING | {EventKind.TERMINATE}


@dataclass(frozen=True, slots=True)
class Unsound:
    """A join where a case can get stuck, or a node that it can come to twice at once."""

    element_id: str
    is_stuck: bool
    path: tuple[str, ...]  # the elements on the way there
    is_certain: bool  # shares alone lead there, no condition may prevent it

    @property
    def words(self) -> str:
        """What is wrong, and on which way."""
        what = (
            "a case waits here for a token that never comes"
            if self.is_stuck
            else "two tokens come here one after the other: all that follows is done twice"
        )
        shown = (*self.path[:1], "…", *self.path[-_LONGEST_PATH:])
        path = self.path if len(self.path) <= _LONGEST_PATH + 1 else shown
        return f"{what}, on the way {' → '.join(path)}"


def unsound(net: Net) -> list[Unsound]:
    """Return the first way to each place where tokens of a case get stuck or come twice."""
    found: dict[tuple[str, bool], Unsound] = {}
    for plan, starts in _beginnings(net):
        for one in _Game(net, plan).play(starts):
            found.setdefault((one.element_id, one.is_stuck), one)
    return list(found.values())


def _beginnings(net: Net) -> Iterator[tuple[ScopePlan, Marking]]:
    """Yield each scope with the tokens it begins with.

    A case begins at one of the starts of a process; a subprocess at all of its own.
    """
    entries = [*net.entries.values(), *(starter.edge for starter in net.started_by.values())]
    begun = {net.nodes[edge.target].scope for edge in entries}
    for edge in entries:
        yield net.scopes[net.nodes[edge.target].scope], ((edge.target, edge.port),)
    for index, plan in enumerate(net.scopes):
        if plan.starts and index not in begun:
            yield plan, tuple(sorted((edge.target, edge.port) for edge in plan.starts))


class _Game:
    def __init__(self, net: Net, plan: ScopePlan) -> None:
        self._net, self._plan = net, plan
        self._goes_beside = any(
            node.trigger is not None and not node.trigger.is_interrupting for node in net.nodes
        )

    def play(self, begin: Marking) -> Iterator[Unsound]:
        """Yield what goes wrong, breadth first: the shortest way there."""
        came: dict[Marking, tuple[Marking, int] | None] = {begin: None}
        todo = [begin]
        for marking in todo:
            moves = list(self._moves(marking))
            if marking and not moves:
                yield from self._stuck(marking, came)
            twice = {place for place in marking if marking.count(place) > 1}
            if twice and not self._goes_beside:
                yield from (self._told(place[0], False, marking, came) for place in sorted(twice))
                continue
            for index, after in moves:
                if after not in came and len(came) < _MOST_MARKINGS and not twice:
                    came[after] = (marking, index)
                    todo.append(after)

    def _stuck(
        self, marking: Marking, came: dict[Marking, tuple[Marking, int] | None]
    ) -> Iterator[Unsound]:
        for index, _ in dict.fromkeys(marking):
            if self._net.nodes[index].kind in _JOINS:
                yield self._told(index, True, marking, came)

    def _told(
        self,
        index: int,
        is_stuck: bool,
        marking: Marking,
        came: dict[Marking, tuple[Marking, int] | None],
    ) -> Unsound:
        path: list[int] = []
        step = came[marking]
        while step is not None:
            path.insert(0, step[1])
            step = came[step[0]]
        nodes = self._net.nodes
        asks = any(_asks(self._net, i) for i in path)
        names = tuple(nodes[i].element_id for i in path)
        here = nodes[index].element_id
        return Unsound(here, is_stuck, (*(n for n in names if n != here), here), not asks)

    def _moves(self, marking: Marking) -> Iterator[Move]:
        for place in dict.fromkeys(marking):
            index = place[0]
            node = self._net.nodes[index]
            is_done = self._may_be_done(node)
            if (node.throws is not None and node.throws.kind in _ENDING) or not (
                is_done or node.borders
            ):
                yield index, ()
                continue
            taken = self._taken(node, index, place, marking)
            if not taken:
                continue
            for given in self._given(node) if is_done else ():
                yield index, _moved(marking, taken, given)
            for border in (self._net.nodes[i] for i in node.borders):
                yield index, self._by_border(border, place, marking)

    def _may_be_done(self, node: Node) -> bool:
        """Whether a subprocess or call can come to an end that throws nothing out of it."""
        if node.inner < 0:
            return True
        plan = self._net.scopes[node.inner]
        starts = [*(edge.target for edge in plan.starts), *plan.listeners]
        inside = (self._net.nodes[index] for index in reached(self._net, starts, inside=False))
        return any(not _leaves(one) for one in inside if not one.outs)

    def _by_border(self, border: Node, place: Place, marking: Marking) -> Marking:
        assert border.trigger is not None
        out = _places(border)
        if border.trigger.is_interrupting:
            return _moved(marking, (place,), out)
        return marking if set(out) & set(marking) else _moved(marking, (), out)

    def _taken(self, node: Node, index: int, place: Place, marking: Marking) -> tuple[Place, ...]:
        """The tokens a node consumes; none if it must wait."""
        if node.kind not in _JOINS or node.ways_in == 1:
            return (place,)
        all_ways = tuple((index, port) for port in range(node.ways_in))
        full = tuple(way for way in all_ways if way in marking)
        if node.kind is Kind.PARALLEL:
            return full if len(full) == node.ways_in else ()
        return () if self._is_awaited(node, index, full, marking) else full

    def _is_awaited(
        self, node: Node, index: int, full: tuple[Place, ...], marking: Marking
    ) -> bool:
        to_full: frozenset[int] = frozenset().union(*(node.before[port] for _, port in full))
        anywhere: frozenset[int] = frozenset().union(*node.before)
        places = {i for i, _ in marking} - {index}
        return bool(places & (anywhere - to_full))

    def _given(self, node: Node) -> Iterable[tuple[Place, ...]]:
        """The choices of ways that a node may send tokens out on."""
        ways = [(edge.target, edge.port) for edge in node.outs]
        if node.kind is Kind.DECISION:
            open_ways = set(ways_out(node))
            return [(way,) for way in dict.fromkeys(ways) if way[0] in open_ways]
        if node.kind is Kind.RACE:
            return [_places(self._net.nodes[index]) for index, _ in ways]
        if node.kind is Kind.INCLUSIVE and len(ways) > 1:
            return _combinations(node, ways)
        return [tuple(ways)]


def _asks(net: Net, index: int) -> bool:
    """Whether conditions decide at a node or inside of it, or what is thrown there does."""
    node = net.nodes[index]
    starts = [] if node.inner < 0 else [edge.target for edge in net.scopes[node.inner].starts]
    inside = (net.nodes[one] for one in (index, *reached(net, starts)))
    return any(one.conditions or one.by or _leaves(one) for one in inside)


def _leaves(node: Node) -> bool:
    return node.throws is not None and node.throws.kind in _LEAVING


def _combinations(node: Node, ways: list[Place]) -> Iterable[tuple[Place, ...]]:
    shares = node.shares or (0.5,) * len(ways)
    always = [way for way, share in zip(ways, shares, strict=True) if share >= 1]
    perhaps = [way for way, share in zip(ways, shares, strict=True) if 0 < share < 1]
    if len(perhaps) > _MOST_WAYS:
        return [(*always, *perhaps)]
    some = chain.from_iterable(combinations(perhaps, n) for n in range(len(perhaps) + 1))
    return [(*always, *chosen) for chosen in some if always or chosen]


def _places(node: Node) -> tuple[Place, ...]:
    return tuple((edge.target, edge.port) for edge in node.outs)


def _moved(marking: Marking, taken: Iterable[Place], given: Iterable[Place]) -> Marking:
    left = list(marking)
    for place in taken:
        left.remove(place)
    return tuple(sorted([*left, *given]))
