"""Deployments of several processes, their decision tables, and drawings.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create deployments and decision files, and say which definitions can be started."""
    op.create_table(
        "deployment",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("deployed_at", MOMENT, nullable=False),
        sa.Column("deployed_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_deployment"),
    )
    if op.get_bind().dialect.name == "sqlite":  # where Alembic adds no column with a foreign key
        op.execute(
            "ALTER TABLE definition ADD COLUMN deployment_id INTEGER REFERENCES deployment (id)"
        )
    else:
        op.add_column("definition", sa.Column("deployment_id", ID))
        op.create_foreign_key(
            "fk_definition_deployment_id", "definition", "deployment", ["deployment_id"], ["id"]
        )
    op.add_column(
        "definition",
        sa.Column("is_executable", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.create_table(
        "decision_file",
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_decision_file_definition_id"
        ),
        sa.PrimaryKeyConstraint("definition_id", "name", name="pk_decision_file"),
    )
