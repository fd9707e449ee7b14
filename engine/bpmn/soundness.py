"""Plays every way tokens can take, looking for joins that wait in vain and for doubled work.

Conditions are not looked at: each gateway may go any way. So what is found is a warning, since
two gateways that read the same value never disagree in a real case. The search goes to the ends
first, where tokens are left behind, and stops after a number of markings; what it has not found by
then in a process with more is not told (W. van der Aalst 1998, soundness).
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, TypeAlias

from engine.bpmn.paths import upstream_places
from engine.domain.process_graph import GATEWAYS, FlowNode, NodeType, ProcessGraph
from engine.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST_MARKINGS = 3_000
_MOST_MOVES = 30_000
_MOST_WAYS = 4  # of an inclusive split whose combinations are all tried
_ONE_WAY = frozenset({NodeType.EXCLUSIVE_GATEWAY, NodeType.EVENT_BASED_GATEWAY})
Marking: TypeAlias = "tuple[str, ...]"  # ids of the flows that carry tokens, sorted


def soundness_findings(graph: ProcessGraph) -> list[Finding]:
    """Return warnings for joins where a case may get stuck and nodes that may run twice."""
    game = _Game(graph)
    stuck: dict[str, None] = {}
    doubled: dict[str, None] = {}
    for start in graph.of_type(NodeType.START_EVENT):
        begin = tuple(flow.id for flow in graph.outgoing(start.id))
        seen, to_visit, moves = {begin}, [begin], 0
        while to_visit and len(seen) < MOST_MARKINGS and moves < _MOST_MOVES:
            marking = to_visit.pop()
            following = set(game.following(marking))
            moves += len(following)
            if marking and not following:
                stuck |= dict.fromkeys(graph.flows[flow].target for flow in marking)
            twice = {flow for flow in marking if marking.count(flow) > 1}
            doubled |= dict.fromkeys(graph.flows[flow].source for flow in sorted(twice))
            fresh = sorted(following - seen) if not twice else []
            seen.update(fresh)
            to_visit.extend(fresh)
    return [*_stuck(graph, stuck), *_doubled(graph, doubled)]


def _stuck(graph: ProcessGraph, nodes: Iterable[str]) -> Iterator[Finding]:
    for node in map(graph.nodes.__getitem__, nodes):
        if node.type in GATEWAYS:
            message = (
                "a case may wait here for a token that never comes; does each branch lead here?"
            )
            yield Finding("may-deadlock", message, Severity.WARNING, node.id, node.line)


def _doubled(graph: ProcessGraph, nodes: Iterable[str]) -> Iterator[Finding]:
    if any(not node.is_interrupting for node in graph.nodes.values()):
        return  # a reminder that is sent twice is meant to be
    for node in map(graph.nodes.__getitem__, nodes):
        message = "parallel branches may come here one by one and do all that follows twice"
        if len(graph.incoming(node.id)) > 1:  # here they meet, behind it they only go on
            yield Finding("may-run-twice", message, Severity.WARNING, node.id, node.line)


class _Game:
    """The moves that tokens on sequence flows can make."""

    def __init__(self, graph: ProcessGraph) -> None:
        self._in = {n: tuple(f.id for f in graph.incoming(n)) for n in graph.nodes}
        self._out = {n: tuple(f.id for f in graph.outgoing(n)) for n in graph.nodes}
        self._target = {flow.id: graph.nodes[flow.target] for flow in graph.flows.values()}
        self._interruptions = {
            # one that compensates waits for the end of the activity, not beside it
            n: [event for event in graph.boundary_events(n) if event.compensated_by is None]
            for n in graph.nodes
        }
        self._upstream: Mapping[str, Mapping[str, frozenset[str]]] = {
            node.id: upstream_places(graph, node.id)
            for node in graph.of_type(NodeType.INCLUSIVE_GATEWAY)
        }

    def following(self, marking: Marking) -> Iterator[Marking]:
        """Return the markings that one move leads to."""
        for flow in dict.fromkeys(marking):
            node = self._target[flow]
            if node.is_terminate:
                yield ()
                continue
            taken = self._taken(node, flow, marking)
            for given in self._given(node) if taken else ():
                yield _moved(marking, taken, given)
            for event in self._interruptions[node.id]:
                stays = () if event.is_interrupting else (flow,)
                if event.is_interrupting or not set(self._out[event.id]) & set(marking):
                    yield _moved(marking, (flow,), (*self._out[event.id], *stays))

    def _taken(self, node: FlowNode, flow: str, marking: Marking) -> tuple[str, ...]:
        """The tokens a node consumes; none if it must wait."""
        incoming = self._in[node.id]
        if node.type is NodeType.PARALLEL_GATEWAY:
            return incoming if set(incoming) <= set(marking) else ()
        if node.type is NodeType.INCLUSIVE_GATEWAY:
            full = tuple(way for way in incoming if way in marking)
            return () if self._is_awaited(node, full, marking) else full
        return (flow,)

    def _is_awaited(self, gateway: FlowNode, full: tuple[str, ...], marking: Marking) -> bool:
        upstream = self._upstream[gateway.id]
        to_full = set(chain.from_iterable(upstream[flow] for flow in full))
        empty = set(upstream) - set(full)
        to_empty = set(chain.from_iterable(upstream[flow] for flow in empty))
        places = {self._target[flow].id for flow in marking} - {gateway.id}
        return bool(places & (to_empty - to_full))

    def _given(self, node: FlowNode) -> Iterable[tuple[str, ...]]:
        """The choices of flows that a node may send tokens out on."""
        out = self._out[node.id]
        if node.type in _ONE_WAY:
            return [(flow,) for flow in out]
        if node.type is NodeType.INCLUSIVE_GATEWAY and len(out) <= _MOST_WAYS:
            return chain.from_iterable(combinations(out, n + 1) for n in range(len(out)))
        return [out]


def _moved(marking: Marking, taken: Iterable[str], given: Iterable[str]) -> Marking:
    left = list(marking)
    for flow in taken:
        left.remove(flow)
    return tuple(sorted([*left, *given]))
