"""The tables of working calendars: every edit is a version, every date knows its versions."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

calendar = sa.Table(
    "calendar",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # the newest
    sa.UniqueConstraint("name"),
)

calendar_version = sa.Table(
    "calendar_version",
    metadata,
    sa.Column("calendar_id", ID, sa.ForeignKey("calendar.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("weekly", sa.Text, nullable=False),  # JSON: weekday number → open hours
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

# A row holds from the version that brought it until the one that changed or removed it.
calendar_day = sa.Table(
    "calendar_day",
    metadata,
    sa.Column("calendar_id", ID, sa.ForeignKey("calendar.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("since_version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("until_version", sa.Integer),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("open_hours", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)
