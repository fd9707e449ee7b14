"""Queries about drafts: what a person has typed into a form and not sent yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.store.prepared import Prepared
from engine.store.tables import task_draft
from engine.store.types import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.store.database import Transaction

_ONE = sa.select(task_draft.c.form_values, task_draft.c.saved_at).where(
    task_draft.c.task_id == parameter("task_id"), task_draft.c.user_id == parameter("user_id")
)
_COUNT = sa.select(sa.func.count()).where(task_draft.c.task_id == parameter("task_id"))
_DELETE = Prepared(
    sa.delete(task_draft).where(
        task_draft.c.task_id == parameter("of_task"), task_draft.c.user_id == parameter("of_user")
    )
)
_DELETE_OLD = sa.delete(task_draft).where(task_draft.c.saved_at < parameter("before"))
_INSERT = sa.insert(task_draft)


def get(tx: Transaction, task_id: int, user_id: str) -> tuple[dict[str, object], datetime] | None:
    """Return the values of a draft and when it was saved."""
    row = tx.execute(_ONE, {"task_id": task_id, "user_id": user_id}).one_or_none()
    return (from_json(row.form_values), row.saved_at) if row else None


def count(tx: Transaction, task_id: int) -> int:
    """Return how many people have a draft of a task."""
    return int(tx.execute(_COUNT, {"task_id": task_id}).scalar_one())


def save(
    tx: Transaction, task_id: int, user_id: str, values: Mapping[str, object], *, at: datetime
) -> None:
    """Store a draft in place of the one before."""
    delete(tx, task_id, user_id)
    row = {"task_id": task_id, "user_id": user_id, "form_values": to_json(values), "saved_at": at}
    tx.execute(_INSERT, row)


def delete(tx: Transaction, task_id: int, user_id: str) -> None:
    """Forget a draft."""
    _DELETE.run(tx, {"of_task": task_id, "of_user": user_id})


def delete_old(tx: Transaction, *, before: datetime) -> int:
    """Forget the drafts not touched since, and return how many."""
    return tx.execute(_DELETE_OLD, {"before": before}).rowcount
