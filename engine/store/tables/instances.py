"""Tables of cases."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

business_key_counter = sa.Table(
    "business_key_counter",
    metadata,
    sa.Column("process_key", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("last_number", sa.Integer, nullable=False),
)

instance = sa.Table(
    "instance",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id"), nullable=False),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("business_key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),  # of its history
    sa.Column("last_hash", sa.LargeBinary),  # of that event; none only if it was missing
    sa.Column("tokens", sa.LargeBinary),  # execution state, none once the instance has ended
    sa.Column("case_values", sa.Text, nullable=False),  # JSON
    sa.Column("search_text", sa.Text, nullable=False),  # business key and values, case folded
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("started_by", sa.Text),
    sa.Column("ended_at", UtcDateTime),
    # Cases that another case called: all of a tree take turns by the lock of its root.
    sa.Column("parent_id", ID, sa.ForeignKey("instance.id")),
    sa.Column("parent_token", sa.Text),  # of the call activity
    sa.Column("root_id", ID, sa.ForeignKey("instance.id")),  # none: it is the root itself
    sa.Column("depth", sa.Integer, nullable=False, server_default="0"),  # calls above it
    sa.Column("open_incidents", sa.Integer, nullable=False, server_default="0"),
    sa.Column("suspended_at", UtcDateTime),
    sa.Column("route", sa.Text),  # the rule that chose the version, in words
    sa.UniqueConstraint("process_key", "business_key"),
    sa.Index(None, "started_at", "id"),
    sa.Index(None, "process_key", "started_at", "id"),
    sa.Index(None, "process_key", "state"),
    sa.Index(None, "parent_id", "parent_token"),
)

# Idempotency: what was answered to a request that may come twice.
command = sa.Table(
    "command",
    metadata,
    sa.Column("idempotency_key", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),  # JSON
    sa.Column("carried_out_at", UtcDateTime, nullable=False),
    sa.Index(None, "carried_out_at"),
)
