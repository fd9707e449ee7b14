"""What leaves a FEEL expression: values of JSON; and words for the kinds of values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType

from engine.expressions.feel_temporal import temporal_text
from engine.expressions.feel_values import (
    LARGEST,
    Budget,
    FeelFunction,
    MonthsDuration,
    Range,
    spend,
)
from engine.expressions.functions import kind

_PLAIN = frozenset({bool, int, float, str, NoneType})
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (datetime, "a date and time"),
    (date, "a date"),
    (time, "a time"),
    ((timedelta, MonthsDuration), "a duration"),
    (Range, "a range"),
    (FeelFunction, "a function"),
)


def kind_of(value: object) -> str:
    """Return the word for the type of a value."""
    return next((word for types, word in _KINDS if isinstance(value, types)), kind(value))


def _float(value: Decimal) -> float:
    nearest = float(value)
    if math.isinf(nearest):
        raise TypeError("the number is too large for JSON")
    return nearest


def json_of(value: object, budget: Budget) -> object:
    """Return a value as JSON has it; moments and durations become ISO 8601 text."""
    if type(value) in _PLAIN:
        return value
    spend(budget, 2)
    if isinstance(value, Decimal):
        is_whole = value == value.to_integral_value() and abs(value) < LARGEST
        return int(value) if is_whole else _float(value)
    if isinstance(value, date | time | timedelta | MonthsDuration):
        return temporal_text(value, keeps_zone=False)
    if isinstance(value, Mapping):
        return {str(key): json_of(entry, budget) for key, entry in value.items()}
    if isinstance(value, list | tuple | range):
        return [json_of(item, budget) for item in value]
    raise TypeError(f"{kind_of(value)} is no result: case data are texts, numbers, lists, objects")
