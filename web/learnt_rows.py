"""What the report on a learnt scenario is made of: lines of tables, fields, remarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.texts import format_decimal

if TYPE_CHECKING:
    from web.states import State


@dataclass(frozen=True, slots=True)
class TimeRow:
    """How long something takes, from so many cases."""

    name: str
    n: str
    mean: str
    interval: str
    curve: str
    fit: State


@dataclass(frozen=True, slots=True)
class WayRow:
    """How often a way is taken."""

    decision: str
    way: str
    taken: str
    share: str
    interval: str
    depends_on: str


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role that was found."""

    name: str
    units: int
    people: int
    tasks: str
    work: str
    hours: str


@dataclass(frozen=True, slots=True)
class HourCell:
    """How many come in an hour of a weekday; ``level`` is the heat, 0 for none."""

    value: str
    level: int

    @classmethod
    def of(cls, value: float, largest: float) -> HourCell:
        """Return the field of a figure, on the scale of the largest one."""
        if value <= 0:
            return cls("", 0)
        return cls(format_decimal(value, "#,##0.0"), min(5, 1 + int(5 * value / largest)))


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to know before believing a figure, as the calibration wrote it."""

    section: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """How far simulated cases are from held-out ones in one respect."""

    name: str
    distance: str
    floor: str
    state: State
