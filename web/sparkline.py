"""A small line of weekly values, drawn as SVG points on the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 120.0, 28.0, 3.0


@dataclass(frozen=True, slots=True)
class Point:
    """A value in the coordinates of the picture."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:.1f},{self.y:.1f}"


@dataclass(frozen=True, slots=True)
class Sparkline:
    """What the template draws, and the sentence that says the same."""

    points: Sequence[Point]
    band: str
    sentence: str

    @property
    def line(self) -> str:
        """Return the points of the line."""
        return " ".join(map(str, self.points))


@dataclass(frozen=True, slots=True)
class Value:
    """One week: the figure and, where there is one, its interval."""

    value: float
    low: float | None = None
    high: float | None = None


def sparkline(values: Sequence[Value], sentence: str) -> Sparkline:
    """Draw values from left to right, with the interval of each as a band behind the line."""
    ends = [end for v in values for end in (v.value, v.low, v.high) if end is not None]
    low, high = (min(ends), max(ends)) if ends else (0.0, 0.0)
    step = WIDTH / max(1, len(values) - 1)

    def at(place: int, value: float) -> Point:
        share = (value - low) / (high - low) if high > low else 0.5
        return Point(place * step, HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN))

    points = [at(i, v.value) for i, v in enumerate(values)]
    upper = [at(i, v.value if v.high is None else v.high) for i, v in enumerate(values)]
    lower = [at(i, v.value if v.low is None else v.low) for i, v in enumerate(values)]
    has_band = any(v.low is not None for v in values)
    band = " ".join(map(str, (*upper, *reversed(lower)))) if has_band else ""
    return Sparkline(points, band, sentence)
