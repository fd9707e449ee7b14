"""ISO 8601 durations and moments, with calendar months and time zones.

A duration has a calendar part (years, months, weeks, days), which is counted on the calendar
of a zone, and a clock part (hours, minutes, seconds), which is counted in elapsed time: a day
is not always 24 hours, an hour is always 60 minutes.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from engine.domain.wall_time import is_shown_twice, is_skipped, moment_at, wall_at
from engine.errors import EngineError

LONGEST_YEARS = 100
_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,9}(?:[.,]\d{1,9})?)H)?(?:(\d{1,9}(?:[.,]\d{1,9})?)M)?"
    r"(?:(\d{1,9}(?:[.,]\d{1,9})?)S)?)?",
    re.ASCII,
)
_MOMENT = re.compile(
    r"(?P<wall>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?)"
    r"(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?"
    r"(?:\[(?P<name>[\w/+-]{1,64})\]|@(?P<feel_name>[\w/+-]{1,64}))?",
    re.ASCII,
)


class InvalidDuration(EngineError):
    """Durations, moments and repeats are written as ISO 8601 says."""

    def __init__(self, text: str, reason: str) -> None:
        shown = text if len(text) <= 120 else text[:117] + "…"
        super().__init__(f"{shown!r}: {reason}")
        self.text, self.reason = text, reason


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: months and days of the calendar, then seconds of the clock."""

    months: int = 0  # years are twelve of them
    days: int = 0  # weeks are seven of them
    clock_s: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read "PT35M", "P1DT2H", "P3M" …; only the last clock figure may have a fraction."""
        match = _DURATION.fullmatch(text)
        if match is None:
            raise InvalidDuration(text, "not an ISO 8601 duration such as PT35M or P1DT12H")
        years, months, weeks, days = (int(part or 0) for part in match.groups()[:4])
        clock = [part.replace(",", ".") for part in match.groups()[4:] if part]
        if any("." in part for part in clock[:-1]):
            raise InvalidDuration(text, "only the last figure may have a fraction")
        hours, minutes, seconds = (
            float((part or "0").replace(",", ".")) for part in match.groups()[4:]
        )
        duration = cls(years * 12 + months, weeks * 7 + days, hours * 3600 + minutes * 60 + seconds)
        if duration._rough_days() > LONGEST_YEARS * 366:
            raise InvalidDuration(text, f"longer than {LONGEST_YEARS} years")
        return duration

    def is_clock_only(self) -> bool:
        """Return whether the duration has no part that is counted on a calendar."""
        return not (self.months or self.days)

    def after(self, start: datetime, *, zone: tzinfo = UTC) -> datetime:
        """Return the moment, in UTC, that lies this duration after an aware moment.

        A month after 31 January is the last day of February; a local time that a change of
        the clocks skips means the end of the gap, one that comes twice its first occurrence.
        """
        if start.tzinfo is None:
            raise ValueError(f"a duration is added to an aware datetime, not to {start}")
        try:
            moment = start.astimezone(UTC)
            if self.months or self.days:
                wall = _add_months(wall_at(start, zone), self.months) + timedelta(days=self.days)
                moment = moment_at(wall, zone)
            return moment + timedelta(seconds=self.clock_s)
        except (OverflowError, ValueError) as error:
            raise InvalidDuration(str(self), f"leads from {start} out of the calendar") from error

    def times(self, number: int) -> Duration:
        """Return the duration so many times over: from 31 January twice a month is 31 March."""
        return Duration(self.months * number, self.days * number, self.clock_s * number)

    def _rough_days(self) -> float:
        return self.months * 30.5 + self.days + self.clock_s / 86_400

    def __str__(self) -> str:
        calendar = f"{self.months}M" * bool(self.months) + f"{self.days}D" * bool(self.days)
        if self.clock_s or not calendar:
            return f"P{calendar}T{self.clock_s:f}".rstrip("0").rstrip(".") + "S"
        return f"P{calendar}"


def _add_months(local: datetime, months: int) -> datetime:
    if not months:
        return local
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    month += 1
    day = min(local.day, monthrange(year, month)[1]) if year <= 9999 else local.day
    return local.replace(year=year, month=month, day=day)


def parse_moment(text: str, *, zone: tzinfo | None = None) -> datetime:
    """Read a date-time such as 2026-03-01T09:00+01:00, or a date; return it in UTC.

    The zone may be an offset, a name (2026-03-01T09:00[Europe/Berlin], or as FEEL writes it
    2026-03-01T09:00@Europe/Berlin) or both; a text without any is read in ``zone``. A date is
    the beginning of its day.
    """
    match = _MOMENT.fullmatch(text)
    if match is None or (match["offset"] and "T" not in match["wall"]):
        raise InvalidDuration(text, "not a date-time such as 2026-03-01T09:00:00+01:00")
    name = match["name"] or match["feel_name"]
    named = _zone(text, name) if name else None
    meant = named or zone
    try:
        if match["offset"]:
            return _with_offset(text, match["wall"] + match["offset"], named)
        if meant is None:
            raise InvalidDuration(text, "a date-time needs its zone: end it with Z or +01:00")
        return moment_at(datetime.fromisoformat(match["wall"]), meant)
    except OverflowError as error:
        raise InvalidDuration(text, "out of the calendar") from error
    except ValueError as error:
        raise InvalidDuration(text, f"no such date or time ({error})") from error


def remarks_on_moment(text: str, *, zone: tzinfo) -> list[str]:
    """Say what is assumed about the text of a moment: its zone, and clocks that change."""
    match = _MOMENT.fullmatch(text)
    if match is None or match["offset"]:
        return []
    name = match["name"] or match["feel_name"]
    meant = _zone(text, name) if name else zone
    moment, wall = parse_moment(text, zone=zone), datetime.fromisoformat(match["wall"])
    remarks = [] if name else [f"{text} names no zone and is read in {zone}"]
    if is_skipped(wall, meant):
        shown = wall_at(moment, meant).isoformat()
        remarks.append(f"{text} does not exist, the clocks go forward: {shown} is meant")
    elif is_shown_twice(wall, meant):
        remarks.append(f"{text} comes twice, the clocks go back: the first is meant")
    return remarks


def _zone(text: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError) as error:
        reason = f"{name!r} is no time zone; Europe/Berlin is one"
        raise InvalidDuration(text, reason) from error


def _with_offset(text: str, written: str, zone: ZoneInfo | None) -> datetime:
    moment = datetime.fromisoformat(written)
    if zone is not None and moment.astimezone(zone).utcoffset() != moment.utcoffset():
        shown = moment.astimezone(zone).isoformat()
        raise InvalidDuration(text, f"offset and zone disagree; in {zone} it is {shown}")
    return moment.astimezone(UTC)
