"""Use cases about working calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import calendars

if TYPE_CHECKING:
    from engine.domain.calendar import WorkingCalendar
    from engine.domain.calendar_table import CalendarTable, CalendarVersion


class CalendarUseCases(UseCases):
    """Know when work is done."""

    def calendars(self) -> list[CalendarVersion]:
        """Return the newest version of every calendar, by name."""
        return calendars.overview(self._context)

    def calendar(self, name: str, *, version: int | None = None) -> CalendarTable:
        """Return a version of a calendar as people edit it, by default the newest."""
        return calendars.get(self._context, name, version=version)

    def calendar_versions(self, name: str) -> list[CalendarVersion]:
        """Return who edited a calendar, when and why, newest first."""
        return calendars.versions(self._context, name)

    def working_calendar(self, name: str) -> WorkingCalendar:
        """Return a calendar to count with."""
        return calendars.working(self._context, name)

    def save_calendar(
        self, table: CalendarTable, *, by: str, reason: str, based_on: int | None = None
    ) -> CalendarVersion:
        """Store a new version of a calendar; for managers and administrators.

        ``based_on`` is the version that was edited: CalendarChanged if there is a newer one.
        Timers that are set already keep their moment.
        """
        return calendars.save(self._context, table, by=by, reason=reason, based_on=based_on)
