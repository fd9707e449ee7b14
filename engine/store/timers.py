"""Queries about timers: the jobs that wait for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import InstanceId, Timer, TimerId
from engine.store.tables import job

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row

KIND = "timer"

_ALL = sa.select(job.c.id, job.c.instance_id, job.c.token, job.c.element_id, job.c.due_at).where(
    job.c.kind == KIND
)
_ONE = _ALL.where(job.c.id == parameter("id"))
_OF_INSTANCE = _ALL.where(job.c.instance_id == parameter("instance_id")).order_by(
    job.c.due_at, job.c.id
)
_DUE = (
    sa.select(job.c.id)
    .where(job.c.kind == KIND, job.c.next_try_at <= parameter("now"))
    .order_by(job.c.next_try_at, job.c.id)
    .limit(parameter("most"))
)
_FAILURES = sa.select(job.c.failures).where(job.c.id == parameter("id"))
_POSTPONE = (
    sa.update(job)
    .where(job.c.id == parameter("old_id"))
    .values(failures=parameter("tries"), next_try_at=parameter("retry_at"))
)
_INSERT = sa.insert(job)
_DELETE = sa.delete(job).where(
    job.c.instance_id == parameter("owner"),
    job.c.kind == KIND,
    job.c.token == parameter("old_token"),
)
_DELETE_ALL = sa.delete(job).where(job.c.instance_id == parameter("owner"))


def get(tx: Transaction, timer_id: int) -> Timer | None:
    """Return a timer that still waits."""
    row = tx.execute(_ONE, {"id": timer_id}).one_or_none()
    return _to_timer(row) if row else None


def of_instance(tx: Transaction, instance_id: int) -> list[Timer]:
    """Return the timers of an instance, the next one first."""
    return [_to_timer(row) for row in tx.execute(_OF_INSTANCE, {"instance_id": instance_id})]


def due(tx: Transaction, *, at: datetime, limit: int) -> list[int]:
    """Return the ids of the timers to fire or to try again, the longest due first."""
    return list(tx.execute(_DUE, {"now": at, "most": limit}).scalars())


def failures(tx: Transaction, timer_id: int) -> int:
    """Return how often a timer was tried in vain; none if it no longer waits."""
    found: int | None = tx.execute(_FAILURES, {"id": timer_id}).scalar_one_or_none()
    return found or 0


def postpone(tx: Transaction, timer_id: int, *, failures: int, until: datetime) -> None:
    """Store that a timer failed so often, and when it is tried again."""
    tx.execute(_POSTPONE, {"old_id": timer_id, "tries": failures, "retry_at": until})


def insert(tx: Transaction, rows: Iterable[tuple[int, str, str, datetime]]) -> None:
    """Store timers: instance, token, element and moment of each."""
    new = [
        {
            "instance_id": instance_id,
            "kind": KIND,
            "token": token,
            "element_id": element_id,
            "due_at": due_at,
            "failures": 0,
            "next_try_at": due_at,
        }
        for instance_id, token, element_id, due_at in rows
    ]
    if new:
        tx.execute(_INSERT, new)


def delete(tx: Transaction, instance_id: int, tokens: Iterable[str]) -> None:
    """Forget timers that fired or were withdrawn; the history remembers them."""
    rows = [{"owner": instance_id, "old_token": token} for token in tokens]
    if rows:
        tx.execute(_DELETE, rows)


def delete_all(tx: Transaction, instance_id: int) -> None:
    """Forget every timer of an instance."""
    tx.execute(_DELETE_ALL, {"owner": instance_id})


def _to_timer(row: Row) -> Timer:
    return Timer(
        id=TimerId(row.id),
        instance_id=InstanceId(row.instance_id),
        token=row.token,
        element_id=row.element_id,
        due_at=row.due_at,
    )
