"""Queries about the inbox: what is offered to a person, the most urgent first, then the oldest.

Each source of offers has an index of its own order, so that a person among many open tasks
reads only as many rows as they are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.user_task import TaskState
from engine.store.tables import user_task, user_task_candidate
from engine.store.task_rows import EXCLUDED, GROUP, USER, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.domain.identity import User
    from engine.domain.user_task import UserTask
    from engine.store.database import Transaction

_barred = user_task_candidate.alias("barred")
_IS_BARRED = sa.exists().where(
    _barred.c.task_id == user_task.c.id,
    _barred.c.kind == EXCLUDED,
    _barred.c.principal == parameter("user_id"),
)
_OFFERED = (
    sa.select(user_task)
    .where(
        user_task.c.state == TaskState.OFFERED.value,
        user_task.c.follow_up_at.is_(None) | (user_task.c.follow_up_at <= parameter("now")),
        sa.not_(user_task.c.has_exclusions) | sa.not_(_IS_BARRED),
    )
    .order_by(user_task.c.rank, user_task.c.id)
    .limit(parameter("most"))
)
_TO_GROUP = _OFFERED.where(user_task.c.candidate_group == parameter("principal"))
_TO_EVERYBODY = _OFFERED.where(
    user_task.c.candidate_group.is_(None), sa.not_(user_task.c.is_restricted)
)
_BY_NAME = _OFFERED.where(
    user_task.c.is_restricted,
    user_task.c.id.in_(
        sa.select(user_task_candidate.c.task_id).where(
            user_task_candidate.c.principal == parameter("principal"),
            user_task_candidate.c.kind == parameter("kind"),
        )
    ),
)


def offered_to(tx: Transaction, user: User, *, at: datetime, limit: int) -> list[UserTask]:
    """Return what a person may take now, the most urgent first, then the oldest."""
    found = {task.id: task for task in _offers(tx, user, at, limit)}
    urgent_first = sorted(found.values(), key=lambda task: (-task.priority, task.id))
    return urgent_first[:limit]


def _offers(tx: Transaction, user: User, at: datetime, limit: int) -> Iterator[UserTask]:
    common = {"user_id": user.id, "now": at, "most": limit}
    yield from read(tx, _TO_EVERYBODY, common)
    yield from read(tx, _BY_NAME, {**common, "kind": USER, "principal": user.id})
    for group in sorted(user.groups):
        yield from read(tx, _TO_GROUP, {**common, "principal": group})
        yield from read(tx, _BY_NAME, {**common, "kind": GROUP, "principal": group})
