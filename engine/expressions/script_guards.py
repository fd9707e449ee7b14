"""What a script finds when it runs: functions, and guards for every access.

RestrictedPython turns ``a.b`` into ``_getattr_(a, "b")`` and so on. Our guard of attributes
knows by type which methods there are; so no frame, code, class or module is ever reached.
"""

from __future__ import annotations

import operator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from RestrictedPython.Guards import guarded_iter_unpack_sequence, guarded_unpack_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DEEPEST = 30  # as engine.bpmn.values asks of every case value
_OF_TEXT = """
    capitalize casefold count endswith find index isalnum isalpha isdigit islower isnumeric isspace
    isupper join ljust lower lstrip partition removeprefix removesuffix replace rfind rjust
    rpartition rsplit rstrip split splitlines startswith strip title upper zfill
"""
_OF_DATE = "day isocalendar isoformat isoweekday month replace weekday year"
_ATTRIBUTES: tuple[tuple[type, frozenset[str]], ...] = tuple(
    (kind, frozenset(names.split()))
    for kind, names in (
        (str, _OF_TEXT),
        (list, "append clear copy count extend index insert pop remove reverse sort"),
        (dict, "clear copy get items keys pop setdefault update values"),
        (set, "add difference discard intersection remove union"),
        (datetime, f"{_OF_DATE} astimezone date hour microsecond minute second timestamp"),
        (date, _OF_DATE),
        (timedelta, "days seconds total_seconds"),
        (Decimal, "quantize to_integral_value"),
        (float, "is_integer"),
    )
)
_CONSTRUCTORS: Mapping[type, frozenset[str]] = {
    date: frozenset({"fromisoformat"}),
    datetime: frozenset({"fromisoformat"}),
}
_IN_PLACE: Mapping[str, Callable[[Any, Any], Any]] = {
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": operator.itruediv,
    "//=": operator.ifloordiv,
    "%=": operator.imod,
    "**=": operator.ipow,
    "|=": operator.ior,
    "&=": operator.iand,
}
_WORDS = {str: "a text", list: "a list", dict: "an object", int: "a number", float: "a number"}


def _attribute(holder: Any, name: str) -> Any:
    if isinstance(holder, type):
        allowed = _CONSTRUCTORS.get(holder, frozenset())
    else:
        allowed = next(
            (names for kind, names in _ATTRIBUTES if isinstance(holder, kind)), frozenset()
        )
    if name in allowed:
        return getattr(holder, name)
    advice = f"; write …['{name}'] for the field" if isinstance(holder, dict) else ""
    word = _WORDS.get(type(holder), f"a {type(holder).__name__}")
    raise AttributeError(f"there is no .{name} of {word}{advice}")


def _writable(holder: Any) -> Any:
    if type(holder) not in {list, dict}:
        raise TypeError("only items of lists and objects can be set")
    return holder


def _item(holder: Any, key: Any) -> Any:
    return holder[key]


def _iterated(holder: Any) -> Any:
    return iter(holder)


def _in_place(sign: str, left: Any, right: Any) -> Any:
    if sign not in _IN_PLACE:
        raise TypeError(f"{sign} is not offered")
    return _IN_PLACE[sign](left, right)


def _applied(function: Any, *arguments: Any, **named: Any) -> Any:
    return function(*arguments, **named)


_FUNCTIONS: Mapping[str, object] = {
    function.__name__: function
    for function in (
        abs, all, any, bool, dict, enumerate, filter, float, int, isinstance, len, list, map, max,
        min, range, reversed, round, set, sorted, str, sum, tuple, zip, date, datetime, timedelta,
        Decimal, Exception, ArithmeticError, IndexError, KeyError, LookupError, TypeError,
        ValueError, ZeroDivisionError,
    )
}  # fmt: skip
_GUARDS: Mapping[str, object] = {
    "_getattr_": _attribute,
    "_getitem_": _item,
    "_getiter_": _iterated,
    "_iter_unpack_sequence_": guarded_iter_unpack_sequence,
    "_unpack_sequence_": guarded_unpack_sequence,
    "_write_": _writable,
    "_inplacevar_": _in_place,
    "_apply_": _applied,
}


def namespace(values: Mapping[str, object], at: datetime | None) -> dict[str, object]:
    """Return the globals of a script: the values whose names a script can write, and the rest."""

    def now() -> datetime:
        if at is None:
            raise ValueError("the moment of this run was not handed in")
        return at

    def today() -> date:
        return now().date()

    own = {name: value for name, value in values.items() if is_name(name)}
    builtins = {**_FUNCTIONS, "now": now, "today": today}
    return {**own, "__builtins__": builtins, "__name__": "script", **_GUARDS}


def is_name(name: str) -> bool:
    """Tell whether a script can name this value; no value replaces a guard."""
    return name.isidentifier() and not name.startswith("_")


def results(found: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the values a script leaves, as JSON; its functions are not values."""
    for name, value in found.items():
        if is_name(name) and not callable(value):
            try:
                yield name, _plain(value, 1)
            except (TypeError, ValueError) as error:
                raise ValueError(f"value {name!r}: {error}") from None


def _plain(value: object, depth: int) -> object:
    if depth > DEEPEST:
        raise ValueError(f"nested more than {DEEPEST} deep")
    if isinstance(value, str):
        value.encode()  # refuses half a character (a lone surrogate)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_key(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"a {type(value).__name__} is not kept; make a text, number or list of it")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} is no text")
    return key
