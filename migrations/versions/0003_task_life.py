"""Assignment, due dates and drafts of user tasks.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Widen the tasks, and create candidates, drafts and escalation ladders."""
    _widen_tasks()
    op.create_table(
        "user_task_candidate",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["user_task.id"], name="fk_user_task_candidate_task_id_user_task"
        ),
        sa.PrimaryKeyConstraint("task_id", "kind", "principal", name="pk_user_task_candidate"),
    )
    op.create_index(
        "ix_user_task_candidate_principal_kind_task_id",
        "user_task_candidate",
        ["principal", "kind", "task_id"],
    )
    op.create_table(
        "task_draft",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("form_values", sa.Text(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["user_task.id"], name="fk_task_draft_task_id_user_task"
        ),
        sa.PrimaryKeyConstraint("task_id", "user_id", name="pk_task_draft"),
    )
    op.create_table(
        "escalation_ladder",
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text()),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("process_key", "element_id", name="pk_escalation_ladder"),
    )


def _widen_tasks() -> None:
    with op.batch_alter_table("user_task") as table:
        for name in ("is_restricted", "has_exclusions"):
            default = sa.false()
            table.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=default))
        table.add_column(sa.Column("appointed_by", sa.Text()))
        table.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="50"))
        table.add_column(sa.Column("due_at", MOMENT))
        table.add_column(sa.Column("follow_up_at", MOMENT))
        table.add_column(sa.Column("escalated", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("next_step_at", MOMENT))
        table.drop_index("ix_user_task_state_candidate_group_created_at")
    op.create_index(
        "ix_user_task_state_candidate_group_rank_id",
        "user_task",
        ["state", "candidate_group", "rank", "id"],
    )
    op.create_index(
        "ix_user_task_next_step_at",
        "user_task",
        ["next_step_at"],
        sqlite_where=sa.text("next_step_at IS NOT NULL"),
        postgresql_where=sa.text("next_step_at IS NOT NULL"),
    )
