"""Use cases about working calendars: look at them, edit them, count with them.

Some come with the product; storing a calendar of the same name replaces it here. A timer that
is set already keeps its moment when its calendar changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from engine.domain.calendar import WorkingCalendar
from engine.domain.calendar_csv import read_calendar_csv
from engine.domain.calendar_table import CalendarChanged, CalendarTable, CalendarVersion
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import users
from engine.store import calendars

if TYPE_CHECKING:
    from engine.services.context import Context
    from engine.store.database import Transaction

BUILT_IN: Mapping[str, str] = {  # name → zone
    "always": "UTC",
    "china": "Asia/Shanghai",
    "weekdays_8_18": "Asia/Shanghai",
}
_DATA = files("engine.domain") / "calendar_data"


class Calendars(Mapping[str, WorkingCalendar]):
    """The newest version of every calendar, read in a transaction when it is asked for."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._read: dict[str, WorkingCalendar] = {}

    def __getitem__(self, name: str) -> WorkingCalendar:
        if name not in self._read:
            table = calendars.find(self._tx, name) or _built_in(name)
            if table is None:
                raise KeyError(name)
            self._read[name] = table.working_calendar()
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*BUILT_IN, *(stored.name for stored in calendars.newest(self._tx))}))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bool(BUILT_IN)  # without a look at the table, in every step


def overview(context: Context) -> list[CalendarVersion]:
    """Return the newest version of every calendar, by name."""
    with context.database.reading() as tx:
        stored = {version.name: version for version in calendars.newest(tx)}
    built_in = {name: CalendarVersion(name, 0, zone) for name, zone in BUILT_IN.items()}
    return [version for _, version in sorted({**built_in, **stored}.items())]


def get(context: Context, name: str, *, version: int | None = None) -> CalendarTable:
    """Return a version of a calendar, by default the newest; version 0 is the built-in one."""
    with context.database.reading() as tx:
        return _get(tx, name, version=version)


def versions(context: Context, name: str) -> list[CalendarVersion]:
    """Return who edited a calendar, when and why, newest first."""
    with context.database.reading() as tx:
        found = calendars.versions(tx, name)
    if name in BUILT_IN:
        found.append(CalendarVersion(name, 0, BUILT_IN[name]))
    if not found:
        raise NotFound("calendar", name)
    return found


def working(context: Context, name: str) -> WorkingCalendar:
    """Return a calendar to count with."""
    return get(context, name).working_calendar()


def save(
    context: Context, table: CalendarTable, *, by: str, reason: str, based_on: int | None
) -> CalendarVersion:
    """Store a new version of a calendar, or return the newest one if nothing changed."""
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})
    table.ensure_valid()
    table.working_calendar().next_open(context.clock.now())

    def work(tx: Transaction) -> CalendarVersion:
        users.ensure_manager(tx, by, "change", f"calendar {table.name}")
        newest = calendars.newest_version(tx, table.name)
        if based_on is not None and based_on != newest:
            raise CalendarChanged(table.name, newest, based_on)
        before = calendars.find(tx, table.name)
        if before is not None and _same(before, table):
            return calendars.versions(tx, table.name)[0]
        edit = CalendarVersion(
            table.name, newest + 1, table.zone, context.clock.now(), by, reason.strip()
        )
        calendars.insert(tx, table, edit, before=before)
        return edit

    return context.database.run(work)


def _get(tx: Transaction, name: str, *, version: int | None) -> CalendarTable:
    table = None if version == 0 else calendars.find(tx, name, version=version)
    if table is None and not version:
        table = _built_in(name)
    if table is None:
        raise NotFound("calendar", name if version is None else f"{name} version {version}")
    return table


def _same(before: CalendarTable, after: CalendarTable) -> bool:
    weeks = [
        {day: shifts for day, shifts in table.weekly.items() if shifts} for table in (before, after)
    ]
    return (before.zone, before.days) == (after.zone, after.days) and weeks[0] == weeks[1]


@cache
def _built_in(name: str) -> CalendarTable | None:
    if name not in BUILT_IN:
        return None
    file = _DATA / f"{name}.csv"
    text = file.read_text(encoding="utf-8")
    return read_calendar_csv(text, name=name, zone=BUILT_IN[name], source=str(file))
