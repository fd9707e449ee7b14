"""Resources of BPSim: how many there are, what they cost, and which of them a task needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulation.exchange.bpsim_values import read_value
from simulation.exchange.tags import local_name
from simulation.exchange.texts import unique

if TYPE_CHECKING:
    from simulation.exchange.bpsim_calendars import BpsimCalendars
    from simulation.exchange.bpsim_data import Data, Parameters
    from simulation.exchange.notes import Draft
    from simulation.exchange.tags import Tag

_GET = re.compile(r"getResource\(\s*(['\"])(.+?)\1\s*(?:,\s*(\d{1,5})\s*)?\)")
_OTHERWISE = re.compile(  # what an expression of resources has beside something else
    rf"(?:bpsim:)?{_GET.pattern}|(?:bpsim:)?(?:or|and)Resource\b|\b(?:or|and)\b|[\s(),{{}}]+",
    re.IGNORECASE,
)
_PERFORMERS = {"performer", "humanPerformer", "potentialOwner", "resourceRole"}


class Resources:
    """The roles of a scenario, by the ids and names that BPSim and BPMN use."""

    def __init__(self, data: Data, root: Any, draft: Draft, calendars: BpsimCalendars) -> None:
        self._data, self._draft, self._calendars = data, draft, calendars
        self.roles: dict[str, str] = {}
        names = [(e.get("id"), e.get("name")) for e in root.iter() if local_name(e) == "resource"]
        self._known = {id_: name or id_ for id_, name in names if id_}
        self._known |= {lane.id: lane.name or lane.id for lane in draft.graph.lanes.values()}
        self._owners = _owners(root)

    def write(self, *, per_hour: float) -> None:
        """Write a role for each resource or lane that has parameters."""
        for id_, found in self._data.elements.items():
            if id_ not in self._known or not found.values.keys() & {
                "Quantity", "UnitCost", "FixedCost", "Availability",
            }:  # fmt: skip
                continue
            self.roles[id_] = unique(self._known[id_], set(self.roles.values()))
            self._draft.put("resources", self.roles[id_], self._staff(found, per_hour))
            self._draft.notes.kept(found.tag.field, f"role {self.roles[id_]!r}")

    def _staff(self, found: Parameters, per_hour: float) -> dict[str, Any]:
        staff: dict[str, Any] = {}
        shifts = [(value, self._calendar(value)) for value in found.values.get("Quantity", ())]
        if len(shifts) < 2:
            staff["units"] = _count(shifts[0][0]) if shifts else 1
            calendar = shifts[0][1] if shifts else None
            for value in found.values.get("Availability", ())[:1]:
                calendar = calendar or self._calendar(value)
            if calendar is not None:
                staff["calendar"] = calendar
        else:
            staff["members"] = self._shifts(shifts)
        for value in found.values.get("UnitCost", ())[:1]:
            staff["cost_per_hour"] = round(_amount(value) * per_hour, 6)
            words = f"per base time unit: {staff['cost_per_hour']:g} an hour"
            self._draft.notes.translated(value.field, words)
        for value in found.values.get("FixedCost", ())[:1]:
            staff["cost_per_use"] = _amount(value)
        return staff

    def _shifts(self, shifts: list[tuple[Tag, str | None]]) -> dict[str, Any]:
        """Numbers by calendar are members with a calendar each."""
        members: dict[str, Any] = {}
        for i, (value, calendar) in enumerate(shifts, start=1):
            own: dict[str, Any] = {"units": _count(value)}
            if calendar is not None:
                own["calendar"] = calendar
            members[f"shift {i}"] = own
            self._draft.notes.translated(value.field, f"member 'shift {i}' with its own calendar")
        return members

    def _calendar(self, value: Tag) -> str | None:
        valid = value.get("validFor")
        if valid is None:
            return None
        return self._calendars.name(valid)

    def demand(self, task: str, found: Parameters, *, per_hour: float) -> None:
        """Write who does a task, and what a visit costs."""
        selection = found.values.get("Selection", [])
        if selection:
            self._draft.put("demands", task, self._selected(selection[0]))
        elif (role := self._owner(task)) is not None:
            self._draft.put("demands", task, role)
            self._draft.notes.kept(found.tag.field, f"role {role!r}, as the model says")
        costs = {}
        for value in found.values.get("FixedCost", ())[:1]:
            costs["fixed"] = _amount(value)
        for value in found.values.get("UnitCost", ())[:1]:
            costs["per_hour"] = round(_amount(value) * per_hour, 6)
        if costs:
            self._draft.put("costs", task, costs)
            self._draft.notes.kept(f"{found.tag.field}.CostParameters", "cost of each visit")
        for value in found.values.get("Quantity", ()):
            words = "the number of a task; give the number of its resource"
            self._draft.notes.lost(value.field, words)

    def _selected(self, value: Tag) -> Any:
        text = value.need("value").text()
        needs = []
        for match in _GET.finditer(text):
            role = self._role(match[2])
            if role is None:
                known = ", ".join(self._known.values()) or "none"
                raise value.refused(f"names the resource {match[2]!r}; the model has {known}")
            units = int(match[3] or 1)
            if units < 1:
                raise value.refused("needs one or more of a resource")
            needs.append({"role": role, "units": units} if units > 1 else {"role": role})
        if rest := _OTHERWISE.sub(" ", text).strip():
            words = f"{rest[:60]!r} of the expression: only whom getResource names is taken"
            self._draft.notes.lost(value.field, words)
        if not needs:
            raise value.refused("must name a resource: getResource('clerk', 1)")
        if len(needs) == 1:
            self._draft.notes.kept(value.field, f"role {needs[0]['role']!r}")
            return needs[0] if "units" in needs[0] else needs[0]["role"]
        is_any = "orresource" in text.lower() or re.search(r"\bor\b", text, re.IGNORECASE)
        words = "one of these roles" if is_any else "all of these roles at once"
        self._draft.notes.translated(value.field, words)
        return {"any" if is_any else "all": needs}

    def _role(self, name: str) -> str | None:
        """Return the role of a resource by its id or name; it is written if it is new."""
        ids = (*self.roles, *self._known)  # a lane may be called like a resource: who has
        fits = (i for i in ids if name in (i, self._known[i]))  # parameters is meant
        id_ = next(fits, None)
        if id_ is None:
            return None
        if id_ not in self.roles:
            self.roles[id_] = unique(self._known[id_], set(self.roles.values()))
            self._draft.put("resources", self.roles[id_], {"units": 1})
            self._draft.notes.guessed(f"resources.{self.roles[id_]}", "no Quantity: one unit")
            self._draft.comment(("resources", self.roles[id_]), "? no Quantity: one unit")
        return self.roles[id_]

    def _owner(self, task: str) -> str | None:
        """Return the role that the model itself names: a performer, or the lane."""
        if (named := self._owners.get(task)) is not None and (role := self._role(named)):
            return role
        lane = self._draft.graph.nodes[task].lane
        return None if lane is None else self.roles.get(lane)


def _owners(root: Any) -> dict[str, str]:
    """Return the resource that each task of the model names as its performer."""
    found = {}
    for element in root.iter():
        if local_name(element) in _PERFORMERS and element.getparent() is not None:
            for child in element:
                if local_name(child) == "resourceRef" and (child.text or "").strip():
                    name = child.text.strip().rpartition(":")[2]
                    found[element.getparent().get("id")] = name
    return found


def _amount(value: Tag) -> float:
    return value.need("value").amount()


def _count(value: Tag) -> int:
    law, _ = read_value(value, 1.0)
    if "constant" not in law:
        raise value.refused("must be a fixed number")
    return value.need("value").count()
