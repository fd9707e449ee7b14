"""Queries about working calendars and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.calendar_table import (
    CalendarDay,
    CalendarTable,
    CalendarVersion,
    DayKind,
    hours_text,
    read_hours,
)
from engine.store.tables.calendars import calendar, calendar_day, calendar_version
from engine.store.types import from_json, inserted_id, to_json

if TYPE_CHECKING:
    from engine.store.database import Transaction
    from engine.store.types import Row

_VERSION = sa.select(
    calendar.c.name,
    calendar_version.c.version,
    calendar_version.c.zone,
    calendar_version.c.changed_at,
    calendar_version.c.changed_by,
    calendar_version.c.reason,
).join(calendar_version, calendar_version.c.calendar_id == calendar.c.id)
_NEWEST = _VERSION.where(calendar_version.c.version == calendar.c.version)
_ALL_NEWEST = _NEWEST.order_by(calendar.c.name)
_OF_NAME = _VERSION.where(calendar.c.name == parameter("name")).order_by(
    calendar_version.c.version.desc()
)
_ONE = sa.select(
    calendar.c.id,
    calendar_version.c.version,
    calendar_version.c.zone,
    calendar_version.c.weekly,
).join(calendar_version, calendar_version.c.calendar_id == calendar.c.id)
_ONE_OF = _ONE.where(calendar.c.name == parameter("name"))
_ONE_NEWEST = _ONE_OF.where(calendar_version.c.version == calendar.c.version)
_ONE_VERSION = _ONE_OF.where(calendar_version.c.version == parameter("version"))
_DAYS = (
    sa.select(
        calendar_day.c.day, calendar_day.c.kind, calendar_day.c.open_hours, calendar_day.c.note
    )
    .where(
        calendar_day.c.calendar_id == parameter("calendar_id"),
        calendar_day.c.since_version <= parameter("version"),
        sa.func.coalesce(calendar_day.c.until_version, 2**31 - 1) > parameter("version"),
    )
    .order_by(calendar_day.c.day)
)
_ID = sa.select(calendar.c.id, calendar.c.version).where(calendar.c.name == parameter("name"))
_RAISE_VERSION = (
    sa.update(calendar)
    .where(calendar.c.id == parameter("calendar_id"))
    .values(version=parameter("new_version"))
)
_END_DAY = (
    sa.update(calendar_day)
    .where(
        calendar_day.c.calendar_id == parameter("owner"),
        calendar_day.c.day == parameter("old_day"),
        calendar_day.c.until_version.is_(None),
    )
    .values(until_version=parameter("new_version"))
)


def newest(tx: Transaction) -> list[CalendarVersion]:
    """Return the newest version of each calendar, by name."""
    return [_to_version(row) for row in tx.execute(_ALL_NEWEST)]


def versions(tx: Transaction, name: str) -> list[CalendarVersion]:
    """Return the versions of a calendar, newest first; none if it is not stored."""
    return [_to_version(row) for row in tx.execute(_OF_NAME, {"name": name})]


def find(tx: Transaction, name: str, *, version: int | None = None) -> CalendarTable | None:
    """Return a version of a calendar, by default the newest."""
    if version is None:
        row = tx.execute(_ONE_NEWEST, {"name": name}).one_or_none()
    else:
        row = tx.execute(_ONE_VERSION, {"name": name, "version": version}).one_or_none()
    if row is None:
        return None
    days = tx.execute(_DAYS, {"calendar_id": row.id, "version": row.version})
    weekly = {int(day): read_hours(str(hours)) for day, hours in from_json(row.weekly).items()}
    return CalendarTable(name, row.zone, weekly, {day.day: _to_day(day) for day in days})


def newest_version(tx: Transaction, name: str) -> int:
    """Return the number of the newest version of a calendar, 0 if it is not stored."""
    row = tx.execute(_ID, {"name": name}).one_or_none()
    return int(row.version) if row else 0


def insert(
    tx: Transaction, table: CalendarTable, edit: CalendarVersion, *, before: CalendarTable | None
) -> None:
    """Store a version of a calendar: of its dates only those that differ from the one before.

    Of two edits at the same time one breaks a key of the tables, and the command runs again.
    """
    calendar_id = _id_of(tx, edit)
    row = {
        "calendar_id": calendar_id,
        "version": edit.version,
        "zone": table.zone,
        "weekly": to_json({str(day): hours_text(hours) for day, hours in table.weekly.items()}),
        "changed_at": edit.changed_at,
        "changed_by": edit.changed_by,
        "reason": edit.reason,
    }
    tx.execute(sa.insert(calendar_version), row)
    old = before.days if before else {}
    ended = [
        {"owner": calendar_id, "old_day": day, "new_version": edit.version}
        for day, entry in old.items()
        if table.days.get(day) != entry
    ]
    begun = [
        _to_row(calendar_id, edit.version, entry)
        for day, entry in table.days.items()
        if old.get(day) != entry
    ]
    if ended:
        tx.execute(_END_DAY, ended)
    if begun:
        tx.execute(sa.insert(calendar_day), begun)


def _id_of(tx: Transaction, edit: CalendarVersion) -> int:
    row = tx.execute(_ID, {"name": edit.name}).one_or_none()
    if row is None:
        new = {"name": edit.name, "version": edit.version}
        return inserted_id(tx.execute(sa.insert(calendar), new))
    tx.execute(_RAISE_VERSION, {"calendar_id": row.id, "new_version": edit.version})
    return int(row.id)


def _to_row(calendar_id: int, version: int, entry: CalendarDay) -> dict[str, object]:
    return {
        "calendar_id": calendar_id,
        "day": entry.day,
        "since_version": version,
        "kind": entry.kind.value,
        "open_hours": hours_text(entry.shifts),
        "note": entry.note,
    }


def _to_day(row: Row) -> CalendarDay:
    return CalendarDay(row.day, DayKind(row.kind), read_hours(row.open_hours), row.note)


def _to_version(row: Row) -> CalendarVersion:
    return CalendarVersion(
        row.name, row.version, row.zone, row.changed_at, row.changed_by, row.reason
    )
