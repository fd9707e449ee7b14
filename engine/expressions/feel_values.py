"""The values FEEL works with beside JSON: exact numbers, ranges, months, functions; and its budget.

Numbers are whole numbers or decimals of 34 digits, so that 0.1 + 0.2 is 0.3. Dates, times and
durations of days are Python's own. What a function is, a caller may make too: a decision hands
its business knowledge models in as FeelFunction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Number = int | Decimal
Budget = list[int]  # one figure: the steps that are left

MOST_STEPS = 300_000  # of one evaluation; a step is a part of an expression, about 1 µs
LONGEST = 10_000  # characters of a text, items of a list
LARGEST = 10**34
_EXACT_BELOW = 2**53  # a float above may be another number than it is shown as
CONTEXT = Context(
    prec=34, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow]
)
MOMENT_KEY = "$now"  # the caller's moment among the values; no expression can name it


class EvaluationStopped(Exception):
    """An evaluation stays within its steps and sizes."""


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """A duration of years and months."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """Everything between two ends."""

    low: object
    high: object
    includes_low: bool = True
    includes_high: bool = True


@dataclass(frozen=True, slots=True)
class FeelFunction:
    """A function as a value: the names of its parameters and what it does with their values."""

    parameters: tuple[str, ...]
    body: Callable[..., object]
    steps: int = 100  # what one call is worth; for one handed in, not knowing what it does


TEMPORAL = (date, datetime, time, timedelta, MonthsDuration)


def spend(budget: Budget, steps: int = 1) -> None:
    """Take steps from the budget, or stop the evaluation."""
    budget[0] -= steps
    if budget[0] < 0:
        raise EvaluationStopped(f"takes more than {MOST_STEPS} steps")


def ensure_short(size: int, what: str) -> None:
    """Stop an evaluation that makes too long a text or list."""
    if size > LONGEST:
        raise EvaluationStopped(f"{what} would be longer than {LONGEST}")


def number(value: object) -> Number | None:
    """Return the exact number a value is, or None; a float means the decimal it is shown as."""
    kind = type(value)
    if kind is int or kind is Decimal:
        return value  # type: ignore[return-value]
    if isinstance(value, float) and math.isfinite(value):
        is_small_whole = value.is_integer() and abs(value) < _EXACT_BELOW
        return int(value) if is_small_whole else Decimal(repr(value))
    return None


def whole(value: object) -> int | None:
    """Return the whole number a value is, or None."""
    found = number(value)
    if isinstance(found, Decimal):
        is_whole = found.is_finite() and found == found.to_integral_value()
        return int(found) if is_whole and abs(found) < LARGEST else None
    return found


def fitted(value: int) -> Number:
    """Return a whole number, rounded to 34 digits when it has more."""
    return value if -LARGEST < value < LARGEST else CONTEXT.create_decimal(value)
