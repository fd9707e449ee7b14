"""Jobs with leases, incidents, messages, subscriptions, calls.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TIMER_COLUMNS = ("id", "instance_id", "token", "element_id", "due_at", "next_try_at")


def upgrade() -> None:
    """Widen the cases and the jobs, create incidents, messages and subscriptions."""
    _widen_instances()
    _replace_jobs()
    _create_incidents()
    _create_subscriptions()
    _create_messages()


def _widen_instances() -> None:
    _add_reference("instance", "parent_id", "instance")
    op.add_column("instance", sa.Column("parent_token", sa.Text()))
    _add_reference("instance", "root_id", "instance")
    for name in ("depth", "open_incidents"):
        op.add_column("instance", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_instance_parent_id_parent_token", "instance", ["parent_id", "parent_token"])


def _add_reference(table: str, column: str, target: str) -> None:
    """Add a column with a foreign key, which Alembic cannot do on SQLite."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER REFERENCES {target} (id)")
        return
    op.add_column(table, sa.Column(column, ID))
    op.create_foreign_key(f"fk_{table}_{column}", table, target, [column], ["id"])


def _replace_jobs() -> None:
    """Make a new table with the timers of the old one; their next try is as it was."""
    old = sa.table("job", *(sa.column(name) for name in TIMER_COLUMNS))
    timers = op.get_bind().execute(sa.select(*old.c)).mappings().all()
    op.drop_table("job")
    new = op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID),
        sa.Column("definition_id", ID),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("payload", sa.Text()),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_job_instance_id"),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name="fk_job_definition_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("instance_id", "kind", "token", name="uq_job_instance_id_kind_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_queue_next_try_at_id", "job", ["queue", "next_try_at", "id"])
    op.create_index("ix_job_definition_id", "job", ["definition_id"])
    if timers:
        fixed = {"kind": "timer", "queue": "inside", "attempts": 0}
        op.bulk_insert(new, [{**timer, **fixed} for timer in timers])
        if op.get_bind().dialect.name == "postgresql":
            op.execute("SELECT setval(pg_get_serial_sequence('job', 'id'), max(id)) FROM job")


def _create_incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID),
        sa.Column("definition_id", ID),
        sa.Column("job_id", ID),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("resolved_at", MOMENT),
        sa.Column("resolved_by", sa.Text()),
        sa.Column("resolution", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_incident_instance_id"),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_incident_definition_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_resolved_at_last_at", "incident", ["resolved_at", "last_at"])
    op.create_index(
        "ix_incident_instance_id_resolved_at", "incident", ["instance_id", "resolved_at"]
    )


def _create_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID),
        sa.Column("definition_id", ID),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name="fk_subscription_instance_id"
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_subscription_definition_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("instance_id", "token", name="uq_subscription_instance_id_token"),
        sa.UniqueConstraint("definition_id", "token", name="uq_subscription_definition_id_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_kind_name_key", "subscription", ["kind", "name", "key"])


def _create_messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Text()),
        sa.Column("source_id", ID),
        sa.Column("expires_at", MOMENT),
        sa.Column("receiver_id", ID),
        sa.Column("ended_at", MOMENT),
        sa.Column("last_error", sa.Text()),
        sa.Column("position", ID, nullable=False),
        sa.Column("last_position", ID, nullable=False),
        sa.Column("receivers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["instance.id"], name="fk_message_source_id"),
        sa.ForeignKeyConstraint(["receiver_id"], ["instance.id"], name="fk_message_receiver_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint(
            "kind", "name", "key", "message_id", name="uq_message_kind_name_key_message_id"
        ),
    )
    op.create_index("ix_message_state_name", "message", ["state", "name"])
    op.create_index("ix_message_state_expires_at", "message", ["state", "expires_at"])
