"""The scopes of a model and the numbers of its nodes; where each flow leads.

Gateways that only join ways, events that do nothing and start events are resolved away. Nodes
of other processes than the first have the id of their process as parent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import (
    SCOPES,
    EventKind,
    FlowNode,
    NodeType,
    ProcessGraph,
    SequenceFlow,
)
from simulation.net.parts import Edge, ScopePlan, Starter
from simulation.net.timing import SENT
from simulation.net.watch import flat_scopes, watched_scopes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_PORTED = frozenset({NodeType.PARALLEL_GATEWAY, NodeType.INCLUSIVE_GATEWAY})


class Layout:
    """Numbers scopes and nodes, and follows flows."""

    def __init__(
        self, graph: ProcessGraph, *, left: Collection[str] = (), again: Collection[str] = ()
    ) -> None:
        """``left`` are the activities at which a case may leave the queue, and end.

        ``again`` are the start events whose cases are followed by others of the same member.
        """
        self.graph = graph
        kept = [node for node in graph.nodes.values() if self._is_kept(node)]
        self.kept = tuple(kept)
        self.index = {node.id: i for i, node in enumerate(kept)}
        self.sent = set(sent_names(graph))
        followed = {graph.nodes[start].parent for start in again if start in graph.nodes}
        watched = watched_scopes(graph, {*self._called(), *self._sent_to(), *followed}, left)
        self.flat = flat_scopes(graph, watched)
        self.watched = watched - self.flat
        parents = [node.parent for node in graph.nodes.values()]
        inner = [node.id for node in graph.nodes.values() if node.type in SCOPES]
        keys = dict.fromkeys(k for k in [None, *parents, *inner] if k not in self.flat)
        self.scope_keys: tuple[str | None, ...] = tuple(keys)
        self.number = {key: i for i, key in enumerate(self.scope_keys)}
        for id_ in (node.id for node in graph.nodes.values() if node.id in self.flat):
            self.number[id_] = self.number[graph.nodes[id_].parent]

    def scopes(self) -> tuple[ScopePlan, ...]:
        """Return what begins and listens in each scope."""
        return tuple(self._scope(key) for key in self.scope_keys)

    def holds(self, process: str) -> bool:
        """Return whether a process is part of the model."""
        return process == self.graph.key or process in self.number

    def called_scope(self, key: str) -> int:
        """Return the number of the scope of a called process."""
        return self.number[None if key == self.graph.key else key]

    def started_by(self) -> dict[tuple[EventKind, str], Starter]:
        """Return the start events that the model itself triggers."""
        found = {}
        for node in self._starts_by_message():
            assert node.event is not None
            key = (node.event.kind, node.event.name or "")
            edge = self.edge(self.graph.outgoing(node.id)[0])
            found[key] = Starter(node.id, self.number[node.parent], edge)
        return found

    def edge(self, flow: SequenceFlow) -> Edge:
        """Follow a flow through what only passes tokens on."""
        seen = set()
        while flow.target not in self.index:
            if flow.target in seen:  # a ring of merges; found by the static checks
                break
            seen.add(flow.target)
            flow = self.graph.outgoing(flow.target)[0]
        target = flow.target
        is_join = self.graph.nodes[target].type in _PORTED
        return Edge(self.index[target], self.graph.incoming(target).index(flow) if is_join else 0)

    def process_of(self, parent: str | None) -> str:
        """Return the id of the process a scope is part of."""
        while parent is not None and parent in self.graph.nodes:
            parent = self.graph.nodes[parent].parent
        return self.graph.key if parent is None else parent

    def _is_kept(self, node: FlowNode) -> bool:
        ways_out, ways_in = len(self.graph.outgoing(node.id)), len(self.graph.incoming(node.id))
        match node.type:
            case NodeType.EXCLUSIVE_GATEWAY:
                return ways_out > 1
            case NodeType.INCLUSIVE_GATEWAY:
                return ways_out > 1 or ways_in > 1
            case NodeType.START_EVENT:
                return node.parent in self.graph.nodes and self._listens(node)
            case NodeType.INTERMEDIATE_THROW_EVENT:
                return node.event is not None
            case NodeType.BOUNDARY_EVENT:
                return node.compensated_by is None
        return True

    def _listens(self, start: FlowNode) -> bool:
        return self.graph.nodes[start.parent or ""].is_event_sub_process

    def _scope(self, key: str | None) -> ScopePlan:
        own = self.graph.children(key)
        starts = [node for node in own if node.type is NodeType.START_EVENT]
        listeners = (
            self.index[start.id]
            for handler in own
            if handler.is_event_sub_process
            for start in self.graph.children(handler.id)
            if start.type is NodeType.START_EVENT
        )
        holder = self.graph.nodes.get(key) if key is not None else None
        is_process = holder is None
        return ScopePlan(
            key=self.graph.key if key is None else key,
            process=self.process_of(key),
            parent=-1 if holder is None else self.number[holder.parent],
            starts=tuple(
                self.edge(self.graph.outgoing(start.id)[0])
                for start in starts
                if not is_process or start.event is None
            ),
            listeners=tuple(listeners),
            is_managed=key in self.watched,
        )

    def _called(self) -> Iterator[str | None]:
        for node in self.graph.of_type(NodeType.CALL_ACTIVITY):
            if node.called is not None:
                yield None if node.called.key == self.graph.key else node.called.key

    def _sent_to(self) -> Iterator[str | None]:
        for node in self._starts_by_message():
            yield node.parent

    def _starts_by_message(self) -> Iterator[FlowNode]:
        for node in self.graph.of_type(NodeType.START_EVENT):
            if node.parent in self.graph.nodes or node.event is None:
                continue
            if (node.event.kind, node.event.name) in self.sent:
                yield node


def sent_names(graph: ProcessGraph) -> Iterator[tuple[EventKind, str | None]]:
    """Yield the messages and signals that the model sends."""
    for node in graph.nodes.values():
        throws = node.type in {
            NodeType.END_EVENT,
            NodeType.INTERMEDIATE_THROW_EVENT,
            NodeType.SEND_TASK,
        }
        if throws and node.event is not None and node.event.kind in SENT:
            yield node.event.kind, node.event.name
