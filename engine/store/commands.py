"""Queries about commands that were carried out: what was answered to an idempotency key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.store.tables import command
from engine.store.types import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.store.database import Transaction

_FIND = sa.select(command.c.request_hash, command.c.answer).where(
    command.c.idempotency_key == parameter("key"), command.c.user_id == parameter("user_id")
)
# Until the transaction ends, on PostgreSQL; on SQLite commands come one after another anyway.
_LOCK_KEY = sa.select(
    sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(parameter("name", type_=sa.Text), 0))
)
_INSERT = sa.insert(command)
_FORGET = sa.delete(command).where(command.c.carried_out_at < parameter("moment"))


def find(tx: Transaction, key: str, user_id: str) -> tuple[str, dict[str, object]] | None:
    """Return the hash of the request that came with a key, and its answer.

    A request with the same key that is being carried out is waited for.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(_LOCK_KEY, {"name": f"{user_id}/{key}"})
    row = tx.execute(_FIND, {"key": key, "user_id": user_id}).one_or_none()
    return (row.request_hash, from_json(row.answer)) if row else None


def insert(
    tx: Transaction,
    *,
    key: str,
    user_id: str,
    request_hash: str,
    answer: Mapping[str, object],
    at: datetime,
) -> None:
    """Remember the answer to a request."""
    row = {
        "idempotency_key": key,
        "user_id": user_id,
        "request_hash": request_hash,
        "answer": to_json(answer),
        "carried_out_at": at,
    }
    tx.execute(_INSERT, row)


def forget(tx: Transaction, *, before: datetime) -> int:
    """Forget the answers given before a moment and return how many."""
    return tx.execute(_FORGET, {"moment": before}).rowcount
