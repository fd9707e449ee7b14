"""Arithmetic with dates, times and durations; what has no meaning is null."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from engine.expressions.feel_values import CONTEXT, MonthsDuration, number

_Day = TypeVar("_Day", bound=date)
_LONGEST_MONTHS = 12 * 1_000_000_000


def add_temporal(left: object, right: object) -> object:
    """``left + right`` where one is a duration."""
    if isinstance(left, timedelta | MonthsDuration) and not isinstance(
        right, timedelta | MonthsDuration
    ):
        left, right = right, left
    try:
        if isinstance(right, timedelta):
            return _plus_length(left, right)
        if isinstance(right, MonthsDuration):
            return _plus_months(left, right.months)
    except (OverflowError, ValueError):  # beyond the years 1 to 9999
        return None
    return None


def subtract_temporal(left: object, right: object) -> object:
    """``left - right``: the time between two moments, or a moment less a duration."""
    if isinstance(right, timedelta):
        return add_temporal(left, -right)
    if isinstance(right, MonthsDuration):
        return add_temporal(left, MonthsDuration(-right.months))
    if isinstance(left, time) and isinstance(right, time):
        return _between_times(left, right)
    if isinstance(left, date) and isinstance(right, date):
        first, second = _moment(left, like=right), _moment(right, like=left)
        return _elapsed(first, second)
    return None


def _elapsed(first: datetime, second: datetime) -> timedelta | None:
    if (first.tzinfo is None) != (second.tzinfo is None):
        return None
    if first.tzinfo is None:
        return first - second
    # By UTC: within one zone Python takes the time on the clock for the time that passed.
    return first.astimezone(UTC) - second.astimezone(UTC)


def _moment(value: date, *, like: date) -> datetime:
    """Return a date as its midnight, in UTC if the other side has a zone."""
    if isinstance(value, datetime):
        return value
    zone = UTC if isinstance(like, datetime) and like.tzinfo is not None else None
    return datetime.combine(value, time(), zone)


def _between_times(left: time, right: time) -> timedelta | None:
    day = date(2000, 1, 1)
    return _elapsed(datetime.combine(day, left), datetime.combine(day, right))


def _plus_length(value: object, length: timedelta) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value + length
        # Elapsed time, not time on the clock: a night of a changed clock is 23 or 25 hours.
        return (value.astimezone(UTC) + length).astimezone(value.tzinfo)
    if isinstance(value, date):
        return (datetime.combine(value, time()) + length).date()
    if isinstance(value, time):
        part_of_day = length - timedelta(length.days)
        return (datetime.combine(date(2000, 1, 2), value) + part_of_day).timetz()
    return value + length if isinstance(value, timedelta) else None


def _plus_months(value: object, months: int) -> object:
    if isinstance(value, date):  # a moment too
        return months_later(value, months)
    return MonthsDuration(value.months + months) if isinstance(value, MonthsDuration) else None


def months_later(day: _Day, months: int) -> _Day:
    """Return the same day of another month, or the last one of it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"there is no year {year}")
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def scale_duration(left: object, right: object, *, divides: bool = False) -> object:
    """A duration times or by a number, or how often one duration is in another."""
    if isinstance(right, timedelta | MonthsDuration):
        if divides:
            return _ratio(left, right)
        left, right = right, left
    factor = number(right)
    if factor is None or not isinstance(left, timedelta | MonthsDuration):
        return None
    try:
        figure = Decimal(_figure(left))
        scaled = CONTEXT.divide(figure, factor) if divides else CONTEXT.multiply(figure, factor)
        return _of_figure(int(scaled), like=left)
    except (ArithmeticError, ValueError):  # by zero, or too long
        return None


def _figure(length: timedelta | MonthsDuration) -> int:
    """Return months, or microseconds."""
    if isinstance(length, MonthsDuration):
        return length.months
    return (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds


def _of_figure(figure: int, *, like: timedelta | MonthsDuration) -> timedelta | MonthsDuration:
    if isinstance(like, timedelta):
        return timedelta(microseconds=figure)
    if abs(figure) > _LONGEST_MONTHS:
        raise ValueError("the duration is too long")
    return MonthsDuration(figure)


def _ratio(left: object, right: timedelta | MonthsDuration) -> Decimal | None:
    if type(left) is not type(right) or not isinstance(left, timedelta | MonthsDuration):
        return None
    try:
        return CONTEXT.divide(_figure(left), _figure(right))
    except ArithmeticError:
        return None
