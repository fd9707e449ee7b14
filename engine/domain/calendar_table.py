"""CalendarTable: a working calendar as people edit it, with kinds of days and notes.

A week of open hours and a list of dates that differ: holidays, make-up workdays (a weekend
day worked for a bridge day, 调休) and days with hours of their own. ``calendar_csv`` reads and
writes it as a table; ``WorkingCalendar`` is what the rest of the product counts with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.domain.calendar import Shift, WorkingCalendar, overlapping
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

LONGEST_NOTE = 200
MOST_DAYS = 10_000
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_MINUTES = 24 * 60
_NAME = re.compile(r"[^\W\d_][\w-]{0,62}")
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)


class InvalidCalendar(EngineError):
    """A calendar has a name, a zone, and open hours that do not contradict each other."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))
        self.source, self.problems = source, tuple(problems)


class CalendarChanged(EngineError):
    """Who edits a calendar has seen its newest version."""

    def __init__(self, name: str, newest: int, based_on: int) -> None:
        super().__init__(
            f"calendar {name!r} was changed meanwhile: it is at version {newest},"
            f" your edit is of version {based_on}"
        )
        self.name, self.newest, self.based_on = name, newest, based_on


class DayKind(StrEnum):
    """Why a date differs from the week."""

    HOLIDAY = "holiday"  # shut
    WORKDAY = "workday"  # open as on the first open day of the week, or at hours of its own
    HOURS = "hours"  # open at hours of its own


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A date that differs from the week."""

    day: date
    kind: DayKind
    shifts: tuple[Shift, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """One edit of a calendar: who, when and why; version 0 comes with the product."""

    name: str
    version: int
    zone: str
    changed_at: datetime | None = None
    changed_by: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class CalendarTable:
    """A working calendar as people edit it."""

    name: str
    zone: str
    weekly: Mapping[int, tuple[Shift, ...]]  # 0 is Monday
    days: Mapping[date, CalendarDay] = field(default_factory=dict)

    def working_calendar(self) -> WorkingCalendar:
        """Return the calendar to count with."""
        exceptions = {day: self.shifts_of(entry) for day, entry in self.days.items()}
        return WorkingCalendar(dict(self.weekly), ZoneInfo(self.zone), exceptions, self.name)

    def shifts_of(self, entry: CalendarDay) -> tuple[Shift, ...]:
        """Return the open hours of a date that differs from the week."""
        if entry.kind is DayKind.WORKDAY and not entry.shifts:
            return next((shifts for _, shifts in sorted(self.weekly.items()) if shifts), ())
        return entry.shifts

    def ensure_valid(self, *, source: str | None = None) -> None:
        """Raise InvalidCalendar with everything that is wrong."""
        if problems := list(self._problems()):
            raise InvalidCalendar(source or f"calendar {self.name!r}", problems)

    def _problems(self) -> Iterator[str]:
        if not _NAME.fullmatch(self.name):
            yield f"{self.name!r} is no name: a letter, then letters, digits, _ or - (63 at most)"
        if not is_zone(self.zone):
            yield f"{self.zone!r} is no time zone; Asia/Shanghai is one"
        if len(self.days) > MOST_DAYS:
            yield f"{len(self.days)} dates; at most {MOST_DAYS} are allowed"
        for weekday, shifts in sorted(self.weekly.items()):
            yield from _overlap(WEEKDAYS[weekday], shifts)
        for day, entry in sorted(self.days.items()):
            yield from _overlap(str(day), entry.shifts)
            yield from (f"{day}: {problem}" for problem in self._problems_of(entry))

    def _problems_of(self, entry: CalendarDay) -> Iterator[str]:
        if entry.kind is DayKind.HOLIDAY and entry.shifts:
            yield "a holiday has no open hours; write the kind hours"
        elif entry.kind is not DayKind.HOLIDAY and not self.shifts_of(entry):
            yield f"the kind {entry.kind} needs open hours such as 08:00-12:00"
        if len(entry.note) > LONGEST_NOTE or not entry.note.isprintable():
            yield f"a note is one line of at most {LONGEST_NOTE} characters"
        elif entry.note.startswith(("=", "+", "-", "@")):
            yield f"a note does not begin with {entry.note[0]!r}: a spreadsheet would reckon it"


def _overlap(name: str, shifts: tuple[Shift, ...]) -> Iterator[str]:
    if found := overlapping(shifts):
        yield f"{name}: {hours_text(found[:1])} and {hours_text(found[1:])} overlap"


def is_zone(name: str) -> bool:
    """Say whether this is the name of a time zone."""
    try:
        ZoneInfo(name)
    except (OSError, KeyError, ValueError):
        return False
    return True


def read_hours(text: str) -> tuple[Shift, ...]:
    """Read "08:00-12:00 13:00-17:00"; a shift that closes before it opens ends the next day.

    Raises ValueError in words.
    """
    return tuple(sorted(_read_shift(part) for part in text.replace(",", " ").split()))


def _read_shift(text: str) -> Shift:
    times = [_TIME.fullmatch(part) for part in text.split("-")]
    if len(times) != 2 or None in times:
        raise ValueError(f"{text!r} are no open hours such as 08:00-12:00")
    opens, closes = (int(time[1]) * 60 + int(time[2]) for time in times if time)
    if closes <= opens:
        closes += _DAY_MINUTES
    try:
        return Shift(opens, closes)
    except ValueError:
        raise ValueError(f"{text!r} are no open hours from 00:00 to 24:00") from None


def hours_text(shifts: Sequence[Shift]) -> str:
    """Write open hours as ``read_hours`` reads them."""
    return " ".join(f"{_time(shift.opens_min)}-{_time(shift.closes_min)}" for shift in shifts)


def _time(minutes: int) -> str:
    if minutes > _DAY_MINUTES:
        minutes -= _DAY_MINUTES
    return f"{minutes // 60:02}:{minutes % 60:02}"
