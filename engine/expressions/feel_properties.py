"""The properties of dates, times, durations and ranges: ``due.year``, ``wait.hours``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.expressions.feel_values import MonthsDuration, Number, Range, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _of_date(name: str) -> Callable[[Any], int | None]:
    return lambda value: getattr(value, name) if isinstance(value, date) else None


def _of_time(name: str) -> Callable[[Any], int | None]:
    return lambda value: getattr(value, name) if isinstance(value, datetime | time) else None


def _of_length(unit_s: int, modulus: int) -> Callable[[Any], Number | None]:
    def part(value: Any) -> Number | None:
        if not isinstance(value, timedelta):
            return None
        whole_s = (abs(value) // timedelta(seconds=1)) // unit_s
        figure = whole_s % modulus if modulus else whole_s
        return fitted(-figure if value < timedelta() else figure)

    return part


def _months(value: Any) -> int | None:
    if not isinstance(value, MonthsDuration):
        return None
    return (abs(value.months) % 12) * (-1 if value.months < 0 else 1)


def _years(value: Any) -> int | None:
    if not isinstance(value, MonthsDuration):
        return None
    return (abs(value.months) // 12) * (-1 if value.months < 0 else 1)


def _offset(value: Any) -> timedelta | None:
    return value.utcoffset() if isinstance(value, datetime | time) else None


def _zone(value: Any) -> str | None:
    zone = getattr(value, "tzinfo", None)
    if zone is UTC:
        return "Z"
    return zone.key if isinstance(zone, ZoneInfo) else None


def _of_range(name: str) -> Callable[[Any], Any]:
    return lambda value: getattr(value, name) if isinstance(value, Range) else None


PROPERTIES: Mapping[str, Callable[[Any], Any]] = {
    "year": _of_date("year"),
    "month": _of_date("month"),
    "day": _of_date("day"),
    "weekday": lambda value: value.isoweekday() if isinstance(value, date) else None,
    "hour": _of_time("hour"),
    "minute": _of_time("minute"),
    "second": _of_time("second"),
    "time offset": _offset,
    "timezone": _zone,
    "years": _years,
    "months": _months,
    "days": _of_length(86_400, 0),
    "hours": _of_length(3_600, 24),
    "minutes": _of_length(60, 60),
    "seconds": _of_length(1, 60),
    "start": _of_range("low"),
    "end": _of_range("high"),
    "start included": _of_range("includes_low"),
    "end included": _of_range("includes_high"),
}
