"""What compiled FEEL calls to go through lists: paths, filters, loops, contexts; and types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.domain.three_valued import decided
from engine.expressions.feel_properties import PROPERTIES
from engine.expressions.feel_temporal import read_date_time
from engine.expressions.feel_values import (
    MOMENT_KEY,
    TEMPORAL,
    Budget,
    FeelFunction,
    MonthsDuration,
    Range,
    ensure_short,
    number,
    spend,
    whole,
)


def field(budget: Budget, value: Any, name: str) -> object:
    """``value.name``: an entry, a property of a moment or range, or that of each item."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list | tuple):
        spend(budget, len(value))
        return [field(budget, item, name) for item in value]
    if isinstance(value, (*TEMPORAL, Range)):
        read = PROPERTIES.get(name)
        return None if read is None else read(value)
    return None


def has(item: Any, name: str) -> bool:
    """Whether a name within a filter means an entry of the item."""
    return isinstance(item, Mapping) and name in item


def select(budget: Budget, value: Any, condition: Callable[[Any], object], parts: int) -> object:
    """``value[condition]``: the items for which it is true, or the one whose number it gives."""
    if value is None:
        return None
    items: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    found = []
    for item in items:
        spend(budget, parts)
        answer = condition(item)
        if answer is True:
            found.append(item)
        elif number(answer) is not None:
            return nth(items, answer)
    return found


def nth(value: Any, place: Any) -> object:
    """``value[2]``: the second item; ``value[-1]``: the last; null if there is none."""
    items: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    index = whole(place)
    if index is None or index == 0 or not -len(items) <= index <= len(items):
        return None
    return items[index - 1 if index > 0 else index]


def _each(budget: Budget, source: Any, parts: int) -> Iterator[Any] | None:
    """Return what a loop with a body of so many parts goes through; None if it is null."""
    if source is None:
        return None
    items: Sequence[Any] = source if isinstance(source, list | tuple | range) else [source]
    if isinstance(source, Range):
        if not (source.includes_low and source.includes_high):
            return None
        items = steps(source.low, source.high) or []
    ensure_short(len(items), "the list")
    return _counted(budget, items, parts)


def _counted(budget: Budget, items: Sequence[Any], parts: int) -> Iterator[Any]:
    for item in items:
        spend(budget, parts)
        yield item


def steps(low: Any, high: Any) -> Sequence[Any] | None:
    """``low..high`` of a loop: whole numbers or days, upwards or downwards."""
    if type(low) is date and type(high) is date:
        days = (high - low).days
        ensure_short(abs(days) + 1, "the list")
        step = 1 if days >= 0 else -1
        return [low + timedelta(step * day) for day in range(abs(days) + 1)]
    first, last = whole(low), whole(high)
    if first is None or last is None:
        return None
    ensure_short(abs(last - first) + 1, "the list")
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def collect(budget: Budget, source: Any, body: Callable[[Any], object], parts: int) -> object:
    """``for`` with one name, or the innermost of several."""
    items = _each(budget, source, parts)
    return None if items is None else [body(item) for item in items]


def gather(budget: Budget, source: Any, body: Callable[[Any], Any], parts: int) -> object:
    """``for`` with more names: the lists of the inner loop joined to one."""
    items = _each(budget, source, parts)
    if items is None:
        return None
    found: list[Any] = []
    for item in items:
        found += body(item) or []
        ensure_short(len(found), "the list")
    return found


def fill(
    budget: Budget,
    found: list[Any],
    source: Any,
    body: Callable[[Any, list[Any]], object],
    parts: int,
    is_last: object,  # of several names: its body gives a result, the others only a list
) -> object:
    """``for`` whose body reads ``partial``, the results so far, of which it gets a copy."""
    items = _each(budget, source, parts)
    if items is None:
        return None
    for item in items:
        spend(budget, len(found) // 8)
        result = body(item, found[:])
        if is_last:
            found.append(result)
            ensure_short(len(found), "the list")
    return found


def some(budget: Budget, source: Any, body: Callable[[Any], object], parts: int) -> bool | None:
    """True if the body is true for one item, false if it is false for all."""
    items = _each(budget, source, parts)
    return None if items is None else decided(map(body, items), by=True)


def every(budget: Budget, source: Any, body: Callable[[Any], object], parts: int) -> bool | None:
    """False if the body is false for one item, true if it is true for all."""
    items = _each(budget, source, parts)
    return None if items is None else decided(map(body, items), by=False)


def moment(values: Mapping[str, object]) -> datetime:
    """``now()``: the moment the caller handed in."""
    found = values.get(MOMENT_KEY)
    if isinstance(found, str):
        found = read_date_time(found)
    if not isinstance(found, datetime):
        raise TypeError("now() and today() are not known here: no moment was handed in")
    return found


def day(values: Mapping[str, object]) -> date:
    """``today()``: the day of the moment the caller handed in."""
    return moment(values).date()


_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "Any": lambda value: value is not None,
    "Null": lambda value: value is None,
    "number": lambda value: number(value) is not None,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list | tuple),
    "context": lambda value: isinstance(value, Mapping),
    "function": lambda value: isinstance(value, FeelFunction),
    "range": lambda value: isinstance(value, Range),
    "date": lambda value: type(value) is date,
    "time": lambda value: isinstance(value, time),
    "date and time": lambda value: isinstance(value, datetime),
    "days and time duration": lambda value: isinstance(value, timedelta),
    "day time duration": lambda value: isinstance(value, timedelta),
    "years and months duration": lambda value: isinstance(value, MonthsDuration),
    "year month duration": lambda value: isinstance(value, MonthsDuration),
}


def instance_of(budget: Budget, value: Any, type_name: str, item_type: str) -> bool:
    """``value instance of list<number>``."""
    is_instance = _CHECKS[type_name](value)
    if not is_instance or not item_type:
        return is_instance
    items = [value.low, value.high] if isinstance(value, Range) else value
    spend(budget, len(items))
    return all(_CHECKS[item_type](item) for item in items)
