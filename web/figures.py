"""Figures for people: values with units and intervals, in the reader's language.

A row of a table shares one scale, so that AS-IS, TO-BE and their difference can be read
against each other. A value, its unit and its interval do not part at the end of a line (the
spaces between them do not break). Nothing here knows HTML.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import flask_babel

from web.texts import format_decimal
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpis.catalogue import Target
    from kpis.stats.intervals import Interval

NO_VALUE = "–"
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its unit and, parted from it for the layout, its interval."""

    value: str
    interval: str = ""

    def __str__(self) -> str:
        return f"{self.value} {self.interval}".strip()


@dataclass(frozen=True, slots=True)
class Scale:
    """How the figures of one row are written: what they are divided by and the unit's name."""

    unit: str  # "s", "share", "count", "1/h", "money"
    name: str = ""  # of the unit, for axes and heads of tables
    divisor: float = 1.0
    decimals: int = 1
    currency: str = ""

    def number(self, value: float, *, signed: bool = False) -> str:
        """Write a value without its unit."""
        pattern = "#,##0" + ("." + "0" * self.decimals if self.decimals else "")
        scaled = value / self.divisor
        if self.unit == "share" and math.isclose(scaled, 0, abs_tol=1e-12):
            scaled = 0.0
        text = format_decimal(abs(scaled), pattern)
        if not any(digit in text for digit in "123456789"):
            return text
        return (("+" if signed else "") if scaled > 0 else "−") + text

    def value(self, value: float | None) -> str:
        """Write a value with its unit."""
        if value is None or math.isnan(value):
            return NO_VALUE
        if self.unit == "share":
            return _percent(value, self.decimals)
        if self.unit == "money":
            return _money(value, self.currency)
        return self._with_unit(self.number(value))

    def figure(self, value: float | None, half_width: float | None) -> Figure:
        """Write a value with its interval."""
        if value is None or math.isnan(value):
            return Figure(NO_VALUE)
        return Figure(self.value(value), self.interval(half_width))

    def measured(self, value: float | None, interval: Interval | None) -> Figure:
        """Write a value with its interval: a half-width, or both ends where it is lopsided."""
        if value is None or interval is None:
            return self.figure(value, None)
        above, below = interval.high - value, value - interval.low
        if math.isclose(above, below, rel_tol=0.05):
            return self.figure(value, interval.half_width)
        ends = _(
            "(%(low)s to %(high)s)", low=self.number(interval.low), high=self.number(interval.high)
        )
        return Figure(self.value(value), ends)

    def interval(self, half_width: float | None) -> str:
        """Write a half-width, without the unit that stands beside the value already."""
        if half_width is None or math.isnan(half_width):
            return ""
        smallest = self.divisor * 10.0**-self.decimals
        if 0 < half_width < smallest / 2:  # ± 0.0 would claim to know exactly
            return f"±\u00a0<{self.number(smallest)}"
        return f"±\u00a0{self.number(abs(half_width))}"

    def difference(self, value: float | None, half_width: float | None) -> Figure:
        """Write a difference with its sign; shares differ by percentage points."""
        if value is None or math.isnan(value):
            return Figure(NO_VALUE)
        text = self.number(value, signed=True)
        if self.unit == "share":
            return Figure(_("%(value)s points", value=text), self.interval(half_width))
        if self.unit == "money":
            return Figure(text, self.interval(half_width))
        return Figure(self._with_unit(text), self.interval(half_width))

    def bare_difference(self, value: float | None, half_width: float | None) -> str:
        """Write a difference without the unit that the values before it have brought."""
        if value is None or math.isnan(value):
            return NO_VALUE
        return str(Figure(self.number(value, signed=True), self.interval(half_width)))

    def _with_unit(self, number: str) -> str:
        if self.name.startswith("/"):
            return number + self.name
        return f"{number}\u00a0{self.name}" if self.name else number


def scale(
    unit: str, values: Iterable[float | None], *, currency: str = "", is_whole: bool = False
) -> Scale:
    """Choose the scale that suits the largest of some values."""
    largest = max((abs(v) for v in values if v is not None and not math.isnan(v)), default=0.0)
    if unit == "s":
        return _duration_scale(largest)
    if unit == "share":
        return Scale(unit, "%", 0.01)
    if unit == "1/h":
        return Scale(unit, _("/h"))
    if unit == "money":
        return Scale(unit, currency, decimals=2, currency=currency or "CNY")
    return Scale(unit, decimals=_count_decimals(largest, is_whole=is_whole))


def _count_decimals(largest: float, *, is_whole: bool) -> int:
    if is_whole or largest >= 100:
        return 0
    return 1 if largest >= 10 else 2


def _duration_scale(largest_s: float) -> Scale:
    """Two of the next unit are needed to leave the smaller one: 90 min reads better than 1.5 h."""
    if largest_s < 2 * MINUTE_S:
        return Scale("s", _("s"), decimals=0 if largest_s >= 10 else 1)
    if largest_s < 3 * HOUR_S:
        return Scale("s", _("min"), MINUTE_S)
    if largest_s < 2 * DAY_S:
        return Scale("s", _("h"), HOUR_S)
    return Scale("s", _("days"), DAY_S)


def duration(seconds: float | None) -> str:
    """Write one duration in the unit that suits it."""
    return scale("s", [seconds]).value(seconds)


def set_duration(seconds: float) -> str:
    """Write a duration that somebody has set: 60 min, not 60.0 min."""
    suited = scale("s", [seconds])
    is_whole = (seconds / suited.divisor).is_integer()
    return (replace(suited, decimals=0) if is_whole else suited).value(seconds)


def unbroken(text: str) -> str:
    """Return a text in which no line ends behind a ±."""
    return text.replace("± ", "±\u00a0")


def whole(number: int) -> str:
    """Write a number of things."""
    return format_decimal(number, "#,##0")


def share(value: float | None) -> str:
    """Write a share as a whole percentage, for sentences."""
    return NO_VALUE if value is None else _percent(value, 0)


def whole_money(amount: float, currency: str) -> str:
    """Write an amount without its cents, for what is large."""
    text = flask_babel.format_currency(amount, currency, format="¤#,##0", currency_digits=False)
    return str(text).replace("-", "−")


def relative(value: float) -> str:
    """Write a relative change: −48 %."""
    sign = "−" if value < 0 else "+"
    return sign + _percent(abs(value), 0)


def target(unit: str, wished: Target | None, *, currency: str = "") -> str:
    """Write a target as a bound or a band; empty where there is none to compare with."""
    if wished is None or wished.is_change:
        return ""
    low, high = wished.low, wished.high
    is_whole = all(bound is None or bound == int(bound) for bound in (low, high))
    written = scale(unit, [low, high], currency=currency, is_whole=is_whole)
    if low is None:
        return f"≤ {written.value(high)}"
    if high is None:
        return f"≥ {written.value(low)}"
    return _("%(low)s to %(high)s", low=written.value(low), high=written.value(high))


def _percent(value: float, decimals: int) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "\u00a0%"
    return str(flask_babel.format_percent(value, format=pattern)).replace("-", "−")


def _money(value: float, currency: str) -> str:
    return str(flask_babel.format_currency(value, currency)).replace("-", "−")
