"""Who works in a scenario, as the plan that utilisation and cost are measured against.

The same plan serves simulated and live cases: there a role is the lane's id, so a resource is
best called like its lane.
"""

from __future__ import annotations

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
    name = scenario.document.resources[role].calendar
    if name is None:
        return always_open
    return partial(_open_s, working_calendar(scenario.document, name))


def _open_s(calendar: WorkingCalendar, start: datetime, end: datetime) -> float:
    return calendar.between(start, end).total_seconds()
