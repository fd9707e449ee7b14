"""Cron: cycles written as minute, hour, day of month, month and day of week.

Read on the wall of a zone: a time that the clocks skip means the end of the gap (once, however
many fall into it), a time that comes twice its first occurrence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from engine.domain.cycle import MOST_CAUGHT_UP, Due
from engine.domain.duration import InvalidDuration
from engine.domain.wall_time import moment_at, wall_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

    from engine.domain.due_date import Reckoning

MACROS: Mapping[str, str] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_DAY = timedelta(days=1)
_SEARCH_DAYS = 366 * 9  # 29 February comes again within eight years
_LAST_DAY = date(9998, 12, 31)
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_PART = re.compile(r"(?:([*?])|([0-9]{1,2}|[A-Z]{3})(?:-([0-9]{1,2}|[A-Z]{3}))?)(?:/([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five fields: what it may hold."""

    word: str
    least: int
    most: int
    names: tuple[str, ...] = ()

    def read(self, text: str, whole: str) -> frozenset[int]:
        """Return the numbers that a field such as "MON-FRI", "*/15" or "1,15" means."""
        numbers: set[int] = set()
        for part in text.upper().split(","):
            match = _PART.fullmatch(part)
            if match is None:
                self._refuse(whole, part)
            numbers.update(self._range(match, whole, part))
        return frozenset(numbers)

    def _range(self, match: re.Match[str], whole: str, part: str) -> range:
        star, begin, end, step = match.groups()
        first = self.least if star else self._number(begin, whole, part)
        if end is not None:
            last = self._number(end, whole, part, is_end=True)
        else:
            last = self.most if star or step else first
        if first > last or step in {"0", "00"}:
            self._refuse(whole, part)
        return range(first, last + 1, int(step or 1))

    def _number(self, text: str, whole: str, part: str, *, is_end: bool = False) -> int:
        if text in self.names:
            places = [place for place, name in enumerate(self.names) if name == text]
            return places[-1 if is_end else 0] + self.least  # MON-SUN: Sunday is 0 and 7
        if not text.isdigit() or not self.least <= int(text) <= self.most:
            self._refuse(whole, part)
        return int(text)

    def _refuse(self, whole: str, part: str) -> NoReturn:
        names = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        allowed = f"{self.least} to {self.most}{names}, *, lists, ranges and steps are allowed"
        raise InvalidDuration(whole, f"{part!r} is no {self.word}: {allowed}")


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A cycle without end, written as cron does; nothing finer than a minute.

    Where both the day of the month and the day of the week are given, a day that is either
    counts, as in cron.
    """

    minutes: tuple[int, ...]  # of the day
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday
    is_either_day: bool  # both kinds of days are given: one of them is enough

    @property
    def times(self) -> None:
        """No end."""
        return

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read "30 8 * * MON-FRI", "@daily", or six fields that begin with second 0."""
        parts = _five_fields(text)
        minutes, hours, days, months, weekdays = (
            field.read(part, text) for field, part in zip(_FIELDS, parts, strict=True)
        )
        has_days, has_weekdays = (parts[index][0] not in "*?" for index in (2, 4))
        longest = max(_LONGEST_MONTHS[month - 1] for month in months)
        if has_days and not has_weekdays and min(days) > longest:
            raise InvalidDuration(text, "there is no such day in any of these months")
        return cls(
            tuple(sorted(hour * 60 + minute for hour in hours for minute in minutes)),
            days,
            months,
            frozenset(weekday % 7 for weekday in weekdays),
            has_days and has_weekdays,
        )

    def first(self, at: datetime, reckoning: Reckoning) -> Due:
        """Return the first firing after the timer is set."""
        return Due(self._after(at, reckoning.zone), None)

    def following(self, due: Due, *, now: datetime, reckoning: Reckoning) -> Due:
        """Return the firing after this one; more than can be made up are left out."""
        following = self._after(due.at, reckoning.zone)
        if following > now:
            return Due(following, None)
        missed = self._newest(following, now, reckoning.zone)
        skipped = self._count(following, missed[0], reckoning.zone)
        return Due(missed[0], None, skipped=skipped)

    def _after(self, moment: datetime, zone: tzinfo) -> datetime:
        """Return the first moment of the cycle after a moment."""
        first_day = wall_at(moment, zone).date()
        search_days = min(_SEARCH_DAYS, (_LAST_DAY - first_day).days)
        for day in self._days(first_day, first_day + search_days * _DAY):
            at = partial(_moment, day, zone)
            index = bisect_right(self.minutes, moment, key=at)
            if index < len(self.minutes):
                return at(self.minutes[index])
        raise InvalidDuration("cron", f"no moment follows {moment}")

    def _newest(self, first: datetime, last: datetime, zone: tzinfo) -> list[datetime]:
        """Return the moments between two (both included) that are made up, oldest first."""
        found: set[datetime] = set()
        days = self._days(wall_at(first, zone).date(), wall_at(last, zone).date())
        for day in reversed(list(days)):
            found.update(at for at in self._of_day(day, zone) if first <= at <= last)
            if len(found) >= MOST_CAUGHT_UP:
                break
        return sorted(found)[-MOST_CAUGHT_UP:]

    def _count(self, first: datetime, end: datetime, zone: tzinfo) -> int:
        """Return how many moments of the cycle lie between two, the second left out."""
        first_day, last_day = wall_at(first, zone).date(), wall_at(end, zone).date()
        number = 0
        for day in self._days(first_day, last_day):
            if day in {first_day, last_day}:
                number += sum(first <= at < end for at in self._of_day(day, zone))
            else:
                number += self._number_of(day, zone)
        return number

    def _number_of(self, day: date, zone: tzinfo) -> int:
        midnights = (_moment(day, zone, 0), _moment(day + _DAY, zone, 0))
        if midnights[1] - midnights[0] == _DAY:
            return len(self.minutes)
        return len(self._of_day(day, zone))  # in a gap several times are one moment

    def _of_day(self, day: date, zone: tzinfo) -> set[datetime]:
        return {_moment(day, zone, minute) for minute in self.minutes}

    def _days(self, first: date, last: date) -> Iterator[date]:
        for offset in range((last - first).days + 1):
            day = first + offset * _DAY
            if day.month in self.months and self._is_day(day):
                yield day

    def _is_day(self, day: date) -> bool:
        by_month, by_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_month or by_week if self.is_either_day else by_month and by_week


def _five_fields(text: str) -> list[str]:
    """Return minute to day of week of any way to write cron that means one thing only."""
    parts = MACROS.get(text.lower(), text).split()
    if len(parts) == 6:  # Camunda: a second before the minute
        if parts[0] not in {"0", "00"}:
            raise InvalidDuration(text, "the first of six fields is the second: 0 is allowed")
        parts = parts[1:]
        if any(letter.isdigit() for letter in parts[4]):
            reason = "with six fields, write days as MON-FRI: programs count them differently"
            raise InvalidDuration(text, reason)
        if not ({parts[2][0], parts[4][0]} & {"*", "?"}):
            reason = "with six fields, leave the day of the month or of the week open (?)"
            raise InvalidDuration(text, reason)
    if len(parts) != 5:
        names = ", ".join(field.word for field in _FIELDS)
        raise InvalidDuration(text, f"cron has five fields ({names}), such as 30 8 * * MON-FRI")
    return parts


def _moment(day: date, zone: tzinfo, minute: int) -> datetime:
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    return moment_at(wall, zone)
