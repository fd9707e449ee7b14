"""Types of DMN: which values an item definition lets pass, and as what.

Case data are JSON; a date travels as text. The type of an input or a result makes a date of
it, checks its fields and allowed values, and wraps or unwraps a list of one (DMN 1.3, 10.3.2.9.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from engine.bpmn.dmn_vocabulary import BASIC_TYPES
from engine.expressions.feel_temporal import read_date, read_date_time, read_duration, read_time
from engine.expressions.feel_values import MonthsDuration, number
from engine.expressions.functions import kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.expressions import UnaryTests

DEEPEST = 40


class TypeMismatch(ValueError):
    """A value is of the type that the model declares."""


@dataclass(frozen=True)
class ItemType:
    """An item definition, or one field of it."""

    name: str
    base: str | None = None  # the name of the type it is made of
    fields: Mapping[str, ItemType] = field(default_factory=dict)
    is_collection: bool = False
    allowed: UnaryTests | None = None
    allowed_text: str = ""


class Types:
    """The types of one file by name."""

    def __init__(self) -> None:
        self._items: dict[str, ItemType] = {}

    def add(self, item: ItemType) -> None:
        """Know one more item definition."""
        self._items[item.name] = item

    def canonical(self, name: str | None) -> str | None:
        """Return the name as this file or DMN knows it, or None."""
        if not name or name in self._items or name in BASIC_TYPES:
            return name or None
        local = name.rpartition(":")[2]
        return local if local in self._items or local in BASIC_TYPES else None

    def item(self, name: str | None) -> ItemType | None:
        """Return the item definition of a name, or None for a basic type."""
        return self._items.get(self.canonical(name) or "")

    def basic(self, name: str | None) -> str:
        """Return the basic type behind a name, following item definitions."""
        for _ in range(DEEPEST):
            item = self.item(name)
            if item is None:
                return BASIC_TYPES.get(self.canonical(name) or "Any", "Any")
            name = item.base
        return "Any"

    def is_cyclic(self, name: str) -> bool:
        """Tell whether an item definition is made of itself alone."""
        seen = set()
        item = self.item(name)
        while item is not None and item.name not in seen:
            seen.add(item.name)
            item = self.item(item.base)
        return item is not None

    def coerced(self, value: object, name: str | None, depth: int = 0) -> object:
        """Return the value as the type wants it, or raise TypeMismatch in words."""
        if value is None or depth > DEEPEST:
            return value
        item = self.item(name)
        if item is None:
            return _basic(value, self.basic(name))
        return self._as_item(value, item, depth)

    def taken(self, value: object, name: str | None) -> object:
        """Return a value of the case as its type wants it; fields it does not have are null."""
        return self.coerced(self._filled(value, self.item(name), 0), name)

    def _filled(self, value: object, item: ItemType | None, depth: int) -> object:
        if item is None or depth > DEEPEST:
            return value
        if isinstance(value, list):
            return [self._filled(each, item, depth + 1) for each in value]
        if not item.fields:
            return self._filled(value, self.item(item.base), depth + 1)
        if not isinstance(value, Mapping):
            return value
        known = {
            key: self._filled(value.get(key), part, depth + 1) for key, part in item.fields.items()
        }
        return {**value, **known}

    def fitting(self, value: object, name: str | None) -> object:
        """Return the value as a parameter takes it: null if it does not fit (10.3.2.13.2)."""
        try:
            return self.coerced(value, name)
        except TypeMismatch:
            return None

    def _as_item(self, value: object, item: ItemType, depth: int) -> object:
        if item.is_collection:
            items = value if isinstance(value, list) else [value]
            return [self._single(each, item, depth + 1) for each in items]
        return self._single(value, item, depth)

    def _single(self, value: object, item: ItemType, depth: int) -> object:
        if item.fields:
            value = self._with_fields(_unwrapped(value), item, depth)
        else:
            value = self.coerced(value, item.base, depth + 1)
        if item.allowed and value is not None and not _is_allowed(value, item.allowed):
            raise TypeMismatch(f"{shown(value)} is not allowed; allowed: {item.allowed_text}")
        return value

    def _with_fields(self, value: object, item: ItemType, depth: int) -> object:
        if not isinstance(value, Mapping):
            raise TypeMismatch(f"{kind(value)} is no {item.name}")
        result = dict(value)
        for name, part in item.fields.items():
            if name not in result:
                raise TypeMismatch(f"the field {name!r} is missing")
            if result[name] is not None:
                try:
                    result[name] = self._as_item(result[name], part, depth + 1)
                except TypeMismatch as mismatch:
                    raise TypeMismatch(f"field {name!r}: {mismatch}") from None
        return result


def shown(value: object) -> str:
    """Return a value for a message, cut short."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _is_allowed(value: object, allowed: UnaryTests) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(allowed.matches(each, {}) for each in values)


def _unwrapped(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _as_date(value: object) -> object:
    return read_date(value) if isinstance(value, str) else value


def _as_moment(value: object) -> object:
    if isinstance(value, str):
        return read_date_time(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value


def _as_time(value: object) -> object:
    return read_time(value) if isinstance(value, str) else value


def _as_length(value: object) -> object:
    return read_duration(value) if isinstance(value, str) else value


_READERS: Mapping[str, tuple[Callable[[object], object], type]] = {
    "string": (lambda value: value, str),
    "boolean": (lambda value: value, bool),
    "date": (_as_date, date),
    "time": (_as_time, time),
    "date and time": (_as_moment, datetime),
    "days and time duration": (_as_length, timedelta),
    "years and months duration": (_as_length, MonthsDuration),
}


def _basic(value: object, name: str) -> object:
    if name == "Any":
        return value
    value = _unwrapped(value)
    if name == "number":
        exact = number(value)
        if exact is None:
            raise TypeMismatch(f"{shown(value)} is {kind(value)}, not a number")
        return exact
    reader, wanted = _READERS[name]
    found = reader(value)
    if not isinstance(found, wanted) or (wanted is date and isinstance(found, datetime)):
        raise TypeMismatch(f"{shown(value)} is no {name}")
    return found
