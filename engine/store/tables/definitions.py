"""Tables of what is deployed."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

# What was deployed at once, as one file; "the version deployed with mine" is told by it.
deployment = sa.Table(
    "deployment",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("deployed_at", UtcDateTime, nullable=False),
    sa.Column("deployed_by", sa.Text),
)

definition = sa.Table(
    "definition",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),  # of file, forms and lanes
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("xml", sa.LargeBinary, nullable=False),
    sa.Column("deployed_at", UtcDateTime, nullable=False),
    sa.Column("deployed_by", sa.Text),
    sa.Column("deployment_id", ID, sa.ForeignKey("deployment.id")),
    # A drawing cannot be started: nothing in the file says how it runs.
    sa.Column("is_executable", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("state", sa.Text, nullable=False, server_default="active"),
    sa.UniqueConstraint("process_key", "version"),
)

decision_file = sa.Table(
    "decision_file",
    metadata,
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("xml", sa.LargeBinary, nullable=False),
)

form = sa.Table(
    "form",
    metadata,
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id"), primary_key=True),
    sa.Column("form_key", sa.Text, primary_key=True),
    sa.Column("form_schema", sa.Text, nullable=False),  # JSON
)

lane_group = sa.Table(
    "lane_group",
    metadata,
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id"), primary_key=True),
    sa.Column("lane", sa.Text, primary_key=True),
    sa.Column("group_name", sa.Text, nullable=False),
)
