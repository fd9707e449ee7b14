"""Tables of work that is due by itself."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

# Work that is due by itself at a moment. Timers are the first kind; service calls and leases
# are more columns and kinds of the same table.
job = sa.Table(
    "job",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),  # tries in vain
    sa.Column("next_try_at", UtcDateTime, nullable=False),  # due_at, later after a failure
    sa.UniqueConstraint("instance_id", "kind", "token"),
    sa.Index(None, "kind", "next_try_at"),
    sqlite_autoincrement=True,  # rows are deleted: a new timer must not take the id of an old one
)
