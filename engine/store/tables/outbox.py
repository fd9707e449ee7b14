"""The table of mails that wait to be sent, and of those that were."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # "mail"
    sa.Column("message_key", sa.Text, nullable=False),  # of two with one key the first is kept
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id")),  # none: not written by a case
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime),  # the end of the lease while it is sent; none at the end
    sa.Column("give_up_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("last_error", sa.Text),
    sa.Column("backend", sa.Text),  # what sent it
    sa.Column("sent_at", UtcDateTime),
    sa.Column("dead_at", UtcDateTime),
    sa.UniqueConstraint("message_key"),
    sa.Index(None, "due_at"),
    sa.Index(None, "instance_id"),
    sqlite_autoincrement=True,  # rows are deleted: a letter must not take the id of an old one
)
