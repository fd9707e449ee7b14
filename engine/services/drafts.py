"""Use cases about drafts: what a person has typed into a form is not lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import users
from engine.store import drafts, tasks
from engine.store.types import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.services.context import Context
    from engine.store.database import Transaction

LARGEST_BYTES = 256 * 1024
KEPT_FOR = timedelta(days=90)


def save(context: Context, task_id: int, values: Mapping[str, object], *, by: str) -> datetime:
    """Store what a person has typed so far, right or wrong, and return when."""
    _ensure_small(values)

    def work(tx: Transaction) -> datetime:
        _ensure_visible(tx, task_id, by)
        now = context.clock.now()
        drafts.save(tx, task_id, by, values, at=now)
        return now

    return context.database.run(work)


def get(context: Context, task_id: int, *, by: str) -> tuple[dict[str, object], datetime] | None:
    """Return the values a person typed into the form of a task, and when they were saved."""
    with context.database.reading() as tx:
        _ensure_visible(tx, task_id, by)
        return drafts.get(tx, task_id, by)


def discard(context: Context, task_id: int, *, by: str) -> None:
    """Forget what a person typed."""
    context.database.run(lambda tx: drafts.delete(tx, task_id, by))


def forget_old(context: Context) -> int:
    """Forget drafts that nobody touched for 90 days, and return how many."""
    before = context.clock.now() - KEPT_FOR
    return context.database.run(lambda tx: drafts.delete_old(tx, before=before))


def _ensure_visible(tx: Transaction, task_id: int, by: str) -> None:
    task = tasks.get(tx, task_id)
    if task is None:
        raise NotFound("task", task_id)
    task.ensure_visible(users.acting(tx, by))


def _ensure_small(values: Mapping[str, object]) -> None:
    try:
        size_bytes = len(canonical_json(values))
    except TypeError:
        size_bytes = LARGEST_BYTES + 1
    if size_bytes > LARGEST_BYTES:
        expected = f"JSON values of at most {LARGEST_BYTES // 1024} KB"
        raise InvalidForm({"values": FieldError("type", {"expected": expected})})
