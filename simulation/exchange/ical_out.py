"""A weekly calendar as iCalendar: an event for each shift of equal days."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from simulation.scenario.calendar import weekdays_of

if TYPE_CHECKING:
    from simulation.scenario.calendar import Calendar

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def write_ical(calendar: Calendar, start: datetime) -> str:
    """Return the week of a calendar; the first event is in the week of ``start``."""
    monday = start.date() - timedelta(days=start.weekday())
    entry_of = weekdays_of(dict(calendar.weekly))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//twinflow//scenario//EN"]
    for entry, shifts in calendar.weekly.items():
        days = sorted(day for day, name in entry_of.items() if name == entry)
        first = datetime.combine(monday + timedelta(days=days[0]), time())
        names = ",".join(_DAYS[day] for day in days)
        for shift in shifts:
            opens, closes = (
                first + timedelta(minutes=minutes)
                for minutes in (shift.opens_min, shift.closes_min)
            )
            lines += [
                "BEGIN:VEVENT",
                f"DTSTART:{opens:%Y%m%dT%H%M%S}",
                f"DTEND:{closes:%Y%m%dT%H%M%S}",
                f"RRULE:FREQ=WEEKLY;BYDAY={names}",
                "END:VEVENT",
            ]
    return "\n".join([*lines, "END:VCALENDAR"])
