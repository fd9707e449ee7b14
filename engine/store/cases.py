"""Queries for lists of process instances: what a person may see, filtered, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.domain.instance import InstanceState
from engine.store.instance_rows import ALL, to_instance
from engine.store.tables import instance, user_task
from engine.store.vault import contains

if TYPE_CHECKING:
    from engine.domain.identity import User
    from engine.domain.instance import ProcessInstance
    from engine.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Filters:
    """Which instances to list; ``before`` is the id of the last one of the page before."""

    process_key: str | None = None
    state: InstanceState | None = None
    text: str | None = None
    limit: int = 50
    before: int | None = None


def count(tx: Transaction, process_key: str | None) -> dict[InstanceState, int]:
    """Return the number of instances in each state."""
    query = sa.select(instance.c.state, sa.func.count()).group_by(instance.c.state)
    rows = tx.execute(query.where(instance.c.process_key == process_key) if process_key else query)
    counted = {InstanceState(state): number for state, number in rows}
    return {state: counted.get(state, 0) for state in InstanceState}


def page(tx: Transaction, filters: Filters, *, visible_to: User) -> list[ProcessInstance]:
    """Return one page of instances, newest first."""
    conditions = [*_conditions(filters, visible_to)]
    if not visible_to.may_manage():
        conditions.append(_is_visible_to(visible_to))
    newest_first = ALL.order_by(instance.c.started_at.desc(), instance.c.id.desc())
    rows = tx.execute(newest_first.where(*conditions).limit(filters.limit))
    return [to_instance(row) for row in rows]


def is_visible(tx: Transaction, instance_id: int, user: User) -> bool:
    """Return whether a person who does not manage has to do with an instance."""
    query = sa.select(instance.c.id).where(instance.c.id == instance_id, _is_visible_to(user))
    return tx.execute(query).first() is not None


def _conditions(filters: Filters, user: User) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if filters.process_key is not None:
        conditions.append(instance.c.process_key == filters.process_key)
    if filters.state is not None:
        conditions.append(instance.c.state == filters.state.value)
    if filters.text:
        found = instance.c.search_text.contains(filters.text.casefold(), autoescape=True)
        if user.may_see_personal_values():
            found = sa.or_(found, instance.c.id.in_(contains(filters.text)))
        conditions.append(found)
    if filters.before is not None:
        last = instance.alias("last")
        place = sa.select(last.c.started_at, last.c.id).where(last.c.id == filters.before)
        conditions.append(sa.tuple_(instance.c.started_at, instance.c.id) < place.scalar_subquery())
    return conditions


def _is_visible_to(user: User) -> sa.ColumnElement[bool]:
    """Return the condition that the person started the case, or works in one of its lanes."""
    group = user_task.c.candidate_group
    works_on_it = sa.exists().where(
        user_task.c.instance_id == instance.c.id,
        sa.or_(
            group.in_(sorted(user.groups)),
            group.is_(None),
            user_task.c.claimed_by == user.id,
            user_task.c.ended_by == user.id,
        ),
    )
    return sa.or_(instance.c.started_by == user.id, works_on_it)
