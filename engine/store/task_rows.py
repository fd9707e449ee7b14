"""From rows of user tasks, and of their candidates, to the tasks that the engine knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.identity import UserId
from engine.domain.instance import DefinitionId, InstanceId
from engine.domain.user_task import MOST_URGENT, Candidates, TaskId, TaskState, UserTask
from engine.store.tables import user_task_candidate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.store.database import Transaction
    from engine.store.types import Row

GROUP, USER, EXCLUDED = "group", "user", "excluded"  # kinds of candidates

_CANDIDATES = sa.select(user_task_candidate).where(
    user_task_candidate.c.task_id.in_(parameter("ids", expanding=True))
)


def read(tx: Transaction, query: sa.Executable, parameters: dict[str, object]) -> list[UserTask]:
    """Return the tasks that a query over the whole table finds, with their candidates."""
    return to_tasks(tx, tx.execute(query, parameters).all())


def to_tasks(tx: Transaction, rows: Sequence[Row]) -> list[UserTask]:
    """Return the tasks in whole rows of the table, with their candidates."""
    named = [row.id for row in rows if row.is_restricted or row.has_exclusions]
    found: dict[int, dict[str, set[str]]] = {}
    if named:
        for row in tx.execute(_CANDIDATES, {"ids": named}):
            found.setdefault(row.task_id, {}).setdefault(row.kind, set()).add(row.principal)
    return [_to_task(row, found.get(row.id, {})) for row in rows]


def _to_task(row: Row, named: Mapping[str, set[str]]) -> UserTask:
    groups = {row.candidate_group} if row.candidate_group is not None else named.get(GROUP, ())
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
        candidates=Candidates(
            frozenset(groups), frozenset(named.get(USER, ())), frozenset(named.get(EXCLUDED, ()))
        ),
        form_key=row.form_key,
        state=TaskState(row.state),
        created_at=row.created_at,
        claimed_by=_to_user_id(row.claimed_by),
        claimed_at=row.claimed_at,
        appointed_by=row.appointed_by,
        ended_by=_to_user_id(row.ended_by),
        ended_at=row.ended_at,
        priority=MOST_URGENT - row.rank,
        due_at=row.due_at,
        follow_up_at=row.follow_up_at,
        escalated=row.escalated,
        next_step_at=row.next_step_at,
    )


def _to_user_id(text: str | None) -> UserId | None:
    return UserId(text) if text is not None else None
