"""Open time within a week as iCalendar: an event for each shift, with the days that have it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from simulation.calibration.week import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulation.exchange.weeks import Span

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def write_ical(week: Sequence[Span], start: datetime) -> str:
    """Return the open time of a week; the first event is in the week of ``start``."""
    monday = datetime.combine(start.date() - timedelta(days=start.weekday()), time())
    days_of: dict[tuple[float, float], list[int]] = {}
    for day, opens_s, length_s in _shifts(week):
        days_of.setdefault((opens_s, length_s), []).append(day)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//twinflow//scenario//EN"]
    for (opens_s, length_s), days in days_of.items():
        opens = monday + timedelta(days=days[0], seconds=opens_s)
        closes = opens + timedelta(seconds=length_s)
        lines += [
            "BEGIN:VEVENT",
            f"DTSTART:{opens:%Y%m%dT%H%M%S}",
            f"DTEND:{closes:%Y%m%dT%H%M%S}",
            f"RRULE:FREQ=WEEKLY;BYDAY={','.join(_DAYS[day] for day in days)}",
            "END:VEVENT",
        ]
    return "\n".join([*lines, "END:VCALENDAR"])


def _shifts(week: Sequence[Span]) -> Iterator[tuple[int, float, float]]:
    """Yield the day, the opening after midnight and the length; none is longer than a day."""
    for low, high in week:
        opens = low
        while opens < high:
            day = int(opens // DAY_S)
            closes = high if high - opens <= DAY_S else (day + 1) * DAY_S
            yield day, opens - day * DAY_S, closes - opens
            opens = closes
