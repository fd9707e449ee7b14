"""FEEL's functions of numbers, and of conversion to them."""

from __future__ import annotations

import re
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import TYPE_CHECKING

from engine.expressions.feel_library import Offer
from engine.expressions.feel_values import CONTEXT, MonthsDuration, Number, number, whole

if TYPE_CHECKING:
    from collections.abc import Callable

offered = Offer()
_WRITTEN = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LARGEST_SCALE = 6111


def _rounding(mode: str) -> Callable[..., Number]:
    def rounded(value: Number, scale: Number = 0) -> Number:
        places = whole(scale)
        if places is None or abs(places) > _LARGEST_SCALE:
            raise ValueError("no such scale")
        exact = Decimal(value)
        if exact == exact.to_integral_value() and places >= 0:
            return value  # has no digits to round
        found = exact.quantize(Decimal(1).scaleb(-places), rounding=mode, context=CONTEXT)
        return CONTEXT.plus(found)

    return rounded


for _name, _mode, _scale in (
    ("decimal", ROUND_HALF_EVEN, "scale"),
    ("floor", ROUND_FLOOR, "scale?"),
    ("ceiling", ROUND_CEILING, "scale?"),
    ("round up", ROUND_UP, "scale"),
    ("round down", ROUND_DOWN, "scale"),
    ("round half up", ROUND_HALF_UP, "scale"),
    ("round half down", ROUND_HALF_DOWN, "scale"),
):
    offered(_name, f"n: number, {_scale}: number")(_rounding(_mode))


@offered("abs", "n: any")
def _abs(value: object) -> object:
    if isinstance(value, MonthsDuration):
        return MonthsDuration(abs(value.months))
    found = number(value)
    return abs(value) if found is None else CONTEXT.abs(found)  # type: ignore[arg-type]


@offered("modulo", "dividend: number, divisor: number")
def _modulo(dividend: Number, divisor: Number) -> Number:
    """The remainder with the sign of the divisor."""
    quotient = CONTEXT.divide(dividend, divisor).to_integral_value(ROUND_FLOOR)
    return CONTEXT.subtract(dividend, CONTEXT.multiply(divisor, quotient))


@offered("sqrt", "number: number", steps=100)
def _sqrt(value: Number) -> Number:
    return CONTEXT.sqrt(value)


@offered("log", "number: number", steps=100)
def _log(value: Number) -> Number | None:
    found = CONTEXT.ln(value)
    return found if found.is_finite() else None


@offered("exp", "number: number", steps=100)
def _exp(value: Number) -> Number:
    return CONTEXT.exp(value)


@offered("odd", "number: number")
def _odd(value: Number) -> bool | None:
    found = whole(value)
    return None if found is None else found % 2 == 1


@offered("even", "number: number")
def _even(value: Number) -> bool | None:
    found = whole(value)
    return None if found is None else found % 2 == 0


@offered("number", "from: any, grouping separator?: any, decimal separator?: any")
def _to_number(value: object, grouping: object = None, point: object = None) -> Number | None:
    if not isinstance(value, str):
        return number(value)
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise ValueError("no such separator")
    if grouping is not None and grouping == point:
        raise ValueError("one separator for two things")
    text = value.replace(str(grouping), "") if grouping else value
    text = text.replace(str(point), ".") if point else text
    if not _WRITTEN.fullmatch(text):
        raise ValueError("not a number")
    return CONTEXT.create_decimal(text)
