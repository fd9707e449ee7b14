"""The pools of a net: who performs work, and when they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.calendars import working_calendar

if TYPE_CHECKING:
    from engine.domain.calendar import WorkingCalendar
    from simulation.scenario.document import Document


@dataclass(frozen=True)
class PoolPlan:
    """The units of a role and their calendar; None: always open."""

    role: str
    units: int
    calendar: WorkingCalendar | None


def pool_plan(document: Document, role: str) -> PoolPlan:
    """Return the pool of a role."""
    resource = document.resources[role]
    name = resource.calendar
    calendar = None if name is None else working_calendar(document, name)
    return PoolPlan(role, resource.units, calendar)
