"""Who does the work, one by one: the plan behind roles that need more than alike units.

A role is *special* when a scenario says something about it that alike units in one line cannot
do: members, failures, an order of its own, several resources for one activity, patience and so
on; or when it shares an activity or a person with such a role. Special roles that are tied
together make a group; each group is served by one allocator. A special role is *light* when
whoever is free may serve whoever is next: then nobody has to be looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulation.scenario.distribution import build
from simulation.scenario.resource import Demand, Need, Queue, Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from simulation.distributions import Distribution
    from simulation.scenario.document import Document

_PLAIN_QUEUE = Queue()


@dataclass(frozen=True)
class Rates:
    """What a unit costs, in the currency of the scenario."""

    per_hour: float
    overtime_per_hour: float
    per_use: float


@dataclass(frozen=True)
class Person:
    """One unit, human or machine; it may serve several roles."""

    number: int  # among all units of the net
    name: str  # in logs
    worker: str  # what the scenario calls it: the member, or the role of alike units
    pools: tuple[int, ...]
    skills: frozenset[str]
    calendar: str | None
    rates: Rates
    failures: tuple[Distribution, Distribution] | None  # up, down


@dataclass(frozen=True)
class Slot:
    """So many units of a pool, with a skill if one is asked for."""

    pool: int
    units: int
    skill: str | None


@dataclass(frozen=True)
class Task:
    """How an activity is staffed and waited for."""

    alternatives: tuple[tuple[Slot, ...], ...]  # one of these, whole
    rule: str = "longest_idle"
    relative: str | None = None  # of same_as and other_than: the other activity


@dataclass(frozen=True)
class Staff:
    """The units of a net by number, and the groups of special roles."""

    firsts: tuple[int, ...]  # by pool: the number of its first unit
    names: tuple[str, ...]  # by number
    homes: tuple[int, ...]  # by number: the pool that lists it first
    persons: Mapping[int, Person]  # of special roles, by number
    tasks: Mapping[str, Task]  # of special roles, by element
    groups: tuple[frozenset[int], ...]
    light: frozenset[int] = frozenset()  # pools, each a group of its own

    def group_of(self, pool: int) -> int | None:
        """Return the number of the group of a pool; None: it is plain."""
        return next((i for i, group in enumerate(self.groups) if pool in group), None)


def plan_staff(
    document: Document,
    works: Mapping[str, int],
    held: Collection[str] = (),
    blocked: Collection[str] = (),
) -> Staff:
    """Return the plan for the activities (element: pool) that resources perform.

    ``held`` are those whose visits can be withdrawn, or live in a scope of their own; ``blocked``
    those behind which there may be no room.
    """
    roles = tuple(document.resources)
    demands = {element: _demand(document, element, roles[pool]) for element, pool in works.items()}
    persons, firsts = _persons(document, roles)
    special = {i for i, role in enumerate(roles) if _is_special_role(document, role)}
    special |= {
        pool for element, pool in works.items()
        if element in {*held, *blocked} or _is_special_task(document, element, demands[element])
    }  # fmt: skip
    ties = [{roles.index(need.role) for need in demand.needs} for demand in demands.values()]
    ties += [set(person.pools) for person in persons if len(person.pools) > 1]
    groups = _grouped(special, ties)
    grouped = frozenset().union(*groups)
    return Staff(
        firsts=firsts,
        names=tuple(person.name for person in persons),
        homes=tuple(person.pools[0] for person in persons),
        persons={p.number: p for p in persons if p.pools[0] in grouped},
        tasks={e: _task(demands[e], roles) for e, pool in works.items() if pool in grouped},
        groups=groups,
        light=frozenset(
            pool
            for group in groups
            for pool in group
            if len(group) == 1
            and _is_light_role(document, roles[pool], [p for p in persons if pool in p.pools])
            and not any(
                element in blocked or not _is_light_task(document, element, demands)
                for element, at in works.items()
                if at == pool
            )
        ),
    )


def rates_of(resource: Resource, cost_per_hour: float | None = None) -> Rates:
    """Return what a unit of a role costs; a member may have an hourly rate of its own."""
    per_hour = resource.cost_per_hour if cost_per_hour is None else cost_per_hour
    overtime = resource.overtime_per_hour
    return Rates(per_hour, per_hour if overtime is None else overtime, resource.cost_per_use)


def _demand(document: Document, element: str, role: str) -> Demand:
    demand = document.demands.get(element)
    return demand if demand is not None else Demand(all=(Need(role=role),))


def _is_special_role(document: Document, role: str) -> bool:
    resource = document.resources[role]
    queue = document.queues.get(role, _PLAIN_QUEUE)
    return resource.members is not None or resource.failures is not None or queue != _PLAIN_QUEUE


def _is_special_task(document: Document, element: str, demand: Demand) -> bool:
    work = document.durations.get(element)
    return (
        not demand.is_plain
        or element in document.patience
        or element in document.batches
        or (work is not None and (bool(work.by_resource) or work.outside_calendar == "abort"))
    )


def _is_light_role(document: Document, role: str, persons: Sequence[Person]) -> bool:
    """Whether it does not matter which of the units that are free does the work."""
    plain_queue = document.queues.get(role, _PLAIN_QUEUE) == _PLAIN_QUEUE
    alike = {(person.pools, person.calendar, person.failures) for person in persons}
    return plain_queue and len(alike) == 1 and document.resources[role].failures is None


def _is_light_task(document: Document, element: str, demands: Mapping[str, Demand]) -> bool:
    """Whether one unit does a case from begin to end, whoever it is."""
    work = document.durations.get(element)
    is_told_apart = work is not None and (
        bool(work.by_resource) or work.outside_calendar == "abort"
    )
    rules = (demand.choose for demand in demands.values())
    return (
        demands[element].is_plain
        and element not in document.batches
        and not is_told_apart
        and not any(rule is not None and rule.activity == element for rule in rules)
    )


def _persons(
    document: Document, roles: tuple[str, ...]
) -> tuple[tuple[Person, ...], tuple[int, ...]]:
    """Return everybody in the order of the document; who is named twice is one person."""
    by_name: dict[str, Person] = {}
    firsts = []
    for pool, role in enumerate(roles):
        firsts.append(len(by_name))
        for person in _of_role(document.resources[role], role, pool):
            known = by_name.get(person.name)
            if known is None:
                by_name[person.name] = replace(person, number=len(by_name))
            else:
                pools, skills = (*known.pools, pool), known.skills | person.skills
                by_name[person.name] = replace(known, pools=pools, skills=skills)
    return tuple(by_name.values()), tuple(firsts)


def _of_role(resource: Resource, role: str, pool: int) -> Iterable[Person]:
    """Yield the units of a role; their numbers are not known yet."""
    failures = resource.failures
    spells = None if failures is None else (build(failures.up), build(failures.down))
    if resource.members is None:
        alike = Person(
            -1, "", role, (pool,), frozenset(), resource.calendar, rates_of(resource), spells
        )
        yield from (replace(alike, name=unit_name(role, i)) for i in range(resource.units))
        return
    for worker, member in resource.members.items():
        rates, skills = rates_of(resource, member.cost_per_hour), frozenset(member.skills)
        calendar = member.calendar if member.calendar is not None else resource.calendar
        one = Person(-1, worker, worker, (pool,), skills, calendar, rates, spells)
        names = (unit_name(worker, i) for i in range(member.units))
        yield from [one] if member.units == 1 else (replace(one, name=name) for name in names)


def unit_name(role: str | None, unit: int) -> str:
    """Return what a unit of a pool is called in logs."""
    return f"{role} {unit + 1}"


def _task(demand: Demand, roles: tuple[str, ...]) -> Task:
    slots = tuple(Slot(roles.index(n.role), n.units, n.skill) for n in demand.needs)
    alternatives = tuple((slot,) for slot in slots) if demand.any else (slots,)
    if demand.choose is None:
        return Task(alternatives)
    return Task(alternatives, demand.choose.rule, demand.choose.activity)


def _grouped(special: set[int], ties: list[set[int]]) -> tuple[frozenset[int], ...]:
    """Return the special pools with all that are tied to them, as connected components."""
    groups: list[set[int]] = []
    for tie in [*ties, *({pool} for pool in special)]:
        touching = [group for group in groups if group & tie]
        groups = [group for group in groups if not group & tie]
        groups.append(tie.union(*touching))
    return tuple(frozenset(g) for g in sorted(groups, key=min) if g & special)
