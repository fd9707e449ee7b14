"""Queries about cases that stand still: their jobs are put aside, and taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.job import Work
from engine.domain.user_task import OPEN_STATES
from engine.store.tables import instance, job, user_task
from engine.store.types import UtcDateTime

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from engine.store.database import Transaction

_MARK = (
    sa.update(instance)
    .where(instance.c.id == parameter("old_id"))
    .values(suspended_at=parameter("since"))
)
_IS_LEASED = job.c.lease_owner.is_not(None)
# Whoever does a job right now loses his lease, and what he brings comes too late: the job is
# done again when the case is resumed.
_PAUSE = (
    sa.update(job)
    .where(job.c.instance_id == parameter("owner"), job.c.next_try_at.is_not(None))
    .values(
        paused_try_at=sa.case(
            (_IS_LEASED, parameter("now", type_=UtcDateTime)), else_=job.c.next_try_at
        ),
        attempts=sa.case((_IS_LEASED, job.c.attempts - 1), else_=job.c.attempts),
        next_try_at=None,
        lease_owner=None,
    )
)
_PAUSED = sa.select(job.c.id, job.c.kind, job.c.due_at, job.c.paused_try_at).where(
    job.c.instance_id == parameter("owner"), job.c.paused_try_at.is_not(None)
)
_TAKE_UP = (
    sa.update(job)
    .where(job.c.id == parameter("old_id"))
    .values(next_try_at=parameter("try_at"), due_at=parameter("due"), paused_try_at=None)
)
_DATES = (user_task.c.due_at, user_task.c.follow_up_at, user_task.c.next_step_at)
_OPEN_TASKS = sa.select(user_task.c.id, *_DATES).where(
    user_task.c.instance_id == parameter("owner"),
    user_task.c.state.in_([state.value for state in OPEN_STATES]),
    sa.or_(*(column.is_not(None) for column in _DATES)),
)
_MOVE_DATES = (
    sa.update(user_task)
    .where(user_task.c.id == parameter("old_id"))
    .values({column.name: parameter(f"new_{column.name}") for column in _DATES})
)


def mark(tx: Transaction, instance_id: int, since: datetime | None) -> None:
    """Store since when a case stands still; None: it goes on."""
    tx.execute(_MARK, {"old_id": instance_id, "since": since})


def pause_jobs(tx: Transaction, instance_id: int, *, at: datetime) -> None:
    """Put the jobs of a case aside, so that no worker takes them."""
    tx.execute(_PAUSE, {"owner": instance_id, "now": at})


def take_up_jobs(tx: Transaction, instance_id: int, *, shift: timedelta | None) -> None:
    """Let workers take the jobs of a case again; timers later by the shift, if there is one."""
    rows = []
    for row in tx.execute(_PAUSED, {"owner": instance_id}):
        later = shift if shift is not None and row.kind == Work.TIMER.value else None
        due, try_at = row.due_at, row.paused_try_at
        if later is not None:
            due, try_at = due + later, try_at + later
        rows.append({"old_id": row.id, "try_at": try_at, "due": due})
    if rows:
        tx.execute(_TAKE_UP, rows)


def shift_tasks(tx: Transaction, instance_id: int, shift: timedelta) -> None:
    """Let the dates of the open tasks of a case come later."""
    rows = [
        {
            "old_id": row.id,
            "new_due_at": row.due_at and row.due_at + shift,
            "new_follow_up_at": row.follow_up_at and row.follow_up_at + shift,
            "new_next_step_at": row.next_step_at and row.next_step_at + shift,
        }
        for row in tx.execute(_OPEN_TASKS, {"owner": instance_id})
    ]
    if rows:
        tx.execute(_MOVE_DATES, rows)
