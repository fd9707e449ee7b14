"""Who may do an activity, one by one: what formats without roles and teams need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.process_graph import NodeType
from simulation.scenario.crosscheck import role_of
from simulation.scenario.flow import performed
from simulation.scenario.resource import Need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.domain.process_graph import FlowNode
    from simulation.exchange.notes import Notes
    from simulation.scenario.distribution import DurationSpec
    from simulation.scenario.load import Scenario


@dataclass(frozen=True)
class Person:
    """One member of a role, or all of its units."""

    id: str
    role: str
    units: int
    skills: frozenset[str]
    calendar: str | None
    cost_per_hour: float


def people(scenario: Scenario) -> list[Person]:
    """Return the members of every role; units that are alike are one of them."""
    found = []
    for role, resource in scenario.document.resources.items():
        if resource.members is None:
            calendar, cost = resource.calendar, resource.cost_per_hour
            found.append(Person(role, role, resource.units, frozenset(), calendar, cost))
        for name, member in (resource.members or {}).items():
            cost = resource.cost_per_hour if member.cost_per_hour is None else member.cost_per_hour
            calendar = member.calendar or resource.calendar
            skills = frozenset(member.skills)
            found.append(Person(name, role, member.units, skills, calendar, cost))
    return found


def needs_of(scenario: Scenario, node: FlowNode) -> tuple[Need, ...]:
    """Return what an activity asks for; nothing: nobody does it."""
    demand = scenario.document.demands.get(node.id)
    if demand is not None:
        return demand.needs
    role = role_of(node, scenario.document, scenario.graph)
    return () if role is None else (Need(role=role),)


def workers(scenario: Scenario, notes: Notes) -> Iterator[tuple[FlowNode, list[Person]]]:
    """Yield each activity and who may do it alone; note what several at once means."""
    staff = people(scenario)
    for node in performed(scenario.graph):
        needs, demand = needs_of(scenario, node), scenario.document.demands.get(node.id)
        if demand is not None and len(demand.all) > 1:
            notes.lost(f"demands.{node.id}", f"several at once: only {needs[0].role} is asked for")
            needs = needs[:1]
        for need in needs:
            if need.units > 1:
                notes.lost(f"demands.{node.id}", f"{need.units} of {need.role}: one is asked for")
        if demand is not None and demand.choose is not None:
            notes.lost(f"demands.{node.id}.choose", "whoever is free first does it")
        yield node, [person for person in staff if any(_fits(person, need) for need in needs)]


def _fits(person: Person, need: Need) -> bool:
    return person.role == need.role and (need.skill is None or need.skill in person.skills)


def work_of(scenario: Scenario, task: str, person: Person) -> DurationSpec | None:
    """Return how long an activity takes somebody; None: no time is given."""
    work = scenario.document.durations.get(task)
    if work is None:
        return None
    return work.by_resource.get(person.id) or work.by_resource.get(person.role) or work.work


def first_start(scenario: Scenario) -> str:
    """Return the start event with arrivals that is met first."""
    starts = [n.id for n in scenario.graph.of_type(NodeType.START_EVENT)]
    return next(start for start in starts if start in scenario.document.arrivals)
