"""What an expression may call, each kept from eating time or memory.

The operations whose result can be far larger than their operands (``+``, ``*``, ``%``, text of
a list) check sizes first. A refusal is a ValueError or TypeError in words; the caller makes an
EvaluationFailed of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from numbers import Real
from types import MappingProxyType
from typing import Any

LONGEST = 10_000  # characters of a text, items of a list
WIDEST_BITS = 1024  # of a whole number


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (Real, "a number"),
    (str, "a text"),
    (Mapping, "an object"),
    ((list, tuple), "a list"),
)


def kind(value: object) -> str:
    """Return the word for the type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    for types, word in _KINDS:
        if isinstance(value, types):
            return word
    return "a value"


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 0


def add(left: Any, right: Any) -> Any:
    """``left + right`` for two numbers, two texts or two lists."""
    if _size(left) + _size(right) > LONGEST:
        raise ValueError(f"the result of + would be longer than {LONGEST}")
    for same in (Real, str, list):
        if isinstance(left, same) and isinstance(right, same):
            return left + right  # type: ignore[operator]
    raise TypeError(f"+ adds two numbers, texts or lists, not {kind(left)} and {kind(right)}")


def multiply(left: Any, right: Any) -> Any:
    """``left * right`` for two numbers."""
    if not (isinstance(left, Real) and isinstance(right, Real)):
        raise TypeError(f"* multiplies two numbers, not {kind(left)} and {kind(right)}")
    if _is_wide(left, right):
        raise ValueError("the result of * would be too large")
    return left * right


def _is_wide(left: object, right: object) -> bool:
    return (
        isinstance(left, int)
        and isinstance(right, int)
        and left.bit_length() + right.bit_length() > WIDEST_BITS
    )


def remainder(left: Any, right: Any) -> Any:
    """``left % right`` for two numbers; formatting of texts is not offered."""
    if not (isinstance(left, Real) and isinstance(right, Real)):
        raise TypeError(f"% divides two numbers, not {kind(left)} and {kind(right)}")
    return left % right


def field(container: Any, key: str) -> Any:
    """``container.key``: a key of an object, never a Python attribute."""
    if not isinstance(container, Mapping):
        raise TypeError(f"there is no field {key!r} in {kind(container)}")
    if key not in container:
        raise ValueError(f"there is no field {key!r}")
    return container[key]


def item(container: Any, key: Any) -> Any:
    """``container[key]``: an item of a list by number or of an object by key."""
    if isinstance(container, Mapping):
        return field(container, key)
    if not isinstance(container, str | list | tuple) or not isinstance(key, int):
        raise TypeError(f"{kind(container)} has no item [{kind(key)}]")
    if not -len(container) <= key < len(container):
        raise ValueError(f"there is no item [{key}] in a list of {len(container)}")
    return container[key]


def each(items: Any) -> Iterator[Any]:
    """The items a comprehension goes through."""
    if not isinstance(items, list | tuple):
        raise TypeError(f"'for … in' goes through a list, not {kind(items)}")
    if len(items) > LONGEST:
        raise ValueError(f"the list is longer than {LONGEST}")
    return iter(items)


def _round(value: float, digits: int = 0) -> float:
    if not isinstance(digits, int) or not 0 <= digits <= 15:
        raise ValueError("round() takes 0 to 15 digits")
    return round(value, digits) if digits else round(value)


def _text(value: object) -> str:
    if isinstance(value, list | tuple | Mapping):
        raise TypeError(f"str() takes a number or text, not {kind(value)}")
    return str(value)


def _sum(values: Iterable[float]) -> float:
    return sum(values)


def _empty(value: object) -> bool:
    """Whether there is nothing: null, no text, no items, no fields."""
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def _smallest(*values: Any) -> Any:
    return min(*values)


def _largest(*values: Any) -> Any:
    return max(*values)


def _sorted(values: Iterable[Any]) -> list[Any]:
    return sorted(values)


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "abs": abs,
        "all": all,
        "any": any,
        "bool": bool,
        "empty": _empty,
        "float": float,
        "int": int,
        "len": len,
        "max": _largest,
        "min": _smallest,
        "round": _round,
        "sorted": _sorted,
        "str": _text,
        "sum": _sum,
    }
)
