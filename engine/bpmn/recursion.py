"""Processes of one file that call each other on every way: such a case never ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.remarks import problem
from engine.domain.process_graph import NodeType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from engine.domain.process_graph import FlowNode, ProcessGraph
    from engine.errors import Finding


def recursion_findings(graphs: Sequence[ProcessGraph]) -> Iterator[Finding]:
    """Return the calls from which no case comes back."""
    endless = _endless({graph.key: graph for graph in graphs})
    for key in endless:
        for node in endless[key].of_type(NodeType.CALL_ACTIVITY):
            if node.parent is None and _called(node) in endless:
                message = "every way leads to this call or one like it, and back to this process"
                yield problem(node, "endless-recursion", f"{message}; such a case never ends")


def _endless(doubted: dict[str, ProcessGraph]) -> dict[str, ProcessGraph]:
    """The processes of which each calls another one of them on all its ways."""
    callers: dict[str, set[str]] = {}
    for graph in doubted.values():
        for node in graph.of_type(NodeType.CALL_ACTIVITY):
            callers.setdefault(_called(node), set()).add(graph.key)
    to_judge = list(doubted)
    while to_judge:
        key = to_judge.pop()
        if key in doubted and _can_end(doubted[key], doubted):
            del doubted[key]
            to_judge += callers.get(key, ())
    return doubted


def _can_end(graph: ProcessGraph, endless: Collection[str]) -> bool:
    """Whether a way leads to an end without the end of a call of these processes."""
    found: set[str] = set()
    to_visit = [node.id for node in graph.of_type(NodeType.START_EVENT) if node.parent is None]
    while to_visit:
        place = to_visit.pop()
        if place in found:
            continue
        found.add(place)
        node = graph.nodes[place]
        if node.type is NodeType.END_EVENT:
            return True
        to_visit += [event.id for event in graph.boundary_events(place)]
        if _called(node) not in endless:
            to_visit += [flow.target for flow in graph.outgoing(place)]
    return not found  # without a beginning there is nothing to doubt


def _called(node: FlowNode) -> str:
    return node.called.key if node.called is not None else ""
