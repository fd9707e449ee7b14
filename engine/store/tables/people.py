"""Tables of people."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import metadata

app_user = sa.Table(
    "app_user",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.Text),
)

user_group = sa.Table(
    "user_group",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("app_user.id"), primary_key=True),
    sa.Column("group_name", sa.Text, primary_key=True),
)

user_role = sa.Table(
    "user_role",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("app_user.id"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
)
