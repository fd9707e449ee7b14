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
    spread: str
    spread_interval: str
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
    interval: str = ""

    @classmethod
    def of(cls, value: float, largest: float, interval: str) -> HourCell:
        """Return the field of a figure, on the scale of the largest one."""
        if value <= 0:
            return cls("", 0)
        level = min(5, 1 + int(5 * value / largest))
        return cls(format_decimal(value, "#,##0.0"), level, interval)


@dataclass(frozen=True, slots=True)
class DayRow:
    """The cases that come on a weekday: in all, and by the hour."""

    name: str
    value: str
    interval: str
    hours: tuple[HourCell, ...]


@dataclass(frozen=True, slots=True)
class StartRows:
    """The weekdays of one way to begin; it has a name where there are more."""

    name: str
    days: list[DayRow]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to know before believing a figure."""

    section: str
    where: str
    text: str
    is_english: bool = False  # of an earlier version, which had words for English alone


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """How far simulated cases are from held-out ones in one respect."""

    name: str
    distance: str
    floor: str
    state: State
