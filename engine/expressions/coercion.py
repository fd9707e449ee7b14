"""How JUEL compares values of different kinds: a text beside a number is read as a number.

As the Unified Expression Language has it (JSR 341, clauses 1.8 and 1.23): numbers come first, then
true and false; null equals nothing but null. What cannot be read fails, in words.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from engine.expressions.functions import kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LONGEST = 400  # characters of a number


def same(left: Any, right: Any) -> bool:
    """``left == right``."""
    if type(left) is type(right) or left is None or right is None:
        return bool(left == right)
    left, right = _alike(left, right)
    return bool(left == right)


def differ(left: Any, right: Any) -> bool:
    """``left != right``."""
    return not same(left, right)


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        if isinstance(left, str) != isinstance(right, str) and None not in (left, right):
            left, right = _alike(left, right)
        return compare(left, right)

    return ordered


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "_same": same,
    "_differ": differ,
    "_less": _ordering(operator.lt),
    "_at_most": _ordering(operator.le),
    "_more": _ordering(operator.gt),
    "_at_least": _ordering(operator.ge),
}


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Return two values of different kinds as values of one kind, if there is one for both."""
    for is_meant, read in ((_is_number, _number), (_is_truth, _truth)):
        if is_meant(left) or is_meant(right):
            return read(left), read(right)
    return left, right


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _number(value: Any) -> Any:
    if _is_number(value):
        return value
    if not isinstance(value, str):
        raise TypeError(f"a number is compared with {kind(value)}")
    text = value.strip()
    if not text:
        return 0
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        raise TypeError("a number is compared with a text that is no number")
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


def _truth(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise TypeError(f"true or false is compared with {kind(value)}")
    return value.strip().lower() == "true"
