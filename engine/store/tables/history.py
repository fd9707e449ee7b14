"""Tables of what happened: appended to, never changed; each row is bound to those before it.

The migrations add triggers that refuse UPDATE and DELETE on all of them.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

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
    sa.Column("hash", sa.LargeBinary, nullable=False),  # of this event and the hash before it
    sqlite_with_rowid=False,  # one tree, in the order in which it is read
)

# A seal is bound to the one before it, and to how far each case had come that went on since.
history_seal = sa.Table(
    "history_seal",
    metadata,
    sa.Column("number", ID, primary_key=True, autoincrement=False),
    sa.Column("sealed_at", UtcDateTime, nullable=False),
    sa.Column("sealed_by", sa.Text),  # none: the worker
    sa.Column("cases", sa.Integer, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),  # of the rows of history_seal_case
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

# No foreign key to the instance: a case that was removed must still be told by its seal.
history_seal_case = sa.Table(
    "history_seal_case",
    metadata,
    sa.Column("instance_id", ID, primary_key=True, autoincrement=False),
    sa.Column("last_seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seal", ID, sa.ForeignKey("history_seal.number"), nullable=False),
    sa.Column("last_hash", sa.LargeBinary, nullable=False),
    sa.Index(None, "seal", "instance_id"),
    sqlite_with_rowid=False,
)
