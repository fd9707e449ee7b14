"""The tables of the first release.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables, and the triggers that keep the history append-only."""
    _create_definitions()
    _create_instances()
    _create_requests()
    _create_user_tasks()
    _create_jobs()
    _create_history()
    _create_people()


def _create_definitions() -> None:
    op.create_table(
        "definition",
        sa.Column("id", ID, nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("deployed_at", MOMENT, nullable=False),
        sa.Column("deployed_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_definition"),
        sa.UniqueConstraint("process_key", "version", name="uq_definition_process_key_version"),
    )
    op.create_table(
        "form",
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("form_schema", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name="fk_form_definition_id"),
        sa.PrimaryKeyConstraint("definition_id", "form_key", name="pk_form"),
    )
    op.create_table(
        "lane_group",
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_lane_group_definition_id"
        ),
        sa.PrimaryKeyConstraint("definition_id", "lane", name="pk_lane_group"),
    )


def _create_instances() -> None:
    op.create_table(
        "instance",
        sa.Column("id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.LargeBinary()),
        sa.Column("case_values", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", sa.Text()),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_instance_definition_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_instance"),
        sa.UniqueConstraint(
            "process_key", "business_key", name="uq_instance_process_key_business_key"
        ),
    )
    op.create_index(
        "ix_instance_process_key_started_at_id", "instance", ["process_key", "started_at", "id"]
    )
    op.create_index("ix_instance_process_key_state", "instance", ["process_key", "state"])
    op.create_index("ix_instance_started_at_id", "instance", ["started_at", "id"])


def _create_requests() -> None:
    op.create_table(
        "business_key_counter",
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("process_key", "year", name="pk_business_key_counter"),
    )
    op.create_table(
        "command",
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("carried_out_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("idempotency_key", "user_id", name="pk_command"),
    )
    op.create_index("ix_command_carried_out_at", "command", ["carried_out_at"])


def _create_user_tasks() -> None:
    op.create_table(
        "user_task",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("process_key", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text()),
        sa.Column("candidate_group", sa.Text()),
        sa.Column("form_key", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_at", MOMENT),
        sa.Column("ended_by", sa.Text()),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name="fk_user_task_definition_id"
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_user_task_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_task"),
        sa.UniqueConstraint("instance_id", "token", name="uq_user_task_instance_id_token"),
    )
    op.create_index("ix_user_task_claimed_by_state", "user_task", ["claimed_by", "state"])
    op.create_index(
        "ix_user_task_state_candidate_group_created_at",
        "user_task",
        ["state", "candidate_group", "created_at"],
    )


def _create_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_job_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("instance_id", "kind", "token", name="uq_job_instance_id_kind_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_kind_next_try_at", "job", ["kind", "next_try_at"])


def _create_history() -> None:
    op.create_table(
        "history",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("element_id", sa.Text()),
        sa.Column("element_type", sa.Text()),
        sa.Column("token", sa.Text()),
        sa.Column("lane", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_history_instance_id"),
        sa.PrimaryKeyConstraint("instance_id", "seq", name="pk_history"),
        sqlite_with_rowid=False,
    )
    _forbid_changes_of_history()


def _create_people() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_app_user"),
    )
    op.create_table(
        "user_group",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_user_group_user_id"),
        sa.PrimaryKeyConstraint("user_id", "group_name", name="pk_user_group"),
    )
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_user_role_user_id"),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_user_role"),
    )


def _forbid_changes_of_history() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history"
            " FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER history_forbids_{change.lower()} BEFORE {change} ON history"
            " BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )
