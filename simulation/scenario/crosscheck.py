"""Checks of a scenario against its process: ids, roles, calendars, what can be simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.label import label
from engine.domain.process_graph import (
    ACTIVITIES,
    FlowNode,
    NodeType,
    ProcessGraph,
    TimerKind,
)
from engine.domain.simulated import not_simulated
from engine.expressions import InvalidExpression, compile_expression
from kpis.catalogue import CATALOGUE
from simulation.scenario.complaints import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from simulation.scenario.document import Document

Found = tuple[tuple[str | int, ...], object, str]  # path, value, what is wrong
NOBODY = "none"


def crosscheck(document: Document, graph: ProcessGraph) -> list[Found]:
    """Return what is wrong between a document and the process it is about."""
    return [
        *((("model", node_id), None, words) for node_id, words in not_simulated(graph)),
        *_names(document, graph),
        *_roles(document, graph),
        *_calendars(document),
        *_durations(document, graph),
        *_branches(document, graph),
        *_expressions(document, graph),
    ]


def activities(graph: ProcessGraph) -> tuple[FlowNode, ...]:
    """Return the activities of a process in the order of the file."""
    return tuple(node for node in graph.nodes.values() if node.type in ACTIVITIES)


def delays(graph: ProcessGraph) -> tuple[FlowNode, ...]:
    """Return the events at which a token waits for a time."""
    return graph.of_type(NodeType.INTERMEDIATE_CATCH_EVENT)


def decisions(graph: ProcessGraph) -> tuple[FlowNode, ...]:
    """Return the exclusive gateways that choose among several flows."""
    gateways = graph.of_type(NodeType.EXCLUSIVE_GATEWAY)
    return tuple(node for node in gateways if len(graph.outgoing(node.id)) > 1)


def role_of(node: FlowNode, document: Document, graph: ProcessGraph) -> str | None:
    """Return the resource that performs an activity; None: nobody, or nobody is known.

    A demand decides; else the resource that is called like the lane's id or name.
    """
    demand = document.demands.get(node.id)
    if demand is not None:
        return None if demand == NOBODY else demand
    if node.lane is None:
        return None
    name = graph.lanes[node.lane].name
    names = (node.lane, name, label(name, "en"), label(name, "zh"))
    return next((name for name in names if name in document.resources), None)


def shares_of(gateway: FlowNode, document: Document, graph: ProcessGraph) -> dict[str, float]:
    """Return the share of each flow (by id) that leaves a decision."""
    given = document.branches[gateway.id]
    ids = flow_ids(gateway, graph)
    return {ids[name]: share for name, share in given.items() if name in ids}


def flow_ids(gateway: FlowNode, graph: ProcessGraph) -> dict[str, str]:
    """Return the flows of a gateway by every name they go by: id, name, or where they lead."""
    names: dict[str, str] = {}
    flows = graph.outgoing(gateway.id)
    for flow in flows:
        for name in (flow.id, flow.name, label(flow.name, "en"), label(flow.name, "zh")):
            if name:
                names.setdefault(name, flow.id)
    for flow in flows:
        names.setdefault(flow.target, flow.id)
    return names


def _names(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    starts = [node.id for node in graph.of_type(NodeType.START_EVENT)]
    tasks = [node.id for node in activities(graph)]
    timers = [node.id for node in delays(graph)]
    gateways = [node.id for node in decisions(graph)]
    for section, allowed, what in (
        ("arrivals", starts, "start events"),
        ("durations", tasks, "activities"),
        ("demands", tasks, "activities"),
        ("priorities", tasks, "activities"),
        ("costs", tasks, "activities"),
        ("events", timers, "timer events"),
        ("branches", gateways, "gateways that choose"),
        ("targets", CATALOGUE, "KPIs"),
    ):
        for name in getattr(document, section):
            yield from _unknown((section, name), name, allowed, what=what)
    for i, code in enumerate(document.guards):
        yield from _unknown(("guards", i), code, CATALOGUE, what="KPIs")


def _unknown(
    path: tuple[str | int, ...], name: str, allowed: Collection[str], *, what: str
) -> Iterator[Found]:
    if name not in allowed:
        yield path, name, f"is unknown{did_you_mean(name, allowed, what=what)}"


def _roles(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    resources = document.resources
    for name, demand in document.demands.items():
        if demand != NOBODY:
            yield from _unknown(("demands", name), demand, resources, what="resources")
    for node in activities(graph):
        known = role_of(node, document, graph) is not None or node.id in document.demands
        if not known and node.type is not NodeType.SERVICE_TASK:
            lane = f"its lane {node.lane} is no resource" if node.lane else "it has no lane"
            words = f"nobody performs it: {lane}; name a resource, or none"
            yield ("demands", node.id), None, words


def _calendars(document: Document) -> Iterator[Found]:
    known = document.calendars
    for name, resource in document.resources.items():
        if resource.calendar is not None:
            path = ("resources", name, "calendar")
            yield from _unknown(path, resource.calendar, known, what="calendars")
    for name, arrival in document.arrivals.items():
        if arrival.calendar is not None:
            path = ("arrivals", name, "calendar")
            yield from _unknown(path, arrival.calendar, known, what="calendars")
        booked = arrival.appointments
        if booked is not None and booked.calendar is not None:
            place = ("arrivals", name, "appointments", "calendar")
            yield from _unknown(place, booked.calendar, known, what="calendars")


def _durations(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    for node in activities(graph):
        if node.id not in document.durations and node.type is not NodeType.SERVICE_TASK:
            yield ("durations", node.id), None, "is required: how long does this activity take?"
    for node in delays(graph):
        timed = node.timer is not None and node.timer.kind is TimerKind.DURATION
        if node.id not in document.events and not timed:
            words = "is required: how long does a case wait at this event?"
            yield ("events", node.id), None, words


def _branches(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    for gateway in decisions(graph):
        given = document.branches.get(gateway.id)
        if given is None:
            yield from _conditions_given(gateway, graph)
            continue
        ids = flow_ids(gateway, graph)
        for name in given:
            yield from _unknown(("branches", gateway.id, name), name, ids, what="flows")
        if len({ids[name] for name in given if name in ids}) < len(given):
            yield ("branches", gateway.id), None, "names a flow twice"
        total = sum(given.values())
        if abs(total - 1) > 1e-6:
            words = f"needs shares that add up to 100%, these make {total:.6g}"
            yield ("branches", gateway.id), given, words


def _conditions_given(gateway: FlowNode, graph: ProcessGraph) -> Iterator[Found]:
    for flow in graph.outgoing(gateway.id):
        if flow.condition is None and flow.id != gateway.default_flow:
            words = "is required: the model has no conditions here; give the share of each flow"
            yield ("branches", gateway.id), None, words
            return


def _expressions(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    """Every name in an expression is case data that each arrival draws."""
    texts = [
        (("priorities", name), priority)
        for name, priority in document.priorities.items()
        if isinstance(priority, str)
    ]
    texts += [
        (("branches", gateway.id), flow.condition)
        for gateway in decisions(graph)
        if gateway.id not in document.branches
        for flow in graph.outgoing(gateway.id)
        if flow.condition is not None
    ]
    for path, text in texts:
        try:
            names = compile_expression(text).names
        except InvalidExpression as error:
            yield path, text, f"is not an expression: {error}"
            continue
        for start, arrival in document.arrivals.items():
            for name in sorted(names - arrival.attributes.keys()):
                words = f"needs case data {name!r}: add it to arrivals.{start}.attributes"
                yield path, text, words
