"""The calendars of a scenario as working calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.calendar import WorkingCalendar
from engine.domain.calendar_table import CalendarTable
from simulation.scenario.calendar import weekdays_of
from simulation.scenario.holidays import holidays_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from engine.domain.calendar import Interval, Shift
    from simulation.scenario.document import Document

LONGEST_YEARS = 500


class OpensTooRarely(ValueError):
    """What is asked of a calendar must fit into so many years."""

    def __init__(self) -> None:
        super().__init__(
            f"the calendar opens too rarely: {LONGEST_YEARS} years after the start there have "
            "not been enough open hours"
        )


class RunCalendar(WorkingCalendar):
    """A calendar that gives up in time: to unroll it to the year 9999 takes ten seconds."""

    def intervals(self, since: datetime) -> Iterator[Interval]:
        """Yield the open intervals that begin within so many years, then raise OpensTooRarely."""
        latest = since + timedelta(days=LONGEST_YEARS * 366)
        for opens, closes in super().intervals(since):
            if opens > latest:
                break
            yield opens, closes
        raise OpensTooRarely


def working_calendar(document: Document, name: str) -> WorkingCalendar:
    """Return a calendar of the document by its name."""
    written = document.calendars[name]
    entry_of = weekdays_of(dict(written.weekly))
    weekly = {day: tuple(written.weekly[entry]) for day, entry in sorted(entry_of.items())}
    exceptions = {} if written.holidays is None else _exceptions(written.holidays, weekly)
    exceptions |= {day: tuple(shifts) for day, shifts in written.exceptions.items()}
    return RunCalendar(weekly=weekly, zone=document.timezone, exceptions=exceptions)


def _exceptions(
    country: str, weekly: dict[int, tuple[Shift, ...]]
) -> dict[date, tuple[Shift, ...]]:
    """Return the holidays, and the make-up workdays with the hours of the first open weekday."""
    table = CalendarTable(country, "UTC", weekly, holidays_of(country))
    return {day: table.shifts_of(entry) for day, entry in table.days.items()}
