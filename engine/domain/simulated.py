"""What of a process the simulation plays; it refuses the rest, and reports say so beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind, FlowNode, NodeType, ProcessGraph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

# What is played, and of which kinds if it is an event.
SIMULATED: Mapping[NodeType, Collection[EventKind]] = {
    NodeType.START_EVENT: (),
    NodeType.END_EVENT: (EventKind.TERMINATE,),
    NodeType.INTERMEDIATE_CATCH_EVENT: (EventKind.TIMER,),
    NodeType.TASK: (),
    NodeType.USER_TASK: (),
    NodeType.MANUAL_TASK: (),
    NodeType.SERVICE_TASK: (),
    NodeType.EXCLUSIVE_GATEWAY: (),
    NodeType.PARALLEL_GATEWAY: (),
}


def not_simulated(graph: ProcessGraph) -> Iterator[tuple[str, str]]:
    """Return the nodes that the simulation cannot play yet, each with the reason."""
    gateways = graph.of_type(NodeType.PARALLEL_GATEWAY)
    is_split = any(len(graph.outgoing(node.id)) > 1 for node in gateways)
    for node in graph.nodes.values():
        if what := _unknown(node, is_split=is_split):
            yield node.id, f"cannot be simulated yet: {what}"


def _unknown(node: FlowNode, *, is_split: bool) -> str | None:
    """Return what a node is or does, if that is not known to the simulation."""
    if node.type not in SIMULATED:
        return node.type
    if node.event is not None and node.event.kind not in SIMULATED[node.type]:
        return f"{node.event.kind} {node.type}"
    if node.loop is not None:
        return "repeated for each item or round"
    return "ends parallel tokens" if node.is_terminate and is_split else None
