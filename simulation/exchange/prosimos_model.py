"""A BPMN file that Prosimos can read: plain tasks, plain events, one start and one end.

Prosimos sees nothing but ``task``; what nobody does is written as an event that waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from engine.domain.process_graph import ACTIVITIES, SCOPES, NodeType
from engine.errors import Finding, InvalidModel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.domain.process_graph import FlowNode, ProcessGraph
    from simulation.exchange.notes import Notes

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_GATEWAYS = {
    NodeType.EXCLUSIVE_GATEWAY, NodeType.PARALLEL_GATEWAY, NodeType.INCLUSIVE_GATEWAY,
    NodeType.EVENT_BASED_GATEWAY,
}  # fmt: skip
_WAITING = {NodeType.INTERMEDIATE_CATCH_EVENT, NodeType.INTERMEDIATE_THROW_EVENT}


def reached(graph: ProcessGraph, start: str) -> list[FlowNode]:
    """Return what cases that begin at a start event can reach by flows alone."""
    seen, todo = {start}, [start]
    while todo:
        for flow in graph.outgoing(todo.pop()):
            if flow.target not in seen:
                seen.add(flow.target)
                todo.append(flow.target)
    return [node for node in graph.nodes.values() if node.id in seen]


def ensure_plain(graph: ProcessGraph, start: str, notes: Notes) -> None:
    """Raise InvalidModel for what Prosimos cannot do at all; note what is left out."""
    for node in reached(graph, start):
        if node.type in SCOPES or node.type is NodeType.CALL_ACTIVITY:
            words = f"{node.id} holds other activities: Prosimos knows no {node.type.value}"
            raise InvalidModel(graph.key, [Finding("not-prosimos", words, element_id=node.id)])
        if node.loop is not None:
            notes.lost(f"repetitions.{node.id}", "a repeated activity: it is done once")
        if node.is_terminate:
            notes.lost(node.id, "an end that ends everything: here it ends its own way only")
        for event in graph.boundary_events(node.id):
            notes.lost(
                f"events.{event.id}", "an event at the border of an activity, and what follows it"
            )


def prosimos_model(graph: ProcessGraph, start: str, *, tasks: Collection[str]) -> str:
    """Return the BPMN file; ``tasks`` are the activities that somebody does."""
    nodes = reached(graph, start)
    ends = [node.id for node in nodes if node.type is NodeType.END_EVENT]
    target = "https://twinflow.example/prosimos"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<definitions xmlns="{_BPMN}" id="definitions" targetNamespace="{target}">',
        f'  <process id={quoteattr(graph.key)} isExecutable="false">',
        *(f"    {line}" for node in nodes for line in _node(node, ends, tasks)),
        *(f"    {line}" for line in _flows(graph, nodes, ends)),
        "  </process>",
        "</definitions>",
    ]
    return "\n".join(lines) + "\n"


def _node(node: FlowNode, ends: list[str], tasks: Collection[str]) -> Iterator[str]:
    attributes = f"id={quoteattr(node.id)} name={quoteattr(node.name or node.id)}"
    if node.type is NodeType.END_EVENT:
        if node.id == ends[0]:
            yield f"<endEvent {attributes} />"
    elif node.type in _GATEWAYS:
        yield f"<{node.type.value} {attributes} />"
    elif node.id in tasks:
        yield f"<task {attributes} />"
    elif node.type in ACTIVITIES or node.type in _WAITING:
        yield f"<intermediateCatchEvent {attributes}><timerEventDefinition />"
        yield "</intermediateCatchEvent>"
    else:
        yield f"<startEvent {attributes} />"


def _flows(graph: ProcessGraph, nodes: list[FlowNode], ends: list[str]) -> Iterator[str]:
    known = {node.id for node in nodes}
    for flow in graph.flows.values():
        if flow.source in known and flow.target in known:
            target = ends[0] if flow.target in ends else flow.target
            yield (
                f"<sequenceFlow id={quoteattr(flow.id)} sourceRef={quoteattr(flow.source)}"
                f" targetRef={quoteattr(target)} />"
            )
