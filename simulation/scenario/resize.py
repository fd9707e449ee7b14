"""More or fewer people of a role, as a merge patch on the scenario."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.scenario.resource import Member, Resource


def resized(resource: Resource, units: int) -> dict[str, Any]:
    """Return what to change in a resource so that it has so many units, at least one.

    Who joins named members can do what any of them can; who leaves stands last in the file.
    """
    if resource.members is None:
        return {"units": units}
    change = units - resource.units
    if change > 0:
        return {"members": _joining(resource.members, change)}
    return {"members": _leaving(resource.members, -change)}


def _joining(members: dict[str, Member], units: int) -> dict[str, Any]:
    name = next(name for i in count(1) if (name := f"more_{i}") not in members)
    skills = sorted({skill for member in members.values() for skill in member.skills})
    return {name: {"units": units, "skills": skills}}


def _leaving(members: dict[str, Member], units: int) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name, member in reversed(members.items()):
        if not units:
            break
        gone = min(units, member.units)
        changed[name] = None if gone == member.units else {"units": member.units - gone}
        units -= gone
    return changed
