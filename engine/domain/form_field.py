"""Field: one input of a form and the rules its value keeps, the same as those of form-js."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.domain.form_condition import Condition

LONGEST_TEXT = 20_000
LARGEST_NUMBER = 2**53 - 1  # beyond it, the browser's numbers have gaps

_EMAIL = re.compile(
    r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\Z"
)
_PHONE = re.compile(r"^(\+|00)[1-9][0-9]{6,20}\Z")  # form-js knows the country codes as well
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_TIME = re.compile(rf"[0-9]{{2}}:[0-9]{{2}}{_ZONE}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(rf"{_DATE.pattern}T{_TIME.pattern}")


class FieldType(StrEnum):
    """The inputs of form-js that the server can check."""

    TEXTFIELD = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    RADIO = "radio"
    SELECT = "select"
    CHECKLIST = "checklist"
    TAGLIST = "taglist"
    DATETIME = "datetime"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values to choose from."""

    value: str | int | float | bool
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One input; what is None is not asked for."""

    key: str
    type: FieldType
    label: str = ""
    is_required: bool = False
    is_personal: bool = False  # kept in the vault
    is_fixed: bool = False  # disabled or read-only: shown, never taken from a person
    hidden_if: tuple[Condition, ...] = ()
    default: object = None
    min: Decimal | None = None
    max: Decimal | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: re.Pattern[str] | None = None
    pattern_text: str = ""
    kind_of_text: str | None = None  # "email" or "phone"
    decimals: int | None = None
    increment: Decimal | None = None
    is_text_number: bool = False  # a number that is stored as text
    options: tuple[Option, ...] = ()
    subtype: str = "date"  # of a moment: "date", "time" or "datetime"

    def is_hidden(self, values: Mapping[str, object]) -> bool:
        """Return whether the values hide the field."""
        return any(condition.holds(values) for condition in self.hidden_if)

    @property
    def empty(self) -> object:
        """Return what a field holds that nobody has filled in."""
        return _EMPTY.get(self.type)

    def error(self, value: object) -> FieldError | None:
        """Return what is wrong with a value, None if it keeps the rules."""
        if _is_missing(self.type, value):
            return FieldError("required") if self.is_required else None
        return _CHECKS[self.type](self, value)


_EMPTY: Mapping[FieldType, object] = {
    FieldType.TEXTFIELD: "",
    FieldType.TEXTAREA: "",
    FieldType.CHECKBOX: False,
    FieldType.CHECKLIST: [],
    FieldType.TAGLIST: [],
}


def _is_missing(field_type: FieldType, value: object) -> bool:
    """Return whether nothing is filled in; an unchecked box counts, as in form-js."""
    is_unchecked = field_type is FieldType.CHECKBOX and value is False
    return is_unchecked or value is None or value in ("", [])


def _text_error(field: Field, value: object) -> FieldError | None:
    if not isinstance(value, str) or _NOT_TEXT.search(value):
        return FieldError("type", {"expected": "text"})
    longest = LONGEST_TEXT if field.max_length is None else field.max_length
    length = len(value.strip().encode("utf-16-le")) // 2  # as JavaScript counts
    if field.min_length is not None and length < field.min_length:
        return FieldError("min_length", {"min_length": field.min_length})
    if length > longest or len(value) > LONGEST_TEXT:
        return FieldError("max_length", {"max_length": longest})
    return _pattern_error(field, value)


def _pattern_error(field: Field, value: str) -> FieldError | None:
    if field.pattern is not None and not field.pattern.search(value):
        return FieldError("pattern", {"pattern": field.pattern_text})
    if field.kind_of_text == "email" and not _EMAIL.match(value):
        return FieldError("email")
    if field.kind_of_text == "phone" and not _PHONE.match(value):
        return FieldError("phone")
    return None


def _number_error(field: Field, value: object) -> FieldError | None:
    number = _to_decimal(field, value)
    if number is None:
        return FieldError("type", {"expected": "a number"})
    least = -LARGEST_NUMBER if field.min is None else field.min
    most = LARGEST_NUMBER if field.max is None else field.max
    if number < least:
        return FieldError("min", {"min": _plain(least)})
    if number > most:
        return FieldError("max", {"max": _plain(most)})
    exponent = number.normalize().as_tuple().exponent
    if field.decimals is not None and isinstance(exponent, int) and -exponent > field.decimals:
        return FieldError("decimals", {"decimals": field.decimals})
    if field.increment is not None and number % field.increment:
        return FieldError("increment", {"increment": _plain(field.increment)})
    return None


def _to_decimal(field: Field, value: object) -> Decimal | None:
    """Return the number that a value stands for: as the field stores it, not the other way."""
    if field.is_text_number != isinstance(value, str):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) and len(value) > 40:
        return None
    try:
        number = Decimal(str(value)) if not isinstance(value, int) else Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and math.isfinite(float(number)) else None


def _plain(number: Decimal | int) -> int | float:
    return int(number) if number == int(number) else float(number)


def _checkbox_error(_field: Field, value: object) -> FieldError | None:
    return None if isinstance(value, bool) else FieldError("type", {"expected": "true or false"})


def _choice_error(field: Field, value: object) -> FieldError | None:
    # 1, 1.0 and true are equal in Python, but not the same choice.
    if any(type(value) is type(option.value) and value == option.value for option in field.options):
        return None
    allowed = ", ".join(str(option.value) for option in field.options)
    return FieldError("option", {"options": allowed})


def _choices_error(field: Field, value: object) -> FieldError | None:
    if not isinstance(value, list):
        return FieldError("type", {"expected": "a list"})
    errors = (_choice_error(field, choice) for choice in value)
    first = next((error for error in errors if error is not None), None)
    if first is None and len(value) > len({str(choice) for choice in value}):
        return FieldError("type", {"expected": "a list without repetition"})
    return first


def _moment_error(field: Field, value: object) -> FieldError | None:
    form, parse, expected = _MOMENTS[field.subtype]
    if isinstance(value, str) and form.fullmatch(value):
        try:
            parse(value)
        except ValueError:
            return FieldError("type", {"expected": expected})
        return None
    return FieldError("type", {"expected": expected})


_MOMENTS: Mapping[str, tuple[re.Pattern[str], Callable[[str], object], str]] = {
    "date": (_DATE, date.fromisoformat, "a date such as 2026-01-31"),
    "time": (_TIME, time.fromisoformat, "a time such as 15:30"),
    "datetime": (_DATE_TIME, datetime.fromisoformat, "a moment such as 2026-01-31T15:30"),
}
_CHECKS: Mapping[FieldType, Callable[[Field, object], FieldError | None]] = {
    FieldType.TEXTFIELD: _text_error,
    FieldType.TEXTAREA: _text_error,
    FieldType.NUMBER: _number_error,
    FieldType.CHECKBOX: _checkbox_error,
    FieldType.RADIO: _choice_error,
    FieldType.SELECT: _choice_error,
    FieldType.CHECKLIST: _choices_error,
    FieldType.TAGLIST: _choices_error,
    FieldType.DATETIME: _moment_error,
}
