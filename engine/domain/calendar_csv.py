"""A working calendar as a CSV table: date, kind, open hours, note.

The week stands in rows of the kind "weekly" whose date is a weekday or a range of them
("Mon-Fri"); every other row is a date that differs. What is read and written again is the
same calendar, in the order of the dates.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from engine.domain.calendar_table import (
    WEEKDAYS,
    CalendarDay,
    CalendarTable,
    DayKind,
    InvalidCalendar,
    hours_text,
    read_hours,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain.calendar import Shift

COLUMNS = ("date", "kind", "open_hours", "note")
WEEKLY = "weekly"
_KINDS = (WEEKLY, *(kind.value for kind in DayKind))
_MOST_PROBLEMS = 20
_NUMBER_OF = {name.lower(): number for number, name in enumerate(WEEKDAYS)}


def read_calendar_csv(text: str, *, name: str, zone: str, source: str) -> CalendarTable:
    """Read a calendar, or raise InvalidCalendar with line, column and what is allowed."""
    reader = _Reader()
    try:
        rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        header = [cell.strip().lower() for cell in next(rows, [])]
        if tuple(header) != COLUMNS:
            raise InvalidCalendar(f"{source}:1", [f"the columns must be {','.join(COLUMNS)}"])
        for row in rows:
            reader.read(rows.line_num, row)
    except csv.Error as error:
        raise InvalidCalendar(f"{source}:{rows.line_num}", [f"not readable: {error}"]) from error
    if reader.problems:
        raise InvalidCalendar(source, reader.problems)
    table = CalendarTable(name, zone, reader.weekly, dict(sorted(reader.days.items())))
    table.ensure_valid(source=source)
    return table


class _Reader:
    """Collects the rows of a table and what is wrong with them."""

    def __init__(self) -> None:
        self.weekly: dict[int, tuple[Shift, ...]] = {}
        self.days: dict[date, CalendarDay] = {}
        self.problems: list[str] = []

    def read(self, line: int, row: list[str]) -> None:
        """Take one row; empty ones and those that begin with # are left out."""
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or len(self.problems) >= _MOST_PROBLEMS:
            return
        try:
            self._take(*_four(cells))
        except ValueError as error:
            self.problems.append(f"line {line}: {error}")

    def _take(self, when: str, kind: str, hours: str, note: str) -> None:
        if kind.lower() not in _KINDS:
            raise ValueError(f"kind: {kind!r} is none of {', '.join(_KINDS)}")
        shifts = _hours(hours)
        if kind.lower() == WEEKLY:
            weekdays = _weekdays(when)
            if not self.weekly.keys().isdisjoint(weekdays):
                raise ValueError(f"date: a day of {when} stands in the table twice")
            self.weekly.update(dict.fromkeys(weekdays, shifts))
            return
        day = _date(when)
        if day in self.days:
            raise ValueError(f"date: {when} stands in the table twice")
        self.days[day] = CalendarDay(day, DayKind(kind.lower()), shifts, note)


def _four(cells: list[str]) -> list[str]:
    if len(cells) > len(COLUMNS):
        raise ValueError(f"{len(cells)} columns; there are {len(COLUMNS)}")
    return cells + [""] * (len(COLUMNS) - len(cells))


def _hours(text: str) -> tuple[Shift, ...]:
    try:
        return read_hours(text)
    except ValueError as error:
        raise ValueError(f"open_hours: {error}") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"date: {text!r} is no date such as 2026-10-01") from None


def _weekdays(text: str) -> range:
    first, _, last = text.lower().partition("-")
    if first not in _NUMBER_OF or (last or first) not in _NUMBER_OF:
        raise ValueError(f"date: {text!r} is no weekday such as Mon or Mon-Fri")
    weekdays = range(_NUMBER_OF[first], _NUMBER_OF[last or first] + 1)
    if not weekdays:
        raise ValueError(f"date: {text!r} goes backwards; a week begins on Monday")
    return weekdays


def write_calendar_csv(table: CalendarTable) -> str:
    """Write a calendar as ``read_calendar_csv`` reads it; the zone is not part of the table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_week(table))
    for day, entry in sorted(table.days.items()):
        writer.writerow((day.isoformat(), entry.kind, hours_text(entry.shifts), entry.note))
    return text.getvalue()


def _week(table: CalendarTable) -> Iterable[tuple[str, ...]]:
    """Yield a row for each run of weekdays with the same open hours."""
    hours_of = [hours_text(table.weekly.get(weekday, ())) for weekday in range(7)]
    for hours, run in groupby(range(7), key=hours_of.__getitem__):
        days = [WEEKDAYS[weekday] for weekday in run]
        if hours:
            yield (days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}", WEEKLY, hours, "")
