"""ProcessGraph + scenario → net.

Gateways that only join ways and start events are resolved away.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.domain.duration import Duration
from engine.domain.process_graph import ACTIVITIES, FlowNode, NodeType
from engine.expressions import compile_expression
from simulation.distributions import Constant
from simulation.net.parts import NO_TIME, US, Edge, Kind, Net, Node
from simulation.net.pools import pool_plan
from simulation.scenario.crosscheck import role_of, shares_of
from simulation.scenario.distribution import build

if TYPE_CHECKING:
    from engine.domain.process_graph import ProcessGraph, SequenceFlow
    from simulation.distributions import Distribution
    from simulation.scenario.document import Document
    from simulation.scenario.load import Scenario


def compile_net(scenario: Scenario) -> Net:
    """Compile a scenario; the document was checked when it was loaded."""
    return _Compiler(scenario.document, scenario.graph).net()


class _Compiler:
    """Numbers the nodes that keep a token or send it several ways, and joins them by edges."""

    def __init__(self, document: Document, graph: ProcessGraph) -> None:
        self.document, self.graph = document, graph
        self.roles = tuple(document.resources)
        kept = [node for node in graph.nodes.values() if self._is_kept(node)]
        self.index = {node.id: i for i, node in enumerate(kept)}
        self.kept = kept

    def net(self) -> Net:
        run = self.document.run
        epoch = run.start.replace(tzinfo=self.document.timezone).astimezone(UTC)
        starts = [id_ for id_ in self.document.arrivals if id_ in self.graph.nodes]
        return Net(
            process_key=self.graph.key,
            document=self.document,
            epoch=epoch,
            until=None if run.until is None else round(run.until * US),
            warm_up=round(run.warm_up * US),
            nodes=tuple(self._node(node) for node in self.kept),
            pools=tuple(pool_plan(self.document, role) for role in self.roles),
            entries={id_: self._edge(self.graph.outgoing(id_)[0]) for id_ in starts},
        )

    def _is_kept(self, node: FlowNode) -> bool:
        if node.type is NodeType.EXCLUSIVE_GATEWAY:
            return len(self.graph.outgoing(node.id)) > 1
        return node.type is not NodeType.START_EVENT

    def _edge(self, flow: SequenceFlow) -> Edge:
        """Follow a flow through gateways that only merge."""
        seen = set()
        while flow.target not in self.index:
            if flow.target in seen:  # a ring of merges; found by the static checks
                break
            seen.add(flow.target)
            flow = self.graph.outgoing(flow.target)[0]
        target = flow.target
        is_join = self.graph.nodes[target].type is NodeType.PARALLEL_GATEWAY
        return Edge(self.index[target], self.graph.incoming(target).index(flow) if is_join else 0)

    def _node(self, node: FlowNode) -> Node:
        out = self.graph.outgoing(node.id)
        edges, flows = tuple(self._edge(flow) for flow in out), tuple(flow.id for flow in out)
        match node.type:
            case NodeType.EXCLUSIVE_GATEWAY:
                return self._decision(node, edges, flows)
            case NodeType.PARALLEL_GATEWAY:
                ways_in = len(self.graph.incoming(node.id))
                return Node(node.id, Kind.PARALLEL, node.type, None, edges, flows, ways_in=ways_in)
            case NodeType.INTERMEDIATE_CATCH_EVENT:
                wait = self._wait(node)
                return Node(node.id, Kind.DELAY, node.type, node.lane, edges, flows, duration=wait)
            case _ if node.type in ACTIVITIES:
                return self._activity(node, edges, flows)
        return Node(node.id, Kind.END, node.type, None)

    def _activity(self, node: FlowNode, edges: tuple[Edge, ...], flows: tuple[str, ...]) -> Node:
        role = role_of(node, self.document, self.graph)
        work = self.document.durations.get(node.id)
        priority = self.document.priorities.get(node.id, 0)
        return Node(
            node.id,
            Kind.DELAY if role is None else Kind.WORK,
            node.type,
            role if role is not None else node.lane,
            edges,
            flows,
            pool=-1 if role is None else self.roles.index(role),
            duration=build(work.work, floor=0.0) if work else NO_TIME,
            works_on=work is not None and work.outside_calendar == "finish",
            priority=compile_expression(priority) if isinstance(priority, str) else float(priority),
        )

    def _decision(self, node: FlowNode, edges: tuple[Edge, ...], flows: tuple[str, ...]) -> Node:
        if share_of := shares_of(node, self.document, self.graph):
            shares = tuple(share_of.get(flow, 0.0) for flow in flows)
            return Node(node.id, Kind.DECISION, node.type, None, edges, flows, shares=shares)
        conditions = tuple(
            None
            if flow.id == node.default_flow or flow.condition is None
            else compile_expression(flow.condition)
            for flow in self.graph.outgoing(node.id)
        )
        return Node(node.id, Kind.DECISION, node.type, None, edges, flows, conditions=conditions)

    def _wait(self, node: FlowNode) -> Distribution:
        event = self.document.events.get(node.id)
        if event is not None and event.after is not None:
            return build(event.after, floor=0.0)
        assert node.timer is not None, "checked when the scenario was loaded"
        start = datetime(2000, 1, 1, tzinfo=UTC)
        wait = Duration.parse(node.timer.text).after(start) - start
        return Constant(wait.total_seconds())
