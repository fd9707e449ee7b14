"""Queries about user tasks: the inbox, one task, what a step opened and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.identity import UserId
from engine.domain.instance import DefinitionId, InstanceId
from engine.domain.user_task import OPEN_STATES, TaskId, TaskState, UserTask
from engine.store.tables import user_task
from engine.store.types import inserted_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from engine.domain.identity import User
    from engine.store.database import Transaction
    from engine.store.types import Row

_OPEN = [state.value for state in OPEN_STATES]
_ALL = sa.select(
    user_task.c.id,
    user_task.c.instance_id,
    user_task.c.definition_id,
    user_task.c.process_key,
    user_task.c.business_key,
    user_task.c.token,
    user_task.c.element_id,
    user_task.c.name,
    user_task.c.lane,
    user_task.c.candidate_group,
    user_task.c.form_key,
    user_task.c.state,
    user_task.c.created_at,
    user_task.c.claimed_by,
    user_task.c.claimed_at,
    user_task.c.ended_by,
    user_task.c.ended_at,
)
_ONE = _ALL.where(user_task.c.id == parameter("id"))
_MANY = _ALL.where(user_task.c.id.in_(parameter("ids", expanding=True))).order_by(user_task.c.id)
_OPEN_IN = _ALL.where(
    user_task.c.instance_id == parameter("instance_id"), user_task.c.state.in_(_OPEN)
).order_by(user_task.c.created_at, user_task.c.id)
_CLAIMED = (
    _ALL.where(
        user_task.c.claimed_by == parameter("user_id"),
        user_task.c.state == TaskState.CLAIMED.value,
    )
    .order_by(user_task.c.created_at, user_task.c.id)
    .limit(parameter("most"))
)
_OFFERED = (
    _ALL.where(
        user_task.c.state == TaskState.OFFERED.value,
        user_task.c.candidate_group.in_(parameter("groups", expanding=True))
        | user_task.c.candidate_group.is_(None),
    )
    .order_by(user_task.c.created_at, user_task.c.id)
    .limit(parameter("most"))
)
_INSERT = sa.insert(user_task)
_UPDATE = (
    sa.update(user_task)
    .where(user_task.c.id == parameter("old_id"))
    .values(
        state=parameter("new_state"),
        claimed_by=parameter("claimer"),
        claimed_at=parameter("claimed"),
        ended_by=parameter("ender"),
        ended_at=parameter("ended"),
    )
)
_CANCEL = (
    sa.update(user_task)
    .where(
        user_task.c.instance_id == parameter("owner"),
        user_task.c.token == parameter("old_token"),
        user_task.c.state.in_(_OPEN),
    )
    .values(
        state=TaskState.CANCELLED.value, ended_by=parameter("ender"), ended_at=parameter("ended")
    )
)


def get(tx: Transaction, task_id: int) -> UserTask | None:
    """Return a user task."""
    row = tx.execute(_ONE, {"id": task_id}).one_or_none()
    return _to_task(row) if row else None


def get_many(tx: Transaction, task_ids: Sequence[int]) -> list[UserTask]:
    """Return these user tasks in the order in which they were opened."""
    return [_to_task(row) for row in tx.execute(_MANY, {"ids": list(task_ids)})]


def open_in(tx: Transaction, instance_id: int) -> list[UserTask]:
    """Return the open user tasks of an instance, oldest first."""
    return [_to_task(row) for row in tx.execute(_OPEN_IN, {"instance_id": instance_id})]


def claimed_by(tx: Transaction, user: User, *, limit: int) -> list[UserTask]:
    """Return what a person has claimed, oldest first."""
    rows = tx.execute(_CLAIMED, {"user_id": user.id, "most": limit})
    return [_to_task(row) for row in rows]


def offered_to(tx: Transaction, user: User, *, limit: int) -> list[UserTask]:
    """Return what is offered to a person's groups or to everybody, oldest first."""
    rows = tx.execute(_OFFERED, {"groups": sorted(user.groups), "most": limit})
    return [_to_task(row) for row in rows]


def insert(tx: Transaction, new: UserTask) -> TaskId:
    """Store a new task; its id is given here."""
    row = {
        "instance_id": new.instance_id,
        "definition_id": new.definition_id,
        "process_key": new.process_key,
        "business_key": new.business_key,
        "token": new.token,
        "element_id": new.element_id,
        "name": new.name,
        "lane": new.lane,
        "candidate_group": new.candidate_group,
        "form_key": new.form_key,
        "state": new.state.value,
        "created_at": new.created_at,
    }
    return TaskId(inserted_id(tx.execute(_INSERT, row)))


def update(tx: Transaction, task: UserTask) -> None:
    """Store who holds or ended a task."""
    changes = {
        "old_id": task.id,
        "new_state": task.state.value,
        "claimer": task.claimed_by,
        "claimed": task.claimed_at,
        "ender": task.ended_by,
        "ended": task.ended_at,
    }
    tx.execute(_UPDATE, changes)


def cancel(
    tx: Transaction, instance_id: int, tokens: Iterable[str], *, by: str | None, at: datetime
) -> None:
    """Withdraw open tasks of an instance."""
    rows = [
        {"owner": instance_id, "old_token": token, "ender": by, "ended": at} for token in tokens
    ]
    if rows:
        tx.execute(_CANCEL, rows)


def _to_task(row: Row) -> UserTask:
    return UserTask(
        id=TaskId(row.id),
        instance_id=InstanceId(row.instance_id),
        definition_id=DefinitionId(row.definition_id),
        process_key=row.process_key,
        business_key=row.business_key,
        token=row.token,
        element_id=row.element_id,
        name=row.name,
        lane=row.lane,
        candidate_group=row.candidate_group,
        form_key=row.form_key,
        state=TaskState(row.state),
        created_at=row.created_at,
        claimed_by=_to_user_id(row.claimed_by),
        claimed_at=row.claimed_at,
        ended_by=_to_user_id(row.ended_by),
        ended_at=row.ended_at,
    )


def _to_user_id(text: str | None) -> UserId | None:
    return UserId(text) if text is not None else None
