"""Heat on a diagram: which colour, badge and explanation an element gets under a lens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LEVELS = 5


@dataclass(frozen=True, slots=True)
class Lens:
    """One way to look at the diagram; ``elements`` is what the viewer reads."""

    key: str
    word: str
    legend: str
    low: str
    high: str
    elements: Mapping[str, Mapping[str, object]]


def level(value: float, largest: float) -> int:
    """Return the step of the colour scale, 1 to 5, in equal parts of the largest value; 0: none."""
    if value <= 0 or largest <= 0 or math.isnan(value):
        return 0
    return min(LEVELS, max(1, math.ceil(LEVELS * value / largest)))


def elements(
    values: Mapping[str, float],
    largest: float,
    *,
    badge: Callable[[float], str],
    title: Callable[[str], str],
) -> dict[str, dict[str, object]]:
    """Colour and label the elements of one diagram."""
    return {
        element_id: {
            "level": level(value, largest),
            "badge": badge(value),
            "title": title(element_id),
        }
        for element_id, value in values.items()
        if not math.isnan(value)
    }
