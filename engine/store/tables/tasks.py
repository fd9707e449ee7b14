"""Tables of the work of people."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

user_task = sa.Table(
    "user_task",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id"), nullable=False),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("business_key", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("lane", sa.Text),
    sa.Column("candidate_group", sa.Text),  # the only one; otherwise see is_restricted
    sa.Column("is_restricted", sa.Boolean, nullable=False),  # rows in user_task_candidate decide
    sa.Column("has_exclusions", sa.Boolean, nullable=False),
    sa.Column("form_key", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("claimed_by", sa.Text),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("appointed_by", sa.Text),
    sa.Column("ended_by", sa.Text),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("rank", sa.Integer, nullable=False),  # 100 - priority: the order of an index
    sa.Column("due_at", UtcDateTime),
    sa.Column("follow_up_at", UtcDateTime),
    sa.Column("escalated", sa.Integer, nullable=False),
    sa.Column("next_step_at", UtcDateTime),
    sa.UniqueConstraint("instance_id", "token"),
    sa.Index(None, "state", "candidate_group", "rank", "id"),
    sa.Index(None, "claimed_by", "state"),
    sa.Index(
        "ix_user_task_next_step_at",
        "next_step_at",
        sqlite_where=sa.text("next_step_at IS NOT NULL"),
        postgresql_where=sa.text("next_step_at IS NOT NULL"),
    ),
)

# Candidates other than one group; membership is looked up when somebody asks for their tasks.
user_task_candidate = sa.Table(
    "user_task_candidate",
    metadata,
    sa.Column("task_id", ID, sa.ForeignKey("user_task.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),  # group, user, excluded (a user)
    sa.Column("principal", sa.Text, primary_key=True),
    sa.Index(None, "principal", "kind", "task_id"),
)

task_draft = sa.Table(
    "task_draft",
    metadata,
    sa.Column("task_id", ID, sa.ForeignKey("user_task.id"), primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("form_values", sa.Text, nullable=False),  # JSON
    sa.Column("saved_at", UtcDateTime, nullable=False),
)

escalation_ladder = sa.Table(
    "escalation_ladder",
    metadata,
    sa.Column("process_key", sa.Text, primary_key=True),
    sa.Column("element_id", sa.Text, primary_key=True),  # empty: all tasks without one of their own
    sa.Column("steps", sa.Text, nullable=False),  # JSON
    sa.Column("changed_by", sa.Text),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)
