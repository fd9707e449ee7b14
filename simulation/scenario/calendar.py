"""``calendars`` of a scenario: open hours by day of the week, holidays, exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from engine.domain.calendar import overlapping
from simulation.scenario.strict import Strict
from simulation.scenario.values import DateText, ShiftText, wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = TypeVar("Value")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Calendar(Strict):
    """Open hours by day of the week; exceptions replace the hours of their date."""

    weekly: dict[str, list[ShiftText]]
    holidays: Literal["CN"] | None = None
    exceptions: dict[DateText, list[ShiftText]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        weekdays_of(self.weekly)
        for name, shifts in (*self.weekly.items(), *self.exceptions.items()):
            if overlapping(tuple(shifts)):
                raise wrong(f"needs shifts that do not overlap ({name})")
        if not any(self.weekly.values()):
            raise wrong("needs a shift: this calendar never opens")
        return self


def weekdays_of(weekly: dict[str, Any]) -> dict[int, str]:
    """Return which entry each weekday (0 is Monday) has: mon, mon-fri or mon,wed,fri."""
    entry_of: dict[int, str] = {}
    for entry in weekly:
        for part in entry.split(","):
            for day in _days(part.strip()):
                if day in entry_of:
                    raise wrong(f"names {WEEKDAYS[day]} twice")
                entry_of[day] = entry
    return entry_of


def _days(part: str) -> list[int]:
    first, _, last = part.partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise wrong(f"does not know the days {part!r}; write mon, mon-fri or mon,wed,fri")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


def by_day(values: Sequence[Value]) -> dict[str, Value]:
    """Return what each day has, equal days that follow each other together; nothing is left out."""
    found: dict[str, Value] = {}
    first = 0
    while first < 7:
        last = first
        while last + 1 < 7 and values[last + 1] == values[first]:
            last += 1
        if values[first]:
            name = WEEKDAYS[first] if last == first else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}"
            found[name] = values[first]
        first = last + 1
    return found
