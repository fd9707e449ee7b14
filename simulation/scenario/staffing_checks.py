"""Checks of who does what: teams that exist, people who are one person, queues somebody serves."""

from __future__ import annotations

from collections import Counter
from itertools import islice, product
from typing import TYPE_CHECKING

from simulation.scenario.calendar import weekdays_of
from simulation.scenario.references import activities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.domain.process_graph import FlowNode, ProcessGraph
    from simulation.scenario.document import Document
    from simulation.scenario.references import Found
    from simulation.scenario.resource import Need

    RoleOf = Callable[[FlowNode], str | None]

_WEEK_MINUTES = 7 * 24 * 60
_MOST_TEAMS = 1_000  # combinations of calendars that are tried


def staffing_problems(document: Document, graph: ProcessGraph, role_of: RoleOf) -> Iterator[Found]:
    """Yield what makes the staffing of a scenario impossible, or would be ignored."""
    yield from _persons(document)
    yield from _teams(document)
    performed = {node.id: role_of(node) for node in activities(graph)}
    yield from _four_eyes(document, performed)
    yield from _unserved(document, performed)
    yield from _workers(document, performed)


def _persons(document: Document) -> Iterator[Found]:
    """Whoever is named in two roles is one person, with one calendar and one rate."""
    known: dict[str, tuple[str, object]] = {}
    for role, resource in document.resources.items():
        for name, member in (resource.members or {}).items():
            calendar = member.calendar if member.calendar is not None else resource.calendar
            rate = member.cost_per_hour
            rate = resource.cost_per_hour if rate is None else rate
            facts = (calendar, rate, resource.failures, member.units)
            other, before = known.setdefault(name, (role, facts))
            if before != facts:
                words = (
                    f"is in {other} too, as one person: calendar, cost, failures and units differ"
                )
                yield ("resources", role, "members", name), None, words


def _teams(document: Document) -> Iterator[Found]:
    for name, demand in document.demands.items():
        path = ("demands", name)
        if any(need.role not in document.resources for need in demand.needs):
            continue  # said elsewhere
        asked = Counter[str]()
        for need in demand.all:
            asked[need.role] += need.units
        for role, units in asked.items():
            if units > (there := document.resources[role].units):
                yield path, None, f"asks for {units} of {role} at once; there are {there}"
        if len(demand.all) > 1 and not _is_ever_there(document, demand.all):
            yield path, None, "needs resources whose calendars have no hour in common"


def _four_eyes(document: Document, performed: dict[str, str | None]) -> Iterator[Found]:
    """Whoever must be somebody else than the one before is there at all."""
    for name, demand in document.demands.items():
        if demand.choose is None or demand.choose.rule != "other_than" or not demand.needs:
            continue
        need, before = demand.needs[0], demand.choose.activity or ""
        resource = document.resources.get(need.role)
        same_role = len(demand.needs) == 1 and performed.get(before) == need.role
        if resource is not None and same_role and resource.units <= need.units:
            words = f"needs one more of {need.role}: who did {before} may not do it"
            yield ("demands", name), None, words


def _is_ever_there(document: Document, needs: tuple[Need, ...]) -> bool:
    """Whether some choice of calendars, one per need, has a minute of the week in common."""
    choices = [_calendars_of(document, need) for need in needs]
    for names in islice(product(*choices), _MOST_TEAMS):
        if len(open_minutes := [_open(document, name) for name in set(names)]) < 2:
            return True
        if set.intersection(*open_minutes):
            return True
    named = {name for names in choices for name in names if name in document.calendars}
    return any(document.calendars[name].exceptions for name in named if name is not None)


def _calendars_of(document: Document, need: Need) -> set[str | None]:
    resource = document.resources[need.role]
    if resource.members is None:
        return {resource.calendar}
    return {
        member.calendar if member.calendar is not None else resource.calendar
        for member in resource.members.values()
        if need.skill is None or need.skill in member.skills
    }


def _open(document: Document, name: str | None) -> set[int]:
    """Return the minutes of the week in which a calendar is open."""
    calendar = document.calendars.get(name or "")
    if calendar is None:
        return set(range(_WEEK_MINUTES))
    return {
        (day * 24 * 60 + minute) % _WEEK_MINUTES
        for day, entry in weekdays_of(dict(calendar.weekly)).items()
        for shift in calendar.weekly[entry]
        for minute in range(shift.opens_min, shift.closes_min)
    }


def _unserved(document: Document, performed: dict[str, str | None]) -> Iterator[Found]:
    for section in ("patience", "batches"):
        for name in getattr(document, section):
            if name in performed and performed[name] is None:
                yield (section, name), None, "means nothing here: nobody performs this activity"


def _workers(document: Document, performed: dict[str, str | None]) -> Iterator[Found]:
    """A duration by worker is of somebody who may do the activity."""
    for name, work in document.durations.items():
        demand = document.demands.get(name)
        role = performed.get(name)
        roles = {role} if demand is None else {need.role for need in demand.needs}
        members = {
            member
            for able in roles
            if able in document.resources
            for member in document.resources[able].members or ()
        }
        for worker in work.by_resource:
            known = worker in document.resources or any(
                worker in (resource.members or {}) for resource in document.resources.values()
            )
            if known and worker not in {*roles, *members}:
                yield ("durations", name, "by_resource", worker), None, "never does this activity"
