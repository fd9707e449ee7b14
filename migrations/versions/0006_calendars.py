"""Working calendars.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables of calendars, their versions and their dates."""
    op.create_table(
        "calendar",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar"),
        sa.UniqueConstraint("name", name="uq_calendar_name"),
    )
    op.create_table(
        "calendar_version",
        sa.Column("calendar_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("weekly", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name="fk_calendar_version_calendar_id"
        ),
        sa.PrimaryKeyConstraint("calendar_id", "version", name="pk_calendar_version"),
    )
    op.create_table(
        "calendar_day",
        sa.Column("calendar_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until_version", sa.Integer()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("open_hours", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name="fk_calendar_day_calendar_id"
        ),
        sa.PrimaryKeyConstraint("calendar_id", "day", "since_version", name="pk_calendar_day"),
    )
