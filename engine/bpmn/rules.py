"""Checks of the graph: would every case that starts come to an end, and never wait in vain?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.content import Known, content_findings
from engine.bpmn.paths import places_after, places_before, reachable
from engine.bpmn.remarks import problem, remark
from engine.domain.calendar_table import is_zone
from engine.domain.process_graph import (
    GATEWAYS,
    SCOPES,
    EventKind,
    FlowNode,
    NodeType,
    ProcessGraph,
    SequenceFlow,
)
from engine.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECIDING = frozenset({NodeType.EXCLUSIVE_GATEWAY, NodeType.INCLUSIVE_GATEWAY})
_PEOPLE = frozenset({NodeType.USER_TASK, NodeType.MANUAL_TASK})
_AWAITED = frozenset({EventKind.MESSAGE, EventKind.SIGNAL, EventKind.TIMER, EventKind.CONDITIONAL})


def graph_findings(graph: ProcessGraph, known: Known) -> Iterator[Finding]:
    """Return what keeps a process from running, or may surprise when it does."""
    yield from _zone(graph)
    yield from _starts(graph)
    yield from _reachability(graph)
    yield from _joins_of_starts(graph)
    for node in graph.nodes.values():
        yield from _flows_out(graph, node)
        yield from _lane(graph, node)
        yield from content_findings(graph, node, known)


def _zone(graph: ProcessGraph) -> Iterator[Finding]:
    if graph.zone is not None and not is_zone(graph.zone):
        line = next((node.line for node in graph.nodes.values()), None)
        message = f"there is no time zone {graph.zone!r}; one is called Europe/Amsterdam"
        yield Finding("unknown-zone", message, element_id=graph.key, line=line)


def _starts(graph: ProcessGraph) -> Iterator[Finding]:
    first = next(iter(graph.nodes.values()))
    if not any(n.type is NodeType.START_EVENT and n.parent is None for n in graph.nodes.values()):
        message = "the process has no start event, and nothing that could be the beginning"
        yield Finding("no-start", message, element_id=graph.key, line=first.line)
    inside: dict[str | None, list[FlowNode]] = {}
    for start in graph.of_type(NodeType.START_EVENT):
        inside.setdefault(start.parent, []).append(start)
    for scope in graph.of_type(*SCOPES):
        starts = inside.get(scope.id, [])
        if not starts:
            yield problem(scope, "no-start", "the subprocess has no start event")
        elif len(starts) > 1:
            message = f"a subprocess has one start event, not {len(starts)}"
            yield problem(starts[1], "several-starts", message)


def _reachability(graph: ProcessGraph) -> Iterator[Finding]:
    reached = reachable(graph)
    ending = places_before(graph, [node.id for node in graph.of_type(NodeType.END_EVENT)])
    has_start = any(graph.nodes[place].parent is None for place in reached)
    for node in graph.nodes.values():
        if has_start and node.id not in reached:
            yield problem(node, "unreachable", "no start event leads here")
        elif graph.outgoing(node.id) and node.id not in ending:
            yield problem(node, "endless", "from here no end event can be reached")


def _joins_of_starts(graph: ProcessGraph) -> Iterator[Finding]:
    """A case begins at one start event; a join of two starts would wait for ever."""
    joins = {node.id: node for node in graph.of_type(NodeType.PARALLEL_GATEWAY)}
    for start in graph.of_type(NodeType.START_EVENT):
        reached = places_after(graph, [start.id])
        for join in [join for join in joins.values() if join.id in reached]:
            missing = [f.id for f in graph.incoming(join.id) if f.source not in reached]
            if missing:
                del joins[join.id]
                message = f"a case that begins at {start.id!r} waits in vain for {missing[0]!r}"
                yield problem(join, "join-of-starts", f"{message}; use an exclusive gateway")


def _flows_out(graph: ProcessGraph, node: FlowNode) -> Iterator[Finding]:
    flows = graph.outgoing(node.id)
    if node.type is NodeType.EVENT_BASED_GATEWAY:
        yield from _awaited(graph, node)
    if node.type in _DECIDING and len(flows) > 1:
        yield from _decision(node, flows)
        return
    message = "the condition is never read: only a gateway with several flows out decides"
    for flow in flows:
        if flow.condition is not None and node.type in GATEWAYS and not node.is_generated:
            yield problem(flow, "misplaced-condition", message)


def _awaited(graph: ProcessGraph, gateway: FlowNode) -> Iterator[Finding]:
    for flow in graph.outgoing(gateway.id):
        node = graph.nodes[flow.target]
        is_event = (
            node.type is NodeType.INTERMEDIATE_CATCH_EVENT
            and node.event is not None
            and node.event.kind in _AWAITED
        )
        is_task = node.type is NodeType.RECEIVE_TASK and not graph.boundary_events(node.id)
        if not (is_event or is_task):
            message = "an event-based gateway leads to intermediate catch events or receive tasks"
            yield problem(flow, "bad-event-gateway", message)
        elif len(graph.incoming(node.id)) > 1:
            message = "only the event-based gateway may lead to an event it chooses from"
            yield problem(node, "bad-event-gateway", message)


def _decision(node: FlowNode, flows: tuple[SequenceFlow, ...]) -> Iterator[Finding]:
    for flow in flows:
        is_default = flow.id == node.default_flow
        if is_default and flow.condition is not None:
            yield remark(flow, "ignored-condition", "the condition of a default flow is not read")
        elif not is_default and flow.condition is None:
            message = "the flow needs a condition, or must be the default flow of its gateway"
            yield problem(flow, "missing-condition", message)
    if node.default_flow is None and not any(flow.condition == "true" for flow in flows):
        message = "a case stops here if no condition is true; make one flow the default"
        yield remark(node, "no-default", message)


def _lane(graph: ProcessGraph, node: FlowNode) -> Iterator[Finding]:
    if graph.lanes and node.lane is None and node.type in _PEOPLE and node.assignment is None:
        yield remark(node, "no-lane", "the activity is in no lane: everybody may do it")
