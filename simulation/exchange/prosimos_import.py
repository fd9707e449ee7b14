"""Prosimos: a JSON file beside a BPMN file, in any of its three dialects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.domain.process_graph import NodeType
from simulation.exchange.laws import written
from simulation.exchange.prosimos_batches import read_batches
from simulation.exchange.prosimos_hours import hours_differ
from simulation.exchange.prosimos_laws import read_law
from simulation.exchange.prosimos_rules import (
    read_attributes,
    read_conditions,
    read_priorities,
)
from simulation.exchange.roles import Performer, write_roles
from simulation.exchange.shares import write_shares
from simulation.exchange.unread import tell_unread
from simulation.exchange.weeks import Calendars, spans
from simulation.scenario.flow import performed, waits

if TYPE_CHECKING:
    from simulation.exchange.entries import Entry
    from simulation.exchange.notes import Draft, Notes
    from simulation.exchange.roles import Works
    from simulation.exchange.weeks import Span

_SECTIONS = {
    "resource_profiles", "arrival_time_distribution", "arrival_time_calendar", "branch_rules",
    "gateway_branching_probabilities", "task_resource_distribution", "resource_calendars",
    "event_distribution", "batch_processing", "case_attributes", "prioritisation_rules",
    "model_type",
}  # fmt: skip
_NO_COUNTERPART = {
    "event_attributes": "data that change during a case are not simulated",
    "global_attributes": "data that all cases share are not simulated",
    "multitask": "people who do several tasks at a time are not simulated",
    "gateway_execution_limit": "how often a gateway may be passed has no limit here",
    "granule_size": "the size of the granules of probabilities is not needed",
    "simulation_type": "not needed",
    "process_model": "the model is given by --model",
}
_LIKELY_OPEN = 0.5


def is_prosimos(document: Entry) -> bool:
    """Whether a JSON document is one of Prosimos."""
    return isinstance(document.value, dict) and bool(
        document.value.keys() & {"task_resource_distribution", "arrival_time_distribution"}
    )


def read_prosimos(document: Entry, draft: Draft) -> None:
    """Write what a Prosimos file says into a scenario. Raises ScenarioInvalid."""
    calendars = Calendars(draft)
    performers = _performers(document, _calendars(document, draft, calendars), draft)
    _arrivals(document, draft, calendars)
    works = _works(document, draft, performers)
    _tell_hours(document, draft, performers, works)
    write_roles(draft, list(performers.values()), works)
    if (events := document.get("event_distribution")) is not None:
        _events(events, draft)
    read_attributes(document, draft)
    _branches(document, draft)
    read_priorities(document, draft)
    read_batches(document, draft)
    for key, value in document.value.items():
        if key not in _SECTIONS and value not in (None, [], {}):
            draft.notes.lost(key, _NO_COUNTERPART.get(key, "is not known"))
    tell_unread(document, draft.notes, inert={"assignedTasks"})


def _arrivals(document: Entry, draft: Draft, calendars: Calendars) -> None:
    starts = [n for n in draft.graph.of_type(NodeType.START_EVENT) if n.parent is None]
    if not starts:
        return
    law = read_law(document.need("arrival_time_distribution"), draft.notes)
    arrival: dict[str, object] = {"interval": written(law)}
    if (periods := document.get("arrival_time_calendar")) is not None:
        name = calendars.add("arrivals", _spans(periods), where=periods.field)
        if name is not None:
            arrival |= {"calendar": name, "outside_calendar": "opening"}
            words = "who would come while it is shut comes at the next opening, as in Prosimos"
            draft.notes.kept(periods.field, words)
    draft.put("arrivals", starts[0].id, arrival)
    for start in starts[1:]:
        draft.notes.guessed(f"arrivals.{start.id}", "Prosimos has one start: nobody comes here")


def _spans(periods: Entry, *, is_fuzzy: bool = False) -> list[Span]:
    found: list[Span] = []
    for period in periods.list():
        probability = period.get("probability") if is_fuzzy else None
        if probability is not None and probability.amount() < _LIKELY_OPEN:
            continue
        first, last, begins, ends = (
            period.need(key).text() for key in ("from", "to", "beginTime", "endTime")
        )
        try:
            found += spans(first, last, begins, ends)
        except ValueError as error:
            raise period.refused(str(error)) from None
    if not found:
        raise periods.refused("never opens: it needs a time period")
    return found


def _calendars(document: Entry, draft: Draft, calendars: Calendars) -> dict[str, str | None]:
    """Return the name of each calendar by the id it has in the file."""
    found: dict[str, str | None] = {}
    section = document.get("resource_calendars")
    if section is None:
        return found
    kind = document.get("model_type")
    is_fuzzy = kind is not None and kind.value == "FUZZY"
    if kind is not None and kind.value not in ("FUZZY", "CRISP"):
        draft.notes.lost(kind.field, "is neither FUZZY nor CRISP: read as CRISP")
    if is_fuzzy:
        words = "probabilities of being there: from a half on people are there, below they are not"
        draft.notes.translated(section.field, words)
    for name, entry in section.named("id"):
        if name in found:
            raise entry.refused(f"is a second calendar {name!r}")
        if isinstance(entry.value, dict):
            entry.get("name")  # the id is the name here
        periods = entry if isinstance(entry.value, list) else entry.need("time_periods")
        found[name] = calendars.add(name, _spans(periods, is_fuzzy=is_fuzzy), where=entry.field)
    return found


def _performers(
    document: Entry, known: dict[str, str | None], draft: Draft
) -> dict[str, Performer]:
    profiles = document.get("resource_profiles")
    if profiles is None:  # as in 2021: whoever is named does the task
        return _named_only(document, known)
    found: dict[str, Performer] = {}
    for _, pool in profiles.named("id"):
        pool_name = _name(pool, "")
        for entry in pool.need("resource_list").list():
            performer = _performer(entry, pool_name, known, draft.notes)
            twin = found.get(performer.id)
            if twin is None:
                found[performer.id] = performer
            elif replace(twin, pool=pool_name) != performer:
                raise entry.refused(f"is a second resource {performer.id!r}, and another one")
            else:  # Prosimos lists a resource once per pool; it is one all the same
                found[performer.id] = replace(twin, pool="")
    return found


def _name(entry: Entry, default: str) -> str:
    name = entry.get("name")
    return default if name is None or name.value == "" else name.text()


def _performer(
    entry: Entry, pool: str, calendars: dict[str, str | None], notes: Notes
) -> Performer:
    id_ = entry.need("id").text()
    if entry.value.get("assignedTasks"):
        words = "task_resource_distribution says who does what, in Prosimos too"
        notes.kept("assignedTasks", words)
    amount, cost, calendar = (entry.get(key) for key in ("amount", "cost_per_hour", "calendar"))
    name = calendar.text() if calendar is not None else id_  # in 2021 calendars had those of people
    if name not in calendars and (calendar is not None or calendars):
        raise (calendar or entry).refused(f"has no calendar {name!r} in resource_calendars")
    return Performer(
        id_,
        _name(entry, id_),
        pool,
        amount.count() if amount is not None else 1,
        cost.amount() if cost is not None else 0.0,
        calendars.get(name),
    )


def _named_only(document: Entry, calendars: dict[str, str | None]) -> dict[str, Performer]:
    found = {}
    for _, task in document.need("task_resource_distribution").named("task_id"):
        for name, _ in _resources(task):
            found[name] = Performer(name, name, calendar=calendars.get(name))
    return found


def _resources(task: Entry) -> list[tuple[str, Entry]]:
    entries = task.get("resources")
    return list((task if entries is None else entries).named("resource_id"))


def _works(document: Entry, draft: Draft, performers: dict[str, Performer]) -> Works:
    tasks = {node.id for node in performed(draft.graph)}
    works: Works = {}
    for task, entry in document.need("task_resource_distribution").named("task_id"):
        if task not in tasks:
            draft.notes.lost(entry.field, f"the model has no task {task!r}")
            continue
        if task in works:
            raise entry.refused(f"is a second entry for the task {task!r}")
        works[task] = {}
        for performer, law in _resources(entry):
            if performer not in performers:
                raise law.refused(f"has no resource {performer!r} in resource_profiles")
            if performer in works[task]:
                raise law.refused(f"is a second entry for {performer!r}")
            works[task][performer] = read_law(law, draft.notes)
        if not works[task]:
            raise entry.refused("needs a resource: nobody could do this task")
    return works


def _tell_hours(
    document: Entry, draft: Draft, performers: dict[str, Performer], works: Works
) -> None:
    """Say which tasks come out otherwise in Prosimos, which gives work to people off duty."""
    tasks = [t for t, found in works.items() if len({performers[p].calendar for p in found}) > 1]
    if tasks:
        field = document.need("task_resource_distribution").field
        draft.notes.translated(field, hours_differ(tasks))


def _events(section: Entry, draft: Draft) -> None:
    waiting = {node.id for node in draft.graph.nodes.values() if waits(node)}
    for event, entry in section.named("event_id"):
        if event not in waiting:
            draft.notes.lost(entry.field, f"the model has no event {event!r} that waits")
            continue
        if draft.has("events", event):
            raise entry.refused(f"is a second entry for the event {event!r}")
        draft.put("events", event, written(read_law(entry, draft.notes)))


def _branches(document: Entry, draft: Draft) -> None:
    section = document.get("gateway_branching_probabilities")
    if section is None:
        return
    conditions = read_conditions(document)
    for gateway, entry in section.named("gateway_id"):
        paths = entry.get("probabilities") or entry
        given: dict[str, float | None] = {}
        named: dict[str, Entry] = {}
        for flow, path in paths.named("path_id"):
            if flow in given:
                raise path.refused(f"is a second entry for the flow {flow!r}")
            value = path.get("value") if isinstance(path.value, dict) else path
            given[flow] = None if value is None else value.amount()
            condition = path.get("condition_id") if isinstance(path.value, dict) else None
            if condition is not None:
                named[flow] = condition
        write_shares(draft, entry, gateway, given)
        if named:
            conditions.write(draft, entry, gateway, named)
