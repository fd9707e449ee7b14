"""The tables of the engine; ``migrations`` builds them, a test compares the two.

Texts have no length here: SQLite would not check one, so that the databases would differ.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.types import UtcDateTime

# The head of migrations/versions: an up-to-date database is recognised without loading Alembic.
SCHEMA_REVISION = "0001"

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows by itself only in a column declared INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


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
    sa.UniqueConstraint("process_key", "version"),
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

business_key_counter = sa.Table(
    "business_key_counter",
    metadata,
    sa.Column("process_key", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("last_number", sa.Integer, nullable=False),
)

instance = sa.Table(
    "instance",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id"), nullable=False),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("business_key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),  # of its history
    sa.Column("tokens", sa.LargeBinary),  # execution state, none once the instance has ended
    sa.Column("case_values", sa.Text, nullable=False),  # JSON
    sa.Column("search_text", sa.Text, nullable=False),  # business key and values, case folded
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("started_by", sa.Text),
    sa.Column("ended_at", UtcDateTime),
    sa.UniqueConstraint("process_key", "business_key"),
    sa.Index(None, "started_at", "id"),
    sa.Index(None, "process_key", "started_at", "id"),
    sa.Index(None, "process_key", "state"),
)

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
    sa.Column("candidate_group", sa.Text),
    sa.Column("form_key", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("claimed_by", sa.Text),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("ended_by", sa.Text),
    sa.Column("ended_at", UtcDateTime),
    sa.UniqueConstraint("instance_id", "token"),
    sa.Index(None, "state", "candidate_group", "created_at"),
    sa.Index(None, "claimed_by", "state"),
)

# Work that is due by itself at a moment. Timers are the first kind; service calls and leases
# are more columns and kinds of the same table.
job = sa.Table(
    "job",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),  # tries in vain
    sa.Column("next_try_at", UtcDateTime, nullable=False),  # due_at, later after a failure
    sa.UniqueConstraint("instance_id", "kind", "token"),
    sa.Index(None, "kind", "next_try_at"),
    sqlite_autoincrement=True,  # rows are deleted: a new timer must not take the id of an old one
)

# Append-only: the migration adds triggers that refuse UPDATE and DELETE.
history = sa.Table(
    "history",
    metadata,
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("element_id", sa.Text),
    sa.Column("element_type", sa.Text),
    sa.Column("token", sa.Text),
    sa.Column("lane", sa.Text),
    sa.Column("actor", sa.Text),
    sa.Column("detail", sa.Text),  # JSON, none if empty
    sqlite_with_rowid=False,  # one tree, in the order in which it is read
)

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

# Idempotency: what was answered to a request that may come twice.
command = sa.Table(
    "command",
    metadata,
    sa.Column("idempotency_key", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),  # JSON
    sa.Column("carried_out_at", UtcDateTime, nullable=False),
    sa.Index(None, "carried_out_at"),
)
