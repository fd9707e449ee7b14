"""Ways through a graph: along sequence flows, and from an activity to its boundary events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import SCOPES, NodeType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.domain.process_graph import FlowNode, ProcessGraph


def places_after(graph: ProcessGraph, starts: Iterable[str]) -> set[str]:
    """Return the nodes a token can come to, these included, within its scope."""
    found: set[str] = set()
    to_visit = list(starts)
    while to_visit:
        place = to_visit.pop()
        if place not in found:
            found.add(place)
            to_visit += [flow.target for flow in graph.outgoing(place)]
            to_visit += [event.id for event in graph.boundary_events(place)]
    return found


def reachable(graph: ProcessGraph) -> set[str]:
    """Return every node that some case can come to, in subprocesses and by handlers too."""
    children: dict[str | None, list[FlowNode]] = {}
    for node in graph.nodes.values():
        children.setdefault(node.parent, []).append(node)
    found: set[str] = set()
    to_visit = list(_entrances(children.get(None, [])))
    while to_visit:
        place = to_visit.pop()
        if place in found:
            continue
        found.add(place)
        node = graph.nodes[place]
        to_visit += [flow.target for flow in graph.outgoing(place)]
        to_visit += [event.id for event in graph.boundary_events(place)]
        to_visit += [node.compensated_by] if node.compensated_by else []
        to_visit += _entrances(children.get(place, [])) if node.type in SCOPES else []
    return found


def _entrances(inside: Iterable[FlowNode]) -> Iterator[str]:
    """The nodes of a scope that need no flow: start events and event subprocesses."""
    for node in inside:
        if node.type is NodeType.START_EVENT or node.is_event_sub_process:
            yield node.id


def places_before(graph: ProcessGraph, ends: Iterable[str], *, without: str = "") -> set[str]:
    """Return the nodes from which a token can come to one of these, not by way of one node."""
    found: set[str] = set()
    to_visit = list(ends)
    while to_visit:
        place = to_visit.pop()
        if place not in found and place != without:
            found.add(place)
            to_visit += [flow.source for flow in graph.incoming(place)]
            host = graph.nodes[place].attached_to
            to_visit += [host] if host else []
    return found


def upstream_places(graph: ProcessGraph, gateway_id: str) -> Mapping[str, frozenset[str]]:
    """Return, by incoming flow of a gateway, the nodes whose token can still come by it.

    Ways through the gateway itself do not count.
    """
    return {
        flow.id: frozenset(places_before(graph, [flow.source], without=gateway_id))
        for flow in graph.incoming(gateway_id)
    }
