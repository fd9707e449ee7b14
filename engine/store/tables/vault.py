"""The table of personal values: everything else refers to them, so that they can be erased."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

vault = sa.Table(
    "vault",
    metadata,
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("value", sa.Text),  # JSON, none once it is erased
    sa.Column("stored_at", UtcDateTime, nullable=False),
    sa.Column("erased_at", UtcDateTime),
    sa.Column("erased_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Index(None, "instance_id"),
)
