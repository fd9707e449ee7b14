"""What of a process the simulation plays; it refuses the rest, and reports say so beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind, FlowNode, NodeType, ProcessGraph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_COMES = frozenset(
    {EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL}
)  # from outside, from another branch or case, with time
_SENT = frozenset(
    {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION, EventKind.COMPENSATION}
)

# Of which kinds an event is played; None: whatever it is, or no event.
SIMULATED: Mapping[NodeType, Collection[EventKind] | None] = {
    NodeType.START_EVENT: None,
    NodeType.END_EVENT: None,
    NodeType.INTERMEDIATE_CATCH_EVENT: _COMES,
    NodeType.INTERMEDIATE_THROW_EVENT: _SENT,
    NodeType.BOUNDARY_EVENT: None,
    NodeType.TASK: None,
    NodeType.USER_TASK: None,
    NodeType.MANUAL_TASK: None,
    NodeType.SERVICE_TASK: None,
    NodeType.SCRIPT_TASK: None,
    NodeType.SEND_TASK: None,
    NodeType.RECEIVE_TASK: None,
    NodeType.BUSINESS_RULE_TASK: None,
    NodeType.SUB_PROCESS: None,
    NodeType.TRANSACTION: None,
    NodeType.CALL_ACTIVITY: None,
    NodeType.EXCLUSIVE_GATEWAY: None,
    NodeType.PARALLEL_GATEWAY: None,
    NodeType.INCLUSIVE_GATEWAY: None,
    NodeType.EVENT_BASED_GATEWAY: None,
}


def not_simulated(graph: ProcessGraph) -> Iterator[tuple[str, str]]:
    """Return the nodes that the simulation cannot play yet, each with the reason."""
    for node in graph.nodes.values():
        if what := _unknown(node) or _of_undoing(node, graph):
            yield node.id, f"cannot be simulated yet: {what}"


def _unknown(node: FlowNode) -> str | None:
    """Return what a node is or does, if that is not known to the simulation."""
    if node.type not in SIMULATED:
        return node.type
    kinds = SIMULATED[node.type]
    if kinds is not None and node.event is not None and node.event.kind not in kinds:
        return f"{node.event.kind} {node.type}"
    return None


def _of_undoing(node: FlowNode, graph: ProcessGraph) -> str | None:
    """Return what an event at the border of a compensation handler is."""
    host = graph.nodes.get(node.attached_to or "")
    if host is None or not host.is_for_compensation:
        return None
    allowed = f"make {host.id} a subprocess, and put the event at the border of an activity in it"
    return f"an event at the border of {host.id}, which undoes another activity; {allowed}"
