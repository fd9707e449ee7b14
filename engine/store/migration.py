"""Queries that move what a case waits for to another version, and back again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import InstanceState
from engine.store.tables import incident, instance, job, migration_undo, subscription, user_task
from engine.store.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.domain.user_task import UserTask
    from engine.store.database import Transaction
    from engine.store.types import Row

_WAITING = (job, subscription)  # whose rows come and go with a migration
_NAMED = (job, subscription, incident)  # whose rows name an element
_PLACE = ("definition_id", "element_id", "name", "lane", "form_key")
_PLACES = sa.select(user_task.c.id, *(user_task.c[name] for name in _PLACE)).where(
    user_task.c.instance_id == parameter("owner")
)
_REPLACE_TASK = (
    sa.update(user_task)
    .where(user_task.c.id == parameter("old_id"))
    .values({name: parameter(f"new_{name}") for name in _PLACE})
)
_SET_DEFINITION = (
    sa.update(instance)
    .where(instance.c.id == parameter("old_id"))
    .values(definition_id=parameter("new_definition"))
)
_RENAME = {
    table.name: sa.update(table)
    .where(table.c.instance_id == parameter("owner"), table.c.element_id == parameter("old"))
    .values(element_id=parameter("new"))
    for table in _NAMED
}
_UNDO = sa.select(migration_undo).where(migration_undo.c.instance_id == parameter("owner"))
_FORGET = sa.delete(migration_undo).where(migration_undo.c.instance_id == parameter("owner"))
_IS_LAST = sa.exists().where(
    instance.c.id == migration_undo.c.instance_id,
    instance.c.version == migration_undo.c.version,
    instance.c.state == InstanceState.ACTIVE.value,
)
_RUNNING = (
    sa.select(instance.c.id)
    .where(
        instance.c.definition_id == parameter("definition"),
        instance.c.state == InstanceState.ACTIVE.value,
    )
    .order_by(instance.c.id)
)


@dataclass(frozen=True, slots=True)
class Before:
    """A case as it was before it moved, until its next command."""

    version: int  # of the case right after it moved
    definition_id: int
    tokens: bytes
    visits: Mapping[str, str]  # token → element
    rows: Mapping[str, list[dict[str, object]]]  # table → rows


def running_on(tx: Transaction, definition_id: int) -> list[int]:
    """Return the running cases of a version, oldest first."""
    return list(tx.execute(_RUNNING, {"definition": definition_id}).scalars())


def set_definition(tx: Transaction, instance_id: int, definition_id: int) -> None:
    """Store which version a case is of."""
    tx.execute(_SET_DEFINITION, {"old_id": instance_id, "new_definition": definition_id})


def rename(tx: Transaction, instance_id: int, mapping: Mapping[str, str]) -> None:
    """Let what a case waits for, and what went wrong, name the elements of a new version.

    In two steps over names that no element has, as a map may swap two elements.
    """
    steps = [
        *((old, f" {place}") for place, old in enumerate(mapping)),
        *((f" {place}", new) for place, new in enumerate(mapping.values())),
    ]
    rows = [{"owner": instance_id, "old": old, "new": new} for old, new in steps]
    for table in _NAMED if rows else ():
        for row in rows:
            tx.execute(_RENAME[table.name], row)


def replace_tasks(tx: Transaction, tasks: Iterable[UserTask]) -> None:
    """Store where tasks stand in a new version; who holds them and until when stays."""
    rows = [
        {"old_id": task.id, **{f"new_{name}": getattr(task, name) for name in _PLACE}}
        for task in tasks
    ]
    if rows:
        tx.execute(_REPLACE_TASK, rows)


def snapshot(tx: Transaction, instance_id: int) -> dict[str, list[dict[str, object]]]:
    """Return the rows of what a case waits for, to be restored."""
    found = {
        str(table.name): _rows(tx, sa.select(table).where(table.c.instance_id == instance_id))
        for table in _WAITING
    }
    found[str(user_task.name)] = _rows(tx, _PLACES, owner=instance_id)
    names = sa.select(incident.c.id, incident.c.element_id)
    found[str(incident.name)] = _rows(tx, names.where(incident.c.instance_id == instance_id))
    return found


def restore(tx: Transaction, instance_id: int, rows: Mapping[str, Any]) -> None:
    """Let a case wait for what it waited for before."""
    for table in _WAITING:
        tx.execute(sa.delete(table).where(table.c.instance_id == instance_id))
        old = [_moments(table, row) for row in rows[table.name]]
        if old:
            tx.execute(sa.insert(table), old)
    places = [
        {"old_id": row["id"], **{f"new_{name}": row[name] for name in _PLACE}}
        for row in rows[user_task.name]
    ]
    if places:
        tx.execute(_REPLACE_TASK, places)
    for row in rows[incident.name]:
        is_it = incident.c.id == row["id"]
        tx.execute(sa.update(incident).where(is_it).values(element_id=row["element_id"]))


def remember(tx: Transaction, instance_id: int, before: Before) -> None:
    """Store how a case was before it moved."""
    forget(tx, instance_id)
    kept = {"visits": before.visits, "rows": before.rows}
    row = {
        "instance_id": instance_id,
        "version": before.version,
        "definition_id": before.definition_id,
        "tokens": before.tokens,
        "open_rows": orjson.dumps(kept).decode(),
    }
    tx.execute(sa.insert(migration_undo), row)


def before(tx: Transaction, instance_id: int) -> Before | None:
    """Return how a case was before it moved, if that is still known."""
    row = tx.execute(_UNDO, {"owner": instance_id}).one_or_none()
    if row is None:
        return None
    kept = orjson.loads(row.open_rows)
    return Before(row.version, row.definition_id, row.tokens, kept["visits"], kept["rows"])


def forget(tx: Transaction, instance_id: int) -> None:
    """Forget how a case was before it moved."""
    tx.execute(_FORGET, {"owner": instance_id})


def forget_old(tx: Transaction) -> int:
    """Forget how cases were that have gone on since, and return how many."""
    return tx.execute(sa.delete(migration_undo).where(~_IS_LAST)).rowcount


def _rows(tx: Transaction, query: sa.Select[Any], **parameters: object) -> list[dict[str, object]]:
    found: Iterable[Row] = tx.execute(query, parameters)
    return [{str(name): value for name, value in row._mapping.items()} for row in found]  # noqa: SLF001 -- public, says its documentation


def _moments(table: sa.Table, row: Mapping[str, Any]) -> dict[str, object]:
    """Return a row from JSON with its moments as such."""
    return {
        name: datetime.fromisoformat(value)
        if value is not None and isinstance(table.c[name].type, UtcDateTime)
        else value
        for name, value in row.items()
    }
