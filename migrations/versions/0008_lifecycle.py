"""States of versions, routing of new cases, suspension, migration and bulk actions.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Widen definitions, cases and jobs, and create the tables of what is done to them."""
    op.add_column(
        "definition", sa.Column("state", sa.Text(), nullable=False, server_default="active")
    )
    op.add_column("instance", sa.Column("suspended_at", MOMENT))
    op.add_column("instance", sa.Column("route", sa.Text()))
    op.add_column("job", sa.Column("paused_try_at", MOMENT))
    _create_routing()
    _create_undo()
    _create_bulk()


def _create_routing() -> None:
    op.create_table(
        "routing",
        sa.Column("id", ID, nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_routing"),
    )
    op.create_index("ix_routing_process_key_id", "routing", ["process_key", "id"])
    op.create_table(
        "version_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_version_change_definition_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_version_change"),
    )
    op.create_index("ix_version_change_definition_id_id", "version_change", ["definition_id", "id"])


def _create_undo() -> None:
    op.create_table(
        "migration_undo",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.Column("open_rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name="fk_migration_undo_instance_id"
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_migration_undo_definition_id"
        ),
        sa.PrimaryKeyConstraint("instance_id", name="pk_migration_undo"),
    )


def _create_bulk() -> None:
    op.create_table(
        "bulk_operation",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_operation"),
    )
    op.create_index("ix_bulk_operation_state_id", "bulk_operation", ["state", "id"])
    op.create_table(
        "bulk_item",
        sa.Column("operation_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["bulk_operation.id"], name="fk_bulk_item_operation_id"
        ),
        sa.PrimaryKeyConstraint("operation_id", "position", name="pk_bulk_item"),
    )
    op.create_index(
        "ix_bulk_item_operation_id_state_position",
        "bulk_item",
        ["operation_id", "state", "position"],
    )
