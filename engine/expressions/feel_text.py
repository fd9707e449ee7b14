"""FEEL's functions of text, and how values are written as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.expressions.feel_library import Offer
from engine.expressions.feel_patterns import find, pieces, replaced
from engine.expressions.feel_temporal import temporal_text
from engine.expressions.feel_values import (
    CONTEXT,
    Budget,
    MonthsDuration,
    Number,
    Range,
    ensure_short,
    number,
    spend,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

offered = Offer()


def number_text(value: Number) -> str:
    """Write a number in full, without needless zeros."""
    if isinstance(value, int):
        return str(value)
    if value == value.to_integral_value() and abs(value) < 10**34:
        return str(int(value))
    return str(CONTEXT.normalize(value)) if abs(value.adjusted()) > 40 else f"{_trimmed(value):f}"


def _trimmed(value: Decimal) -> Decimal:
    sign, digits, exponent = value.as_tuple()
    kept = list(digits)
    places = int(exponent)
    while len(kept) > 1 and kept[-1] == 0 and places < 0:
        kept.pop()
        places += 1
    return Decimal((sign, tuple(kept), places))


@offered("string", "from: any", takes_budget=True)
def text_of(budget: Budget, value: object, *, is_within: bool = False) -> str | None:
    """Write a value as text; null stays null."""
    spend(budget)
    if value is None:
        return "null" if is_within else None
    if isinstance(value, str):
        return '"' + value.replace('"', '\\"') + '"' if is_within else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if (found := number(value)) is not None:
        return number_text(found)
    if isinstance(value, date | time | timedelta | MonthsDuration):
        return temporal_text(value, keeps_zone=True)
    return _text_of_parts(budget, value)


def _text_of_parts(budget: Budget, value: object) -> str | None:
    if isinstance(value, list | tuple):
        return _joined("[", (text_of(budget, item, is_within=True) for item in value), "]")
    if isinstance(value, Mapping):
        entries = (f"{key}: {text_of(budget, one, is_within=True)}" for key, one in value.items())
        return _joined("{", entries, "}")
    if isinstance(value, Range):
        ends = (text_of(budget, end, is_within=True) for end in (value.low, value.high))
        opening = "[" if value.includes_low else "("
        return f"{opening}{'..'.join(map(str, ends))}{']' if value.includes_high else ')'}"
    return None


def _joined(opening: str, parts: object, closing: str) -> str:
    size, texts = 0, []
    for part in parts:  # type: ignore[attr-defined]
        size += len(str(part)) + 2
        ensure_short(size, "the text")
        texts.append(str(part))
    return opening + ", ".join(texts) + closing


@offered("string length", "string: text")
def _length(text: str) -> int:
    return len(text)


@offered("substring", "string: text, start position: number, length?: number")
def _substring(text: str, start: Number, length: Number | None = None) -> str | None:
    begin, size = int(start), len(text) if length is None else int(length)  # 3.8 means 3
    if begin == 0 or size < 0 or abs(begin) > len(text):
        return None
    first = begin - 1 if begin > 0 else len(text) + begin
    return text[first : first + size]


@offered("upper case", "string: text")
def _upper(text: str) -> str:
    return text.upper()


@offered("lower case", "string: text")
def _lower(text: str) -> str:
    return text.lower()


@offered("trim", "string: text")
def _trim(text: str) -> str:
    return text.strip()


@offered("substring before", "string: text, match: text")
def _before(text: str, match: str) -> str:
    return text.partition(match)[0] if match and match in text else ""


@offered("substring after", "string: text, match: text")
def _after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@offered("contains", "string: text, match: text")
def _contains(text: str, match: str) -> bool:
    return match in text


@offered("starts with", "string: text, match: text")
def _starts(text: str, match: str) -> bool:
    return text.startswith(match)


@offered("ends with", "string: text, match: text")
def _ends(text: str, match: str) -> bool:
    return text.endswith(match)


@offered("string join", "list: list, delimiter?: any")
def _join(texts: Sequence[object], delimiter: object = None) -> str:
    return str(delimiter or "").join(text for text in texts if text is not None)  # type: ignore[misc]


@offered("matches", "input: text, pattern: text, flags?: any", takes_budget=True)
def _matches(budget: Budget, text: str, pattern: str, flags: object = None) -> bool:
    return find(budget, text, pattern, flags)


@offered("replace", "input: text, pattern: text, replacement: text, flags?: any", takes_budget=True)
def _replace(
    budget: Budget, text: str, pattern: str, replacement: str, flags: object = None
) -> str:
    return replaced(budget, text, pattern, replacement, flags)


@offered("split", "string: text, delimiter: text", takes_budget=True)
def _split(budget: Budget, text: str, delimiter: str) -> list[str]:
    return pieces(budget, text, delimiter)
