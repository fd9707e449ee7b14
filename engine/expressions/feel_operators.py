"""The operations of FEEL with their three-valued logic: what cannot be said is null.

Every function here is called by compiled expressions, the first lines of each for the common
case: two whole numbers, or two values of one plain type.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any

from engine.domain.three_valued import decided
from engine.expressions.feel_dates import add_temporal, scale_duration, subtract_temporal
from engine.expressions.feel_values import (
    CONTEXT,
    TEMPORAL,
    Budget,
    Number,
    Range,
    ensure_short,
    fitted,
    number,
    spend,
)

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS_OF_POWER = 100
_PLAIN = frozenset({int, str, bool, Decimal, NoneType})


def add(left: Any, right: Any, budget: Budget) -> object:
    """``left + right`` for numbers, texts, and temporal values."""
    if type(left) is int and type(right) is int:
        return fitted(left + right)
    if isinstance(left, str) and isinstance(right, str):
        size = len(left) + len(right)
        ensure_short(size, "the text")
        spend(budget, size // 32)
        return left + right
    exact = _exact(CONTEXT.add, left, right)
    return add_temporal(left, right) if exact is None else exact


def subtract(left: Any, right: Any) -> object:
    """``left - right`` for numbers and temporal values."""
    if type(left) is int and type(right) is int:
        return fitted(left - right)
    exact = _exact(CONTEXT.subtract, left, right)
    return subtract_temporal(left, right) if exact is None else exact


def multiply(left: Any, right: Any) -> object:
    """``left * right`` for numbers, and for a duration and a number."""
    if type(left) is int and type(right) is int:
        return fitted(left * right)
    exact = _exact(CONTEXT.multiply, left, right)
    return scale_duration(left, right) if exact is None else exact


def divide(left: Any, right: Any) -> object:
    """``left / right`` for numbers and durations; null for a division by zero."""
    exact = _exact(CONTEXT.divide, left, right)
    return scale_duration(left, right, divides=True) if exact is None else exact


def power(left: Any, right: Any, budget: Budget) -> object:
    """``left ** right`` for numbers."""
    spend(budget, STEPS_OF_POWER)
    return _exact(CONTEXT.power, left, right)


def negative(value: Any) -> object:
    """``-value`` for a number or duration."""
    if type(value) is int:
        return -value
    found = number(value)
    return scale_duration(value, -1) if found is None else CONTEXT.minus(found)


def _exact(
    operation: Callable[[Number, Number], Decimal], left: object, right: object
) -> Number | None:
    first, second = number(left), number(right)
    if first is None or second is None:
        return None
    try:
        result = operation(first, second)
    except ArithmeticError:
        return None
    return result if result.is_finite() else None


def less(left: Any, right: Any) -> bool | None:
    """``left < right``."""
    if type(left) is int and type(right) is int:
        return left < right
    return _ordered(left, right, operator.lt)


def at_most(left: Any, right: Any) -> bool | None:
    """``left <= right``."""
    if type(left) is int and type(right) is int:
        return left <= right
    return _ordered(left, right, operator.le)


def more(left: Any, right: Any) -> bool | None:
    """``left > right``."""
    if type(left) is int and type(right) is int:
        return left > right
    return _ordered(left, right, operator.gt)


def at_least(left: Any, right: Any) -> bool | None:
    """``left >= right``."""
    if type(left) is int and type(right) is int:
        return left >= right
    return _ordered(left, right, operator.ge)


def _ordered(left: Any, right: Any, compare: Callable[[Any, Any], bool]) -> bool | None:
    first = number(left)
    if first is not None:
        second = number(right)
        return None if second is None else compare(first, second)
    if type(left) is not type(right) or not isinstance(left, (str, *TEMPORAL)):
        return None
    try:
        return compare(left, right)
    except TypeError:  # one has a zone, the other has none
        return None


def equal(left: Any, right: Any, budget: Budget) -> bool | None:
    """``left = right``; values of different kinds cannot be compared, so that is null."""
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return bool(left == right)
    if left is None or right is None:
        return False
    first = number(left)
    if first is not None:
        second = number(right)
        return None if second is None else first == second
    return _equal_parts(left, right, budget)


def _equal_parts(left: Any, right: Any, budget: Budget) -> bool | None:
    spend(budget, 3)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(
            equal(one, other, budget) is True for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(
            equal(value, right[key], budget) is True for key, value in left.items()
        )
    return left == right if type(left) is type(right) else None


def unequal(left: Any, right: Any, budget: Budget) -> bool | None:
    """``left != right``."""
    found = equal(left, right, budget)
    return None if found is None else not found


def both(*values: object) -> bool | None:
    """``a and b``: false if one is false, true if all are true, else null."""
    return decided(values, by=False)


def either(*values: object) -> bool | None:
    """``a or b``: true if one is true, false if all are false, else null."""
    return decided(values, by=True)


def within(value: Any, limits: Range) -> bool | None:
    """``value in [low..high]``."""
    above = (at_least if limits.includes_low else more)(value, limits.low)
    below = (at_most if limits.includes_high else less)(value, limits.high)
    return both(above, below)


def between(value: Any, low: Any, high: Any) -> bool | None:
    """``value in [low..high]`` with both ends written in the expression."""
    if type(value) is int and type(low) is int and type(high) is int:
        return low <= value <= high
    return both(at_least(value, low), at_most(value, high))


def between_ends(
    value: Any, low: Any, high: Any, includes_low: object, includes_high: object
) -> bool | None:
    """``value in (low..high]`` with both ends written in the expression."""
    above = at_least(value, low) if includes_low else more(value, low)
    return both(above, at_most(value, high) if includes_high else less(value, high))


def span(low: object, high: object, includes_low: object, includes_high: object) -> Range | None:
    """``[low..high]`` as a value; null if an end is not known."""
    if low is None or high is None or at_most(low, high) is None:
        return None
    return Range(low, high, includes_low=bool(includes_low), includes_high=bool(includes_high))


def fits(value: Any, wanted: Any, budget: Budget) -> bool | None:
    """Hold a value against what a test gives: a range, a list of values, or a value."""
    if isinstance(wanted, Range):
        return within(value, wanted)
    if isinstance(wanted, list | tuple):
        spend(budget, len(wanted))
        found = either(*(fits(value, one, budget) for one in wanted)) if wanted else False
        if found is not True and isinstance(value, list | tuple):
            return equal(value, wanted, budget)
        return found
    return equal(value, wanted, budget)


def answers(value: Any, wanted: Any, budget: Budget) -> bool | None:
    """Hold a value against what a condition gives: true is an answer, not a value to equal."""
    return True if wanted is True else fits(value, wanted, budget)
