"""Tables of messages and signals: what is on its way, and who waits for it."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

# A token of a case, or a start event of a definition, that waits for a message or signal.
subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id")),
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id")),
    sa.Column("token", sa.Text, nullable=False),  # of a definition: the start event
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.UniqueConstraint("instance_id", "token"),
    sa.UniqueConstraint("definition_id", "token"),
    sa.Index(None, "kind", "name", "key"),
    sqlite_autoincrement=True,  # a signal goes to those that waited before it, told by their id
)

message = sa.Table(
    "message",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),  # empty: none
    sa.Column("message_id", sa.Text, nullable=False),  # given by the sender, so that it comes once
    sa.Column("payload", sa.Text, nullable=False),  # JSON
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("published_at", UtcDateTime, nullable=False),
    sa.Column("published_by", sa.Text),
    sa.Column("source_id", ID, sa.ForeignKey("instance.id")),  # the case that threw it
    sa.Column("expires_at", UtcDateTime),
    sa.Column("receiver_id", ID, sa.ForeignKey("instance.id")),
    sa.Column("ended_at", UtcDateTime),  # delivered, or given up
    sa.Column("last_error", sa.Text),
    # Signals: the subscriptions up to the last one get it, those up to the position have it.
    sa.Column("position", ID, nullable=False),
    sa.Column("last_position", ID, nullable=False),
    sa.Column("receivers", sa.Integer, nullable=False),
    sa.UniqueConstraint("kind", "name", "key", "message_id"),
    sa.Index(None, "state", "name"),
    sa.Index(None, "state", "expires_at"),
)
