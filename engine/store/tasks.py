"""Queries about user tasks: one task, those of a case or person, what a step opened and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.node_content import CALLER
from engine.domain.user_task import (
    HELD_STATES,
    MOST_URGENT,
    OPEN_STATES,
    TaskId,
    TaskState,
    UserTask,
)
from engine.store.prepared import Prepared
from engine.store.tables import instance, task_draft, user_task, user_task_candidate
from engine.store.task_rows import EXCLUDED, GROUP, USER, read, to_tasks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from engine.domain.identity import User
    from engine.domain.instance import InstanceId
    from engine.store.database import Transaction


_OPEN = [state.value for state in OPEN_STATES]
_ALL = sa.select(*(column for column in user_task.c))
_ONE = Prepared(_ALL.where(user_task.c.id == parameter("id")))
_has_draft = sa.exists().where(
    task_draft.c.task_id == user_task.c.id, task_draft.c.user_id == parameter("user_id")
)
_ONE_AND_DRAFT = Prepared(
    _ALL.add_columns(_has_draft.label("has_draft")).where(user_task.c.id == parameter("id"))
)
_MANY = _ALL.where(user_task.c.id.in_(parameter("ids", expanding=True))).order_by(user_task.c.id)
_OPEN_IN = Prepared(
    _ALL.where(
        user_task.c.instance_id == parameter("instance_id"),
        sa.or_(*(user_task.c.state == state for state in _OPEN)),
    ).order_by(user_task.c.created_at, user_task.c.id)
)
_HELD = _ALL.where(
    user_task.c.claimed_by == parameter("user_id"),
    user_task.c.state.in_([state.value for state in HELD_STATES]),
)
_CLAIMED = _HELD.order_by(user_task.c.rank, user_task.c.created_at, user_task.c.id).limit(
    parameter("most")
)
_DONE_BY = (
    sa.select(user_task.c.element_id, user_task.c.ended_by)
    .where(
        user_task.c.instance_id == parameter("instance_id"),
        user_task.c.element_id.in_(parameter("elements", expanding=True)),
        user_task.c.state == TaskState.COMPLETED.value,
        user_task.c.ended_by.is_not(None),
    )
    .order_by(user_task.c.ended_at, user_task.c.id)
)
_CALLER = sa.select(instance.c.parent_id).where(instance.c.id == parameter("instance_id"))
_NEXT_STEPS = (
    sa.select(user_task.c.id)
    .join(instance, instance.c.id == user_task.c.instance_id)
    .where(
        user_task.c.next_step_at <= parameter("now"),
        user_task.c.state.in_(_OPEN),
        instance.c.suspended_at.is_(None),
    )
    .order_by(user_task.c.next_step_at, user_task.c.id)
    .limit(parameter("most"))
)
_OPEN_OF_PROCESS = _ALL.where(
    user_task.c.process_key == parameter("process_key"),
    user_task.c.state.in_(_OPEN),
    user_task.c.due_at.is_not(None),
)
_INSERT = Prepared(
    sa.insert(user_task).returning(user_task.c.id),
    keys=tuple(
        column.name for column in user_task.c if column.name not in {"id", "ended_by", "ended_at"}
    ),
)
_INSERT_CANDIDATES = sa.insert(user_task_candidate)
_DELETE_CANDIDATES = sa.delete(user_task_candidate).where(
    user_task_candidate.c.task_id == parameter("of_task")
)
_UPDATE = Prepared(
    sa.update(user_task)
    .where(user_task.c.id == parameter("old_id"))
    .values(
        {name: parameter(f"new_{name}") for name in (
            "state", "claimed_by", "claimed_at", "appointed_by", "ended_by", "ended_at",
            "rank", "due_at", "follow_up_at", "escalated", "next_step_at",
        )}
    )
)  # fmt: skip
_UPDATE_OFFER = (
    sa.update(user_task)
    .where(user_task.c.id == parameter("old_id"))
    .values(
        candidate_group=parameter("new_group"),
        is_restricted=parameter("new_restricted"),
        has_exclusions=parameter("new_exclusions"),
    )
)
_CANCEL = (
    sa.update(user_task)
    .where(
        user_task.c.instance_id == parameter("owner"),
        user_task.c.token == parameter("old_token"),
        sa.or_(*(user_task.c.state == state for state in _OPEN)),  # in_() takes no many rows
    )
    .values(
        state=TaskState.CANCELLED.value, ended_by=parameter("ender"), ended_at=parameter("ended")
    )
)


def get(tx: Transaction, task_id: int) -> UserTask | None:
    """Return a user task."""
    return next(iter(to_tasks(tx, _ONE.rows(tx, {"id": task_id}))), None)


def get_with_draft(tx: Transaction, task_id: int, user_id: str) -> tuple[UserTask | None, bool]:
    """Return a user task, and whether a person has a draft of it."""
    rows = _ONE_AND_DRAFT.rows(tx, {"id": task_id, "user_id": user_id})
    return next(iter(to_tasks(tx, rows)), None), any(row.has_draft for row in rows)


def get_many(tx: Transaction, task_ids: Sequence[int]) -> list[UserTask]:
    """Return these user tasks in the order in which they were opened."""
    return read(tx, _MANY, {"ids": list(task_ids)})


def open_in(tx: Transaction, instance_id: int) -> list[UserTask]:
    """Return the open user tasks of an instance, oldest first."""
    return to_tasks(tx, _OPEN_IN.rows(tx, {"instance_id": instance_id}))


def claimed_by(tx: Transaction, user: User, *, limit: int) -> list[UserTask]:
    """Return what a person holds, the most urgent first, then the oldest."""
    return read(tx, _CLAIMED, {"user_id": user.id, "most": limit})


def held_by(tx: Transaction, user_id: str) -> list[UserTask]:
    """Return everything that a person holds."""
    return read(tx, _HELD, {"user_id": user_id})


def open_of_process(tx: Transaction, process_key: str) -> list[UserTask]:
    """Return the open tasks of a process that have a due date."""
    return read(tx, _OPEN_OF_PROCESS, {"process_key": process_key})


def done_by(
    tx: Transaction, instance_id: int, elements: Collection[str], *, caller_id: int | None = None
) -> dict[str, str]:
    """Return who last completed these tasks in a case, by element.

    Those that begin with CALLER are looked for in the case that called it, and so on upwards;
    of a case that is not stored yet the caller is handed in.
    """
    above = {element for element in elements if element.startswith(CALLER)}
    own = [element for element in elements if element not in above]
    rows = tx.execute(_DONE_BY, {"instance_id": instance_id, "elements": own}) if own else ()
    found = {row.element_id: row.ended_by for row in rows}
    if above:
        caller_id = caller_id or _caller(tx, instance_id)
    while above and caller_id is not None:
        done = done_by(tx, caller_id, [element.removeprefix(CALLER) for element in above])
        found |= {CALLER + element: person for element, person in done.items()}
        above -= found.keys()
        caller_id = _caller(tx, caller_id)
    return found


def _caller(tx: Transaction, instance_id: int) -> int | None:
    found: int | None = tx.execute(_CALLER, {"instance_id": instance_id}).scalar_one_or_none()
    return found


def with_step_due(tx: Transaction, *, at: datetime, limit: int) -> list[int]:
    """Return the tasks whose next step of the escalation ladder is due, the longest due first."""
    return list(tx.execute(_NEXT_STEPS, {"now": at, "most": limit}).scalars())


def insert(tx: Transaction, new: UserTask, *, instance_id: InstanceId) -> TaskId:
    """Store a new task of an instance; its id is given here."""
    row = {
        "instance_id": instance_id,
        "definition_id": new.definition_id,
        "process_key": new.process_key,
        "business_key": new.business_key,
        "token": new.token,
        "element_id": new.element_id,
        "name": new.name,
        "lane": new.lane,
        "form_key": new.form_key,
        "state": new.state.value,
        "created_at": new.created_at,
        "claimed_by": new.claimed_by,
        "claimed_at": new.claimed_at,
        "appointed_by": new.appointed_by,
        "rank": MOST_URGENT - new.priority,
        "due_at": new.due_at,
        "follow_up_at": new.follow_up_at,
        "escalated": new.escalated,
        "next_step_at": new.next_step_at,
        **_offer(new),
    }
    task_id = TaskId(_INSERT.one(tx, row).id)
    _insert_candidates(tx, task_id, new)
    return task_id


def update(tx: Transaction, task: UserTask) -> None:
    """Store who holds or ended a task, and how urgent it is."""
    changes = {
        "old_id": task.id,
        "new_state": task.state.value,
        "new_claimed_by": task.claimed_by,
        "new_claimed_at": task.claimed_at,
        "new_appointed_by": task.appointed_by,
        "new_ended_by": task.ended_by,
        "new_ended_at": task.ended_at,
        "new_rank": MOST_URGENT - task.priority,
        "new_due_at": task.due_at,
        "new_follow_up_at": task.follow_up_at,
        "new_escalated": task.escalated,
        "new_next_step_at": task.next_step_at,
    }
    _UPDATE.run(tx, changes)


def update_candidates(tx: Transaction, task: UserTask) -> None:
    """Store whom a task is offered to."""
    offer = _offer(task)
    changes = {
        "old_id": task.id,
        "new_group": offer["candidate_group"],
        "new_restricted": offer["is_restricted"],
        "new_exclusions": offer["has_exclusions"],
    }
    tx.execute(_UPDATE_OFFER, changes)
    tx.execute(_DELETE_CANDIDATES, {"of_task": task.id})
    _insert_candidates(tx, task.id, task)


def _offer(task: UserTask) -> dict[str, object]:
    """Return the columns that say who may take a task, before any look at its candidates."""
    people = task.candidates
    is_restricted = task.candidate_group is None and bool(people.groups or people.users)
    return {
        "candidate_group": task.candidate_group,
        "is_restricted": is_restricted,
        "has_exclusions": bool(people.excluded),
    }


def _insert_candidates(tx: Transaction, task_id: TaskId, task: UserTask) -> None:
    people = task.candidates
    kinds = {USER: people.users, EXCLUDED: people.excluded}
    if task.candidate_group is None:
        kinds[GROUP] = people.groups
    rows = [
        {"task_id": task_id, "kind": kind, "principal": principal}
        for kind, principals in kinds.items()
        for principal in sorted(principals)
    ]
    if rows:
        tx.execute(_INSERT_CANDIDATES, rows)


def cancel(
    tx: Transaction, instance_id: int, tokens: Iterable[str], *, by: str | None, at: datetime
) -> None:
    """Withdraw open tasks of an instance."""
    rows = [
        {"owner": instance_id, "old_token": token, "ender": by, "ended": at} for token in tokens
    ]
    if rows:
        tx.execute(_CANCEL, rows)
