"""The calendars of a scenario as working calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.calendar import WorkingCalendar
from simulation.scenario.document import weekdays_of

if TYPE_CHECKING:
    from simulation.scenario.document import Document


def working_calendar(document: Document, name: str) -> WorkingCalendar:
    """Return a calendar of the document by its name."""
    written = document.calendars[name]
    entry_of = weekdays_of(dict(written.weekly))
    return WorkingCalendar(
        weekly={day: tuple(written.weekly[entry]) for day, entry in entry_of.items()},
        zone=document.timezone,
        exceptions={day: tuple(shifts) for day, shifts in written.exceptions.items()},
    )
