"""People of other simulators as roles: who can do the same tasks in any way belongs together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulation.exchange.laws import written
from simulation.exchange.texts import unique
from simulation.exchange.writing import flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.exchange.laws import Law
    from simulation.exchange.notes import Draft


@dataclass(frozen=True)
class Performer:
    """One resource of a foreign file: a person, a machine, or several who are alike."""

    id: str
    name: str
    pool: str = ""
    units: int = 1
    cost_per_hour: float = 0.0
    calendar: str | None = None  # None: always there


@dataclass
class Team:
    """Performers that share tasks, directly or through others."""

    members: list[Performer] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)


Works = dict[str, dict[str, "Law"]]  # by task, by id of a performer


def write_roles(draft: Draft, performers: Sequence[Performer], works: Works) -> None:
    """Write resources, demands and durations for those who do the tasks."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for team in teams(performers, works):
        role = unique(_role_name(team), taken)
        taken.add(role)
        if _is_alike(team, works):
            _write_units(draft, role, team, works)
        else:
            _write_members(draft, role, team, works, names, taken)
    busy = {performer for found in works.values() for performer in found}
    for performer in performers:
        if performer.id not in busy:
            draft.notes.lost(f"resource {performer.id}", "does no task of the model")


def teams(performers: Sequence[Performer], works: Works) -> list[Team]:
    """Return those who share tasks, in the order of the file."""
    by_id = {performer.id: performer for performer in performers}
    team_of: dict[str, Team] = {}
    for task, found in works.items():
        joined = Team()
        for team in {id(team_of[p]): team_of[p] for p in found if p in team_of}.values():
            joined.members += team.members
            joined.tasks += team.tasks
        known = {member.id for member in joined.members}
        joined.members += [by_id[p] for p in found if p not in known]
        joined.tasks.append(task)
        team_of |= {member.id: joined for member in joined.members}
    order = {performer.id: i for i, performer in enumerate(performers)}
    result = list({id(team): team for team in team_of.values()}.values())
    for team in result:
        team.members.sort(key=lambda member: order[member.id])
    return sorted(result, key=lambda team: order[team.members[0].id])


def _role_name(team: Team) -> str:
    pools = list(dict.fromkeys(member.pool for member in team.members if member.pool))
    if len(team.members) == 1 and len(pools) != 1:
        return team.members[0].name
    if not 1 <= len(pools) <= 3:
        return "team"
    return " and ".join(pools)


def _is_alike(team: Team, works: Works) -> bool:
    first = team.members[0]
    facts = {(m.calendar, m.cost_per_hour) for m in team.members}
    return len(facts) == 1 and all(
        len(works[task]) == len(team.members)
        and all(law == works[task][first.id] for law in works[task].values())
        for task in team.tasks
    )


def _write_units(draft: Draft, role: str, team: Team, works: Works) -> None:
    first = team.members[0]
    units = sum(member.units for member in team.members)
    draft.put("resources", role, _staff({"units": units}, first.calendar, first.cost_per_hour))
    words = f"{units} of role {role!r}"
    for member in team.members:
        draft.notes.kept(f"resource {member.id}", words)
    for task in team.tasks:
        draft.put("durations", task, written(works[task][first.id]))
        draft.put("demands", task, role)


def _write_members(
    draft: Draft, role: str, team: Team, works: Works, names: dict[str, str], taken: set[str]
) -> None:
    for member in team.members:
        names[member.id] = unique(member.name, taken)
        taken.add(names[member.id])
    skilled = {task for task in team.tasks if len(works[task]) < len(team.members)}
    calendars = {member.calendar for member in team.members}
    costs = {member.cost_per_hour for member in team.members}
    shared = next(iter(calendars)) if len(calendars) == 1 else None
    cost = next(iter(costs)) if len(costs) == 1 else None
    written_members = {}
    for member in team.members:
        own: dict[str, Any] = {"units": member.units} if member.units > 1 else {}
        if skills := [task for task in team.tasks if task in skilled and member.id in works[task]]:
            own["skills"] = skills
        own = _staff(own, None if shared else member.calendar, 0 if cost else member.cost_per_hour)
        written_members[names[member.id]] = own
        draft.notes.translated(f"resource {member.id}", f"member {names[member.id]!r} of {role!r}")
    draft.put("resources", role, _staff({"members": written_members}, shared, cost or 0.0))
    for task in team.tasks:
        draft.put("demands", task, {"role": role, "skill": task} if task in skilled else role)
        draft.put("durations", task, _work(works[task], names))


def _staff(found: dict[str, Any], calendar: str | None, cost: float) -> dict[str, Any]:
    if calendar is not None:
        found["calendar"] = calendar
    if cost:
        found["cost_per_hour"] = cost
    return found


def _work(found: dict[str, Law], names: dict[str, str]) -> dict[str, Any]:
    """Return the most common law, and those of the members who differ."""
    texts = {performer: flow(law) for performer, law in found.items()}
    common = Counter(texts.values()).most_common(1)[0][0]
    first = next(performer for performer, text in texts.items() if text == common)
    others = {names[p]: written(law) for p, law in found.items() if texts[p] != common}
    if not others:
        return written(found[first])
    return {"work": written(found[first]), "by_resource": others}
