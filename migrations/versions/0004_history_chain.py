"""The hash chain of the history, and the vault of personal values.

Revision ID: 0004
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from engine.store.history_chain import beginning, event_hash
from engine.store.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Iterator

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
PAGE_ROWS = 2000
TEXTS = ("element_id", "element_type", "token", "lane", "actor", "detail")
NAMES = ("instance_id", "seq", "type", "at", *TEXTS)
APPEND_ONLY = ("history_seal", "history_seal_case")

old = sa.table(
    "history",
    *(sa.column(name, UtcDateTime() if name == "at" else None) for name in NAMES),
    sa.column("hash", sa.LargeBinary()),
)
instance = sa.table(
    "instance", *(sa.column(name) for name in ("id", "process_key", "business_key"))
)


def upgrade() -> None:
    """Chain the events that are there, and create the seals and the vault."""
    if op.get_bind().dialect.name == "postgresql":
        _chain_in_place()
    else:
        _chain_into_new_table()
    _create_seals()
    _create_vault()
    for table in APPEND_ONLY:
        _forbid_changes(table)


def _chain_in_place() -> None:
    op.execute("DROP TRIGGER history_is_append_only ON history")
    op.add_column("history", sa.Column("hash", sa.LargeBinary()))
    fill = (
        sa.update(old)
        .where(old.c.instance_id == sa.bindparam("case"), old.c.seq == sa.bindparam("number"))
        .values(hash=sa.bindparam("new_hash"))
    )
    for page in _pages():
        rows = (
            {"case": row["instance_id"], "number": row["seq"], "new_hash": row["hash"]}
            for row in page
        )
        op.get_bind().execute(fill, list(rows))
    op.alter_column("history", "hash", nullable=False)
    op.execute(
        "CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history"
        " FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
    )


def _chain_into_new_table() -> None:
    """Write the table anew: SQLite adds no column that must not be empty."""
    new = op.create_table(
        "history_chained",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in TEXTS),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name="fk_history_instance_id_instance"
        ),
        sa.PrimaryKeyConstraint("instance_id", "seq", name="pk_history"),
        sqlite_with_rowid=False,
    )
    for page in _pages():
        op.get_bind().execute(sa.insert(new), page)
    op.drop_table("history")
    op.rename_table("history_chained", "history")
    _forbid_changes("history")


def _pages() -> Iterator[list[dict[str, Any]]]:
    """Yield the events with their hashes, some thousand at a time."""
    query = (
        sa.select(instance.c.process_key, instance.c.business_key, *(old.c[name] for name in NAMES))
        .join_from(old, instance, instance.c.id == old.c.instance_id)
        .order_by(old.c.instance_id, old.c.seq)
    )
    page: list[dict[str, Any]] = []
    found = op.get_bind().execute(query, execution_options={"yield_per": PAGE_ROWS})
    for _, of_case in groupby(found.mappings(), key=lambda row: row["instance_id"]):
        previous = b""
        for event in of_case:
            row = {name: event[name] for name in NAMES}
            previous = previous or beginning(event["process_key"], event["business_key"])
            previous = row["hash"] = event_hash(previous, row, row["at"])
            page.append(row)
        if len(page) >= PAGE_ROWS:
            yield page
            page = []
    if page:
        yield page


def _create_seals() -> None:
    op.create_table(
        "history_seal",
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.Column("sealed_by", sa.Text()),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_history_seal"),
    )
    op.create_table(
        "history_seal_case",
        sa.Column("instance_id", ID, autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seal", ID, nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seal"], ["history_seal.number"], name="fk_history_seal_case_seal_history_seal"
        ),
        sa.PrimaryKeyConstraint("instance_id", "last_seq", name="pk_history_seal_case"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_history_seal_case_seal_instance_id", "history_seal_case", ["seal", "instance_id"]
    )


def _create_vault() -> None:
    op.create_table(
        "vault",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("erased_at", MOMENT),
        sa.Column("erased_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_vault_instance_id"),
        sa.PrimaryKeyConstraint("reference", name="pk_vault"),
    )
    op.create_index("ix_vault_instance_id", "vault", ["instance_id"])


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_forbids_{change.lower()} BEFORE {change} ON {table}"
            " BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )
