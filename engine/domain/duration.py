"""ISO 8601 durations, moments and repeats, with calendar months and time zones.

A duration has a calendar part (years, months, weeks, days), which is counted on the calendar
of a zone, and a clock part (hours, minutes, seconds), which is counted in elapsed time: a day
is not always 24 hours, an hour is always 60 minutes.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from engine.errors import EngineError

LONGEST_YEARS = 100
_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,9}(?:[.,]\d{1,9})?)H)?(?:(\d{1,9}(?:[.,]\d{1,9})?)M)?"
    r"(?:(\d{1,9}(?:[.,]\d{1,9})?)S)?)?",
    re.ASCII,
)
_REPEAT = re.compile(r"R(\d{0,6})/(.+)", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", re.ASCII)


class InvalidDuration(EngineError):
    """Durations, moments and repeats are written as ISO 8601 says."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r}: {reason}")
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

    def is_zero(self) -> bool:
        """Return whether the duration takes no time at all."""
        return not (self.months or self.days or self.clock_s)

    def after(self, start: datetime, *, zone: tzinfo = UTC) -> datetime:
        """Return the moment, in UTC, that lies this duration after an aware moment.

        A month after 31 January is the last day of February; a local time that a change of
        the clocks skips is taken as the same distance after the gap.
        """
        if start.tzinfo is None:
            raise ValueError(f"a duration is added to an aware datetime, not to {start}")
        moment = start
        try:
            if self.months or self.days:
                local = start.astimezone(zone)
                local = _add_months(local, self.months) + timedelta(days=self.days)
                moment = local.astimezone(UTC)
            return moment.astimezone(UTC) + timedelta(seconds=self.clock_s)
        except (OverflowError, ValueError) as error:
            raise InvalidDuration(str(self), f"leads from {start} out of the calendar") from error

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


def parse_moment(text: str) -> datetime:
    """Read a date-time with its zone, such as 2026-03-01T09:00+01:00; return it in UTC."""
    try:
        moment = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        raise InvalidDuration(text, "not a date-time such as 2026-03-01T09:00:00+01:00")
    if moment.tzinfo is None:
        raise InvalidDuration(text, "a date-time needs its zone: end it with Z or +01:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidDuration(text, "out of the calendar") from error


@dataclass(frozen=True, slots=True)
class Repeat:
    """A cycle: how often (None: for ever), how far apart and, if given, from when."""

    times: int | None
    interval: Duration
    first_at: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> Repeat:
        """Read "R3/PT10M", "R/P1D" or "R3/2026-03-01T09:00Z/PT10M"."""
        match = _REPEAT.fullmatch(text)
        if match is None:
            raise InvalidDuration(text, "not an ISO 8601 repeat such as R3/PT10M")
        times = int(match[1]) if match[1] else None
        start, _, interval = match[2].rpartition("/")
        duration = Duration.parse(interval)
        if times == 0:
            raise InvalidDuration(text, "a repeat happens at least once")
        if duration.is_zero():
            raise InvalidDuration(text, "a repeat needs an interval longer than zero")
        return cls(times, duration, parse_moment(start) if start else None)

    def first_after(self, start: datetime, *, zone: tzinfo = UTC) -> datetime:
        """Return when the cycle first happens if it begins to wait at a moment."""
        return self.first_at or self.interval.after(start, zone=zone)
