"""When something is due: by the clock of a zone, or by the open hours of a working calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from engine.domain.calendar import CalendarNeverOpens, WorkNeverDone
from engine.domain.duration import Duration, InvalidDuration

if TYPE_CHECKING:
    from engine.domain.calendar import WorkingCalendar

_WEEKS = re.compile(r"P[^T]*W")


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How durations are counted.

    Without a working calendar, days and months are those of the zone and hours are elapsed
    time. With one, nothing counts while it is shut: hours are open hours, days are working
    days, months are calendar months that end in open hours.
    """

    zone: tzinfo = UTC
    calendar: WorkingCalendar | None = None

    def after(self, start: datetime, duration: Duration) -> datetime:
        """Return the moment, in UTC, that lies this duration after an aware moment."""
        if self.calendar is None:
            return duration.after(start, zone=self.zone)
        try:
            if duration.months:
                start = self.calendar.next_open(start)
                start = Duration(duration.months).after(start, zone=self.calendar.zone)
            work = timedelta(seconds=duration.clock_s)
            return self.calendar.add_working(start, work, days=duration.days)
        except (CalendarNeverOpens, WorkNeverDone) as error:
            raise InvalidDuration(str(duration), str(error)) from error

    def opened(self, moment: datetime) -> datetime:
        """Return a moment, or the next opening if the working calendar is shut then."""
        if self.calendar is None:
            return moment
        try:
            return self.calendar.next_open(moment)
        except CalendarNeverOpens as error:
            raise InvalidDuration(moment.isoformat(), str(error)) from error


def ensure_working_duration(text: str) -> None:
    """Refuse weeks where days are working days: people would read five or seven of them."""
    if _WEEKS.match(text):
        reason = "with a working calendar, write working days (P5D) or open hours (PT40H)"
        raise InvalidDuration(text, f"a week is not a number of working days; {reason}")
