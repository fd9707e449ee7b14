"""FEEL's functions of dates, times and durations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from engine.expressions.feel_library import Offer
from engine.expressions.feel_temporal import (
    read_date,
    read_date_time,
    read_duration,
    read_time,
)
from engine.expressions.feel_values import MonthsDuration, Number, number, whole

offered = Offer()
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _int(value: object) -> int:
    found = whole(value)
    if found is None:
        raise TypeError("a whole number")
    return found


@offered("date", "from: any, month?: number, day?: number")
def _date(value: Any, month: Number | None = None, day: Number | None = None) -> date | None:
    if month is not None:
        return date(_int(value), _int(month), _int(day))
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else read_date(value)


@offered("time", "from: any, minute?: number, second?: number, offset?: any")
def _time(
    value: Any, minute: Number | None = None, second: Number = 0, offset: timedelta | None = None
) -> time | None:
    if minute is not None:
        zone = None if offset is None else timezone(offset)
        micros = int(second * 1_000_000)
        return time(_int(value), _int(minute), micros // 1_000_000, micros % 1_000_000, zone)
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, date):
        return time(tzinfo=timezone(timedelta()))
    return value if isinstance(value, time) else read_time(value)


@offered("date and time", "date: any, time?: moment")
def _date_and_time(value: Any, clock: time | None = None) -> datetime | None:
    if clock is not None:
        if not isinstance(clock, time):
            raise TypeError("a time")
        day = value.date() if isinstance(value, datetime) else value
        return datetime.combine(day, clock)
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else read_date_time(value)


@offered("duration", "from: any")
def _duration(value: Any) -> timedelta | MonthsDuration | None:
    return value if isinstance(value, timedelta | MonthsDuration) else read_duration(value)


@offered("years and months duration", "from: date, to: date")
def _months_between(start: date, end: date) -> MonthsDuration:
    """Whole months from one day to another, less than none if the second is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return MonthsDuration(months)


@offered("day of year", "date: date")
def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday


@offered("day of week", "date: date")
def _day_of_week(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


@offered("month of year", "date: date")
def _month_of_year(day: date) -> str:
    return _MONTHS[day.month - 1]


@offered("week of year", "date: date")
def _week_of_year(day: date) -> int:
    return day.isocalendar().week


@offered("last day of month", "date: date")
def _last_day(day: date) -> date:
    first = date(day.year, day.month, 28) + timedelta(4)
    return first - timedelta(first.day)


@offered("is", "value1: any, value2: any")
def _is(one: Any, other: Any) -> bool:
    """The same kind and the same parts: 10:00Z is not 11:00+01:00."""
    if number(one) is not None and number(other) is not None:
        return number(one) == number(other)
    if type(one) is not type(other):
        return False
    same_zone = str(getattr(one, "tzinfo", None)) == str(getattr(other, "tzinfo", None))
    return bool(one == other) and same_zone
