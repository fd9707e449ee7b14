"""Tables of what is done to versions and running cases: routing, migration, bulk actions."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

# To which versions new cases go. The newest row of a process counts, the others tell who
# changed it when and why.
routing = sa.Table(
    "routing",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),  # JSON
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("changed_by", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index(None, "process_key", "id"),
)

# When a version was activated, retired or deleted, by whom and why.
version_change = sa.Table(
    "version_change",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("changed_by", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index(None, "definition_id", "id"),
)

# A case as it was before it moved to another version, until its next command.
migration_undo = sa.Table(
    "migration_undo",
    metadata,
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id"), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),  # of the case right after it moved
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id"), nullable=False),  # the old one
    sa.Column("tokens", sa.LargeBinary, nullable=False),
    sa.Column("open_rows", sa.Text, nullable=False),  # JSON: what waited, table by table
)

bulk_operation = sa.Table(
    "bulk_operation",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("arguments", sa.Text, nullable=False),  # JSON
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("requested_at", UtcDateTime, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Index(None, "state", "id"),
)

bulk_item = sa.Table(
    "bulk_item",
    metadata,
    sa.Column("operation_id", ID, sa.ForeignKey("bulk_operation.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("target_id", ID, nullable=False),  # of the case, incident or task
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("result", sa.Text),  # what was done, or why not
    sa.Column("ended_at", UtcDateTime),
    sa.Index(None, "operation_id", "state", "position"),
)
