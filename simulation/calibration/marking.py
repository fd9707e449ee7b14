"""What a process may do next: its transitions, as moves of tokens along sequence flows.

A marking holds tokens by the flow they wait on. Gateways and events move them silently; an
activity moves its token when the log says that it was done (or it is skipped, at a price).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING

from engine.domain.process_graph import ACTIVITIES, SCOPES, NodeType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.domain.process_graph import FlowNode, ProcessGraph

Marking = tuple[str, ...]  # flows (and opened scopes), sorted, one entry per token
_JOINING = frozenset({NodeType.PARALLEL_GATEWAY, NodeType.INCLUSIVE_GATEWAY})
_MOST_WAYS = 6  # of an inclusive split whose combinations are tried


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a process: which tokens go, which come, and what it means."""

    node_id: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    is_visible: bool = False
    chosen: tuple[str, ...] = ()  # flows a decision chose


class Moves:
    """The moves of a process at each marking."""

    def __init__(self, graph: ProcessGraph, visible: frozenset[str]) -> None:
        """``visible`` are the activities that a log can tell of."""
        self.graph, self.visible = graph, visible
        self._by_flow: dict[str, list[Move]] = {}
        self._joins: dict[str, list[FlowNode]] = {}
        for node in graph.nodes.values():
            self._add(node)

    def starts(self) -> Iterator[tuple[str, Marking]]:
        """Yield the start events of the process and the tokens each makes."""
        for node in self.graph.of_type(NodeType.START_EVENT):
            if node.parent is None:
                yield node.id, tuple(sorted(flow.id for flow in self.graph.outgoing(node.id)))

    def at(self, marking: Marking) -> Iterator[Move]:
        """Yield the moves that a marking allows."""
        for flow in dict.fromkeys(marking):
            yield from self._by_flow.get(flow, ())
        for node in {n.id: n for f in marking for n in self._joins.get(f, ())}.values():
            move = self._join(node, marking)
            if move is not None:
                yield move
        yield from self._exits(marking)

    def _add(self, node: FlowNode) -> None:
        ins = [flow.id for flow in self.graph.incoming(node.id)]
        if len(ins) > 1 and node.type in _JOINING:
            for flow in ins:
                self._joins.setdefault(flow, []).append(node)
            return
        for flow in ins:
            self._by_flow.setdefault(flow, []).extend(self._single(node, flow))

    def _single(self, node: FlowNode, flow: str) -> Iterator[Move]:
        """Yield the moves of a node that needs one token."""
        outs = tuple(f.id for f in self.graph.outgoing(node.id))
        if node.type in {NodeType.EXCLUSIVE_GATEWAY, NodeType.EVENT_BASED_GATEWAY}:
            chosen = len(outs) > 1
            yield from (Move(node.id, (flow,), (o,), chosen=(o,) if chosen else ()) for o in outs)
        elif node.type is NodeType.INCLUSIVE_GATEWAY:
            yield from _subsets(node, (flow,), outs)
        elif self._is_entered(node):
            yield from self._entries(node, flow)
        elif node.type in ACTIVITIES:
            yield from self._work(node, flow, outs)
        else:
            yield Move(node.id, (flow,), outs)

    def _work(self, node: FlowNode, flow: str, outs: tuple[str, ...]) -> Iterator[Move]:
        is_visible = node.id in self.visible
        yield Move(node.id, (flow,), outs, is_visible=is_visible)
        if node.loop is not None:
            yield Move(node.id, (flow,), (flow,), is_visible=is_visible)
        for event in self.graph.boundary_events(node.id):
            ways = tuple(f.id for f in self.graph.outgoing(event.id))
            if event.is_interrupting and ways:
                yield Move(event.id, (flow,), ways)

    def _is_entered(self, node: FlowNode) -> bool:
        """Whether a log tells of what is in a scope or called process, not of it as a whole."""
        if node.id in self.visible:
            return False
        return node.type in SCOPES or bool(self.graph.children(_inside_of(node)))

    def _entries(self, node: FlowNode, flow: str) -> Iterator[Move]:
        for inner in self.graph.children(_inside_of(node)):
            if inner.type is NodeType.START_EVENT:
                ways = tuple(f.id for f in self.graph.outgoing(inner.id))
                yield Move(node.id, (flow,), (*ways, _opened(node)))

    def _exits(self, marking: Marking) -> Iterator[Move]:
        """A subprocess is left when no token of it is left."""
        for entry in marking:
            node = self.graph.nodes.get(entry.removeprefix("scope "))
            if not entry.startswith("scope ") or node is None:
                continue
            inside = (f for f in marking if f in self.graph.flows)
            if not any(self._is_within(flow, _inside_of(node)) for flow in inside):
                outs = tuple(f.id for f in self.graph.outgoing(node.id))
                yield Move(node.id, (entry,), outs)

    def _is_within(self, flow: str, scope: str) -> bool:
        parent = self.graph.nodes[self.graph.flows[flow].source].parent
        while parent is not None:
            if parent == scope:
                return True
            parent = self.graph.nodes[parent].parent
        return False

    def _join(self, node: FlowNode, marking: Marking) -> Move | None:
        ins = tuple(flow.id for flow in self.graph.incoming(node.id))
        here = tuple(flow for flow in ins if flow in marking)
        outs = tuple(f.id for f in self.graph.outgoing(node.id))
        if node.type is NodeType.PARALLEL_GATEWAY:
            return Move(node.id, ins, outs) if len(here) == len(ins) else None
        missing = set(ins) - set(here)
        others = (flow for flow in marking if flow not in ins and flow in self.graph.flows)
        if missing and any(self._reaches(flow, missing, node.id) for flow in others):
            return None
        return Move(node.id, here, outs)  # a join that also splits takes all ways

    def _reaches(self, flow: str, wanted: set[str], without: str) -> bool:
        seen, todo = set(), [flow]
        while todo:
            at = todo.pop()
            if at in wanted:
                return True
            target = self.graph.flows[at].target
            if at not in seen and target != without:
                todo += [f.id for f in self.graph.outgoing(target)]
            seen.add(at)
        return False


def _inside_of(node: FlowNode) -> str:
    """Return the parent of what is in a scope, or in the process a call names."""
    return node.called.key or node.id if node.called is not None else node.id


def _opened(node: FlowNode) -> str:
    return f"scope {node.id}"


def _subsets(node: FlowNode, takes: tuple[str, ...], outs: tuple[str, ...]) -> Iterator[Move]:
    """Yield the combinations of ways out of an inclusive split."""
    sizes = range(1, len(outs) + 1) if len(outs) <= _MOST_WAYS else (1, len(outs))
    for ways in chain.from_iterable(combinations(outs, size) for size in sizes):
        yield Move(node.id, takes, ways, chosen=ways if len(outs) > 1 else ())


def fire(marking: Marking, move: Move) -> Marking:
    """Return the marking after a move."""
    left = list(marking)
    for flow in move.takes:
        left.remove(flow)
    return tuple(sorted([*left, *move.gives]))
