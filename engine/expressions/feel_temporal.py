"""Dates, times and durations: from ISO 8601 text as FEEL writes it, and back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.expressions.feel_values import MonthsDuration

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"([Zz]|[+-]\d\d:\d\d)?(?:@([A-Za-z][\w+/-]{0,60})|\[([A-Za-z][\w+/-]{0,60})\])?",
    re.ASCII,
)
_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
_DAYS = re.compile(
    r"(-?)P(?=.)(?:(\d{1,9})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{1,9}))?S)?)?",
    re.ASCII,
)


def read_date(text: str) -> date | None:
    """Read "2026-02-28"."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:  # the 30th of February
        return None


def read_time(text: str) -> time | None:
    """Read "10:30:00", with "Z", "+01:00" or "@Europe/Amsterdam" if it has a zone."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction, offset, name, bracketed = match.groups()
    try:
        zone = _zone(offset, name or bracketed)
        micros = int((fraction or "0")[:6].ljust(6, "0"))
        return time(int(hour), int(minute), int(second or 0), micros, zone)
    except ValueError:
        return None


def read_date_time(text: str) -> datetime | None:
    """Read "2026-02-28T10:30:00+01:00"; a date alone means its midnight."""
    day, mark, clock = text.partition("T")
    found_day = read_date(day)
    found_time = read_time(clock) if mark else time()
    if found_day is None or found_time is None:
        return None
    return datetime.combine(found_day, found_time)


def read_duration(text: str) -> timedelta | MonthsDuration | None:
    """Read "P1DT2H" or "P1Y6M"; the two kinds are not mixed."""
    if match := _MONTHS.fullmatch(text):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return MonthsDuration(-months if match[1] else months)
    if not (match := _DAYS.fullmatch(text)):
        return None
    days, hours, minutes, seconds = (int(match[group] or 0) for group in range(2, 6))
    micros = int((match[6] or "0")[:6].ljust(6, "0"))
    try:
        length = timedelta(days, seconds, micros, 0, minutes, hours)
    except OverflowError:
        return None
    return -length if match[1] else length


def read_temporal(text: str) -> object:
    """Read the text of ``@"…"``: whatever kind it is, or None."""
    readers: tuple[Callable[[str], object], ...] = (
        read_date,
        read_time,
        read_date_time,
        read_duration,
    )
    return next((found for reader in readers if (found := reader(text)) is not None), None)


@lru_cache(maxsize=512)
def _named_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f"no zone {name!r}") from error


def _zone(offset: str | None, name: str | None) -> tzinfo | None:
    if name:
        return _named_zone(name)
    if offset is None:
        return None
    if offset in {"Z", "z"}:
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def duration_text(value: timedelta | MonthsDuration) -> str:
    """Write a duration as ISO 8601 text."""
    if isinstance(value, MonthsDuration):
        years, months = divmod(abs(value.months), 12)
        figures = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-P" if value.months < 0 else "P") + (figures or "0M")
    length = abs(value)
    hours, rest_s = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest_s, 60)
    second_text = f"{seconds}.{length.microseconds:06}".rstrip("0").rstrip(".")
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{second_text}S" if second_text != "0" else ""
    text = (f"{length.days}D" if length.days else "") + (f"T{clock}" if clock else "")
    return ("-P" if value < timedelta() else "P") + (text or "T0S")


def temporal_text(value: date | time | timedelta | MonthsDuration, *, keeps_zone: bool) -> str:
    """Write any temporal value; ``keeps_zone`` writes @Europe/Amsterdam, not its offset."""
    if isinstance(value, timedelta | MonthsDuration):
        return duration_text(value)
    zone = getattr(value, "tzinfo", None)
    if keeps_zone and isinstance(zone, ZoneInfo) and isinstance(value, datetime | time):
        return f"{value.replace(tzinfo=None).isoformat()}@{zone.key}"
    text = value.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
