"""Which values a case may hold: JSON values, of bounded depth and exactly kept."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

DEEPEST = 30
_LARGEST = 2**53 - 1  # what every reader of JSON keeps exactly, JavaScript included


def ensure_json(values: Mapping[str, object], *, element_id: str) -> dict[str, object]:
    """Return a copy of the values, or raise ExecutionFailed naming the one that is no JSON."""
    copied: dict[str, object] = {}
    for key, value in values.items():
        try:
            copied[_text(key)] = _copy(value, 1)
        except (TypeError, ValueError) as error:
            raise ExecutionFailed(element_id, f"value {key!r}: {error}") from error
    return copied


def _copy(value: object, depth: int) -> object:
    if value is None or value is True or value is False:
        return value
    if depth > DEEPEST:
        raise ValueError(f"nested more than {DEEPEST} deep")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list | tuple):
        return [_copy(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_text(key): _copy(item, depth + 1) for key, item in value.items()}
    kind = type(value).__name__
    raise TypeError(f"a {kind} is not kept; hand in JSON values (a date as ISO 8601 text)")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"the key {value!r} is no text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("the text holds half a character (a lone surrogate)") from error
    return str(value)


def _number(value: float) -> float:
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError("a whole number may have up to 15 digits; hand in a text")
        return int(value)
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number of JSON")
    return float(value)
