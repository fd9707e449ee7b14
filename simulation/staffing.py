"""Who works in a scenario, as the plan that utilisation and cost are measured against.

The same plan serves simulated and live cases: there a role is the lane's id, so a resource is
best called like its lane.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from kpis.staffing import RoleStaffing, Staffing, always_open
from simulation.calendars import working_calendar
from simulation.scenario.crosscheck import role_of
from simulation.scenario.references import activities

if TYPE_CHECKING:
    from datetime import datetime

    from engine.domain.calendar import WorkingCalendar
    from kpis.staffing import OpenTime
    from simulation.scenario.load import Scenario


def staffing(scenario: Scenario) -> Staffing:
    """Return the staffing plan of a scenario.

    External are the lanes whose work nobody of the house does: all their activities are
    delays in the scenario.
    """
    document, graph = scenario.document, scenario.graph
    staffed = {role_of(node, document, graph) for node in activities(graph)}
    staffed |= {need.role for demand in document.demands.values() for need in demand.needs}
    lanes = {node.lane for node in activities(graph) if role_of(node, document, graph) is None}
    external = {lane for lane in lanes if lane is not None} - set(document.resources)
    return Staffing.of(
        (
            RoleStaffing(name, resource.units, resource.cost_per_hour, _open(scenario, name))
            for name, resource in document.resources.items()
            if name in staffed
        ),
        external_roles=sorted(external),
        fixed_costs={name: cost.fixed for name, cost in document.costs.items()},
        currency=document.currency,
    )


def _open(scenario: Scenario, role: str) -> OpenTime:
    """Return the open time of a unit of a role; that of the mean member where they differ."""
    resource = scenario.document.resources[role]
    names = Counter[str | None]()
    for member in (resource.members or {}).values():
        names[member.calendar or resource.calendar] += member.units
    if not names:
        names[resource.calendar] = resource.units
    if set(names) == {None}:
        return always_open
    calendars = [
        (units, None if name is None else working_calendar(scenario.document, name))
        for name, units in names.items()
    ]
    return partial(_mean_open_s, calendars)


def _mean_open_s(
    calendars: list[tuple[int, WorkingCalendar | None]], start: datetime, end: datetime
) -> float:
    open_s = (
        units * (always_open(start, end) if c is None else c.between(start, end).total_seconds())
        for units, c in calendars
    )
    return sum(open_s) / sum(units for units, _ in calendars)
