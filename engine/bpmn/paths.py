"""Ways through a graph: along sequence flows, and from an activity to its boundary events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.domain.process_graph import ProcessGraph


def places_after(graph: ProcessGraph, starts: Iterable[str]) -> set[str]:
    """Return the nodes a token can come to, these included."""
    found: set[str] = set()
    to_visit = list(starts)
    while to_visit:
        place = to_visit.pop()
        if place not in found:
            found.add(place)
            to_visit += [flow.target for flow in graph.outgoing(place)]
            to_visit += [event.id for event in graph.boundary_events(place)]
    return found


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
