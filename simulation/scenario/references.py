"""Checks that every name in a scenario is the name of something: element, role, calendar, KPI."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.process_graph import (
    ACTIVITIES,
    EVENTS,
    FlowNode,
    Loop,
    LoopKind,
    NodeType,
    ProcessGraph,
)
from kpis.catalogue import CATALOGUE
from simulation.scenario.complaints import did_you_mean
from simulation.scenario.holidays import years_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from simulation.scenario.arrival import Arrival
    from simulation.scenario.branch import Branch
    from simulation.scenario.document import Document
    from simulation.scenario.resource import Demand
    from simulation.scenario.run import Run
    from simulation.scenario.yaml_lines import Key

Found = tuple[tuple[str | int, ...], object, str]  # path, value, what is wrong
_WHOLE = (
    "has a share, which stands for a completion condition, and the model has none here: all"
    " instances are done; leave the share out"
)
_DECIDING = frozenset({NodeType.EXCLUSIVE_GATEWAY, NodeType.INCLUSIVE_GATEWAY})


def references(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    """Yield the names in a document that nothing in it or in its process has."""
    yield from _elements(document, graph)
    yield from _kpis(document)
    yield from _who(document, graph)
    yield from _calendars(document)
    yield from _attributes(document, graph)


def activities(graph: ProcessGraph) -> tuple[FlowNode, ...]:
    """Return the activities of a process in the order of the file."""
    return tuple(node for node in graph.nodes.values() if node.type in ACTIVITIES)


def decisions(graph: ProcessGraph) -> tuple[FlowNode, ...]:
    """Return the gateways that choose among several flows."""
    return tuple(n for n in graph.of_type(*_DECIDING) if len(graph.outgoing(n.id)) > 1)


def unknown(path: Key, name: str, allowed: Collection[str], *, what: str) -> Iterator[Found]:
    """Yield a name that is not among those allowed."""
    if name not in allowed:
        yield path, name, f"is unknown{did_you_mean(name, allowed, what=what)}"


def _elements(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    tasks = [node.id for node in activities(graph)]
    repeated = [n.id for n in activities(graph) if n.loop is not None]
    for section, allowed, what in (
        ("arrivals", [n.id for n in graph.of_type(NodeType.START_EVENT)], "start events"),
        ("durations", tasks, "activities"),
        ("demands", tasks, "activities"),
        ("priorities", tasks, "activities"),
        ("costs", tasks, "activities"),
        ("patience", tasks, "activities"),
        ("batches", tasks, "activities"),
        ("repetitions", repeated, "activities that are repeated"),
        ("events", [n.id for n in graph.nodes.values() if _waits(n)], "events that wait"),
        ("branches", [n.id for n in decisions(graph)], "gateways that choose"),
        ("queues", document.resources, "resources"),
    ):
        for name in getattr(document, section):
            yield from unknown((section, name), name, allowed, what=what)
    for name, repetition in document.repetitions.items():
        node = graph.nodes.get(name)
        loop = None if node is None else node.loop
        if repetition.share is not None and loop is not None and not _may_end_early(loop):
            yield ("repetitions", name), None, _WHOLE


def _may_end_early(loop: Loop) -> bool:
    """Whether something says after each instance or round if another one follows."""
    return loop.kind is LoopKind.STANDARD or loop.completion is not None


def _waits(node: FlowNode) -> bool:
    """Whether something may happen to a token at a node."""
    is_event = node.type in EVENTS and node.type is not NodeType.END_EVENT
    return node.type is NodeType.RECEIVE_TASK or (is_event and node.event is not None)


def _kpis(document: Document) -> Iterator[Found]:
    for code in document.targets:
        yield from unknown(("targets", code), code, CATALOGUE, what="KPIs")
    for i, code in enumerate(document.guards):
        yield from unknown(("guards", i), code, CATALOGUE, what="KPIs")
    if (precision := document.run.precision) is not None:
        path = ("run", "replications", "kpi")
        yield from unknown(path, precision.kpi, CATALOGUE, what="KPIs")


def _who(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    members = {m for r in document.resources.values() for m in r.members or ()}
    workers = {*document.resources, *members}
    for name, work in document.durations.items():
        for worker in work.by_resource:
            path = ("durations", name, "by_resource", worker)
            yield from unknown(path, worker, workers, what="resources and members")
    for name, demand in document.demands.items():
        yield from _demand(("demands", name), demand, document, graph)


def _demand(path: Key, demand: Demand, document: Document, graph: ProcessGraph) -> Iterator[Found]:
    for need in demand.needs:
        yield from unknown(path, need.role, document.resources, what="resources")
        resource = document.resources.get(need.role)
        if resource is None:
            continue
        able = resource.units
        if need.skill is not None:
            skilled = (m for m in (resource.members or {}).values() if need.skill in m.skills)
            able = sum(member.units for member in skilled)
        if able < need.units:
            skill = f" with the skill {need.skill}" if need.skill is not None else ""
            words = f"asks for {need.units} of {need.role}{skill}; there are {able}"
            yield path, None, words
    if demand.choose is not None and (activity := demand.choose.activity) is not None:
        tasks = [node.id for node in activities(graph)]
        yield from unknown((*path, "choose"), activity, tasks, what="activities")


def _calendars(document: Document) -> Iterator[Found]:
    for path, name in _calendar_names(document):
        if name is not None:
            yield from unknown(path, name, document.calendars, what="calendars")

    for name, calendar in document.calendars.items():
        if calendar.holidays is not None:
            yield from _holidays(("calendars", name, "holidays"), calendar.holidays, document.run)


def _holidays(path: Key, country: str, run: Run) -> Iterator[Found]:
    """Yield a run that goes beyond the years whose holidays are known."""
    first, last = years_of(country)
    end = run.start + timedelta(seconds=run.until or 0.0)
    if run.start.year < first or end.year > last:
        words = f"is known from {first} to {last}; the run lasts from {run.start.date()}"
        until = f" to {end.date()}" if run.until else ""
        yield path, country, f"{words}{until}: write the holidays as exceptions"


def _calendar_names(document: Document) -> Iterator[tuple[Key, str | None]]:
    for role, resource in document.resources.items():
        yield ("resources", role, "calendar"), resource.calendar
        for name, member in (resource.members or {}).items():
            yield ("resources", role, "members", name, "calendar"), member.calendar
    for start, arrival in document.arrivals.items():
        yield ("arrivals", start, "calendar"), arrival.calendar
        if arrival.appointments is not None:
            yield ("arrivals", start, "appointments", "calendar"), arrival.appointments.calendar


def _attributes(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    for gateway, branch in document.branches.items():
        if branch.by is not None:
            arrivals = arrivals_at(gateway, document, graph)
            yield from _drawn(arrivals, ("branches", gateway, "by"), branch.by)
            yield from _table(arrivals, ("branches", gateway), branch, branch.by)
    for activity, batch in document.batches.items():
        if batch.by is not None:
            arrivals = arrivals_at(activity, document, graph)
            yield from _drawn(arrivals, ("batches", activity, "by"), batch.by)
    for role, queue in document.queues.items():
        if "due" in queue.order:
            yield from _drawn(document.arrivals, ("queues", role, "order"), "due")


def _drawn(arrivals: Mapping[str, Arrival], path: Key, name: str) -> Iterator[Found]:
    for start, arrival in arrivals.items():
        if name not in drawn_names(arrival):
            words = f"needs case data {name!r}: add it to arrivals.{start}.attributes"
            yield path, name, words


def _table(
    arrivals: Mapping[str, Arrival], path: Key, branch: Branch, name: str
) -> Iterator[Found]:
    """Yield values that a table does not know, and values of a table that no case has."""
    known: set[str] = set()
    for start, arrival in arrivals.items():
        attribute = arrival.attributes.get(name)
        if attribute is None or attribute.choice is None:
            return  # any value may come
        known |= attribute.choice.keys()
        missing = sorted(attribute.choice.keys() - branch.table.keys())
        if missing and branch.otherwise is None:
            words = (
                f"needs shares for {missing[0]!r} of arrivals.{start}.attributes.{name}, or else"
            )
            yield (*path, "table"), None, words
    for value in branch.table:
        yield from unknown((*path, "table", value), value, known, what=f"values of {name}")


def arrivals_at(node_id: str, document: Document, graph: ProcessGraph) -> Mapping[str, Arrival]:
    """Return the arrivals whose cases may come to a node: those of its process, if it has any.

    A process that is called, or started by a message, has the data of whoever did that.
    """
    process = process_of(node_id, graph)
    own = {s: a for s, a in document.arrivals.items() if process_of(s, graph) == process}
    return own or document.arrivals


def process_of(node_id: str | None, graph: ProcessGraph) -> str:
    """Return the id of the process that a node is in."""
    while node_id is not None and node_id in graph.nodes:
        node_id = graph.nodes[node_id].parent
    return graph.key if node_id is None else node_id


def drawn_names(arrival: Arrival) -> set[str]:
    """Return the names of the data with which cases arrive."""
    columns = arrival.replay.data if arrival.replay is not None else {}
    return {*arrival.attributes, *columns}
