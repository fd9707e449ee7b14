"""FEEL's functions of ranges (DMN 1.3, clause 10.3.4.9): each side a range or a point."""

from __future__ import annotations

from typing import Any

from engine.expressions.feel_library import Offer
from engine.expressions.feel_operators import both, either, equal, less, within
from engine.expressions.feel_values import Range

offered = Offer()
Answer = bool | None


def _span(value: Any) -> Range:
    """Return a range as it is, a point as a range of one."""
    found = value if isinstance(value, Range) else Range(value, value)
    if found.low is None or found.high is None:
        raise TypeError("a range with two ends, or a point")
    return found


def _same(one: Any, other: Any) -> Answer:
    return equal(one, other, [1])


def _same_low(one: Range, other: Range) -> Answer:
    return both(_same(one.low, other.low), one.includes_low == other.includes_low)


def _same_high(one: Range, other: Range) -> Answer:
    return both(_same(one.high, other.high), one.includes_high == other.includes_high)


@offered("before", "range1: any, range2: any")
def _before(one: Any, other: Any) -> Answer:
    first, second = _span(one), _span(other)
    touches = both(_same(first.high, second.low), first.includes_high, second.includes_low)
    meets_open = both(_same(first.high, second.low), touches is False)
    return either(less(first.high, second.low), meets_open)


@offered("after", "range1: any, range2: any")
def _after(one: Any, other: Any) -> Answer:
    return _before(other, one)


@offered("meets", "range1: range, range2: range")
def _meets(one: Range, other: Range) -> Answer:
    return both(_same(one.high, other.low), one.includes_high, other.includes_low)


@offered("met by", "range1: range, range2: range")
def _met_by(one: Range, other: Range) -> Answer:
    return _meets(other, one)


@offered("overlaps", "range1: range, range2: range")
def _overlaps(one: Range, other: Range) -> Answer:
    apart = either(_before(one, other), _before(other, one))
    return None if apart is None else not apart


@offered("overlaps before", "range1: range, range2: range")
def _overlaps_before(one: Range, other: Range) -> Answer:
    begins = either(
        less(one.low, other.low),
        both(_same(one.low, other.low), one.includes_low, not other.includes_low),
    )
    ends = either(
        less(one.high, other.high),
        both(_same(one.high, other.high), not one.includes_high or other.includes_high),
    )
    return both(begins, _overlaps(one, other), ends)


@offered("overlaps after", "range1: range, range2: range")
def _overlaps_after(one: Range, other: Range) -> Answer:
    begins = either(
        less(other.low, one.low),
        both(_same(other.low, one.low), other.includes_low, not one.includes_low),
    )
    ends = either(
        less(other.high, one.high),
        both(_same(other.high, one.high), one.includes_high, not other.includes_high),
    )
    return both(_overlaps(one, other), begins, ends)


@offered("includes", "range: range, value: any")
def _includes(one: Range, other: Any) -> Answer:
    if not isinstance(other, Range):
        return within(other, one)
    low = either(
        less(one.low, other.low),
        both(_same(one.low, other.low), one.includes_low or not other.includes_low),
    )
    high = either(
        less(other.high, one.high),
        both(_same(other.high, one.high), one.includes_high or not other.includes_high),
    )
    return both(low, high)


@offered("during", "value: any, range: range")
def _during(one: Any, other: Range) -> Answer:
    return _includes(other, one)


@offered("starts", "value: any, range: range")
def _starts(one: Any, other: Range) -> Answer:
    return both(_same_low(_span(one), other), _includes(other, one))


@offered("started by", "range: range, value: any")
def _started_by(one: Range, other: Any) -> Answer:
    return _starts(other, one)


@offered("finishes", "value: any, range: range")
def _finishes(one: Any, other: Range) -> Answer:
    return both(_same_high(_span(one), other), _includes(other, one))


@offered("finished by", "range: range, value: any")
def _finished_by(one: Range, other: Any) -> Answer:
    return _finishes(other, one)


@offered("coincides", "value1: any, value2: any")
def _coincides(one: Any, other: Any) -> Answer:
    if isinstance(one, Range) != isinstance(other, Range):
        return None
    first, second = _span(one), _span(other)
    return both(_same_low(first, second), _same_high(first, second))
