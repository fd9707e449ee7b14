"""Queries about bulk operations: store one, take its items one by one, count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.bulk import BulkItem, BulkKind, BulkOperation, BulkState, ItemState
from engine.domain.instance import InstanceState
from engine.store.tables import bulk_item, bulk_operation, definition, instance
from engine.store.types import from_json, inserted_id, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.domain.bulk import BulkRequest
    from engine.store.database import Transaction
    from engine.store.types import Row

_ONE = sa.select(bulk_operation).where(bulk_operation.c.id == parameter("id"))
_NEWEST = sa.select(bulk_operation).order_by(bulk_operation.c.id.desc()).limit(parameter("most"))
_NEXT = (
    sa.select(bulk_operation.c.id)
    .where(bulk_operation.c.state == BulkState.RUNNING.value)
    .order_by(bulk_operation.c.id)
)
_COUNT = (
    sa.select(bulk_item.c.state, sa.func.count())
    .where(bulk_item.c.operation_id == parameter("id"))
    .group_by(bulk_item.c.state)
)
_ITEMS = (
    sa.select(bulk_item)
    .where(bulk_item.c.operation_id == parameter("id"), bulk_item.c.position > parameter("after"))
    .order_by(bulk_item.c.position)
    .limit(parameter("most"))
)
_IS_WAITING = sa.and_(
    bulk_item.c.operation_id == parameter("id"), bulk_item.c.state == ItemState.WAITING.value
)
# Whoever works at an item holds it until its result is stored; others take the next.
_TAKE = (
    sa.select(bulk_item)
    .where(_IS_WAITING)
    .order_by(bulk_item.c.position)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_ANY_WAITING = sa.select(bulk_item.c.position).where(_IS_WAITING).limit(1)
_FINISH_ITEM = (
    sa.update(bulk_item)
    .where(
        bulk_item.c.operation_id == parameter("operation"),
        bulk_item.c.position == parameter("place"),
        bulk_item.c.state == ItemState.WAITING.value,
    )
    .values(state=parameter("new_state"), result=parameter("words"), ended_at=parameter("at"))
)
_SKIP_REST = (
    sa.update(bulk_item)
    .where(
        bulk_item.c.operation_id == parameter("operation"),
        bulk_item.c.state == ItemState.WAITING.value,
    )
    .values(state=ItemState.SKIPPED.value, ended_at=parameter("at"))
)
_END = (
    sa.update(bulk_operation)
    .where(
        bulk_operation.c.id == parameter("operation"),
        bulk_operation.c.state == BulkState.RUNNING.value,
    )
    .values(state=parameter("new_state"), ended_at=parameter("at"))
)


def running_cases(tx: Transaction, process_key: str, version: int | None) -> list[int]:
    """Return the running cases of a process (or of one version of it), oldest first."""
    query = sa.select(instance.c.id).where(
        instance.c.process_key == process_key, instance.c.state == InstanceState.ACTIVE.value
    )
    if version is not None:
        is_of_version = definition.c.version == version
        query = query.join(definition, definition.c.id == instance.c.definition_id).where(
            is_of_version
        )
    return list(tx.execute(query.order_by(instance.c.id)).scalars())


def insert(
    tx: Transaction, wanted: BulkRequest, targets: Iterable[int], *, at: datetime, by: str
) -> int:
    """Store an operation with its items and return its number."""
    row = {
        "kind": wanted.kind.value,
        "arguments": to_json(wanted.arguments),
        "reason": wanted.reason,
        "state": BulkState.RUNNING.value,
        "requested_at": at,
        "requested_by": by,
    }
    number = inserted_id(tx.execute(sa.insert(bulk_operation), row))
    items = [
        {
            "operation_id": number,
            "position": position,
            "target_id": target,
            "state": ItemState.WAITING.value,
        }
        for position, target in enumerate(targets, 1)
    ]
    if items:
        tx.execute(sa.insert(bulk_item), items)
    return number


def get(tx: Transaction, number: int) -> BulkOperation | None:
    """Return an operation and how far it is."""
    row = tx.execute(_ONE, {"id": number}).one_or_none()
    return _to_operation(tx, row) if row else None


def newest(tx: Transaction, *, limit: int) -> list[BulkOperation]:
    """Return the newest operations."""
    rows = tx.execute(_NEWEST, {"most": limit}).all()
    return [_to_operation(tx, row) for row in rows]


def running(tx: Transaction) -> list[int]:
    """Return the operations that are not done, oldest first."""
    return list(tx.execute(_NEXT).scalars())


def items(tx: Transaction, number: int, *, after: int, limit: int) -> list[BulkItem]:
    """Return items of an operation in their order, behind a position."""
    rows = tx.execute(_ITEMS, {"id": number, "after": after, "most": limit})
    return [_to_item(row) for row in rows]


def take(tx: Transaction, number: int) -> BulkItem | None:
    """Return the next item nobody works at, held until the end of the transaction."""
    row = tx.execute(_TAKE, {"id": number}).one_or_none()
    return _to_item(row) if row else None


def finish_item(
    tx: Transaction, number: int, position: int, state: ItemState, words: str, *, at: datetime
) -> None:
    """Store what became of an item."""
    row = {"operation": number, "place": position, "new_state": state.value, "words": words}
    tx.execute(_FINISH_ITEM, {**row, "at": at})


def end_if_over(tx: Transaction, number: int, *, at: datetime) -> None:
    """Store that an operation is done if no item waits any more."""
    if tx.execute(_ANY_WAITING, {"id": number}).first() is None:
        tx.execute(_END, {"operation": number, "new_state": BulkState.DONE.value, "at": at})


def stop(tx: Transaction, number: int, *, at: datetime) -> None:
    """Skip the items of an operation that nobody has begun, and end it."""
    tx.execute(_SKIP_REST, {"operation": number, "at": at})
    tx.execute(_END, {"operation": number, "new_state": BulkState.STOPPED.value, "at": at})


def _to_operation(tx: Transaction, row: Row) -> BulkOperation:
    counted = {ItemState(state): number for state, number in tx.execute(_COUNT, {"id": row.id})}
    return BulkOperation(
        id=row.id,
        kind=BulkKind(row.kind),
        arguments=from_json(row.arguments),
        reason=row.reason,
        state=BulkState(row.state),
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        ended_at=row.ended_at,
        counts={state: counted.get(state, 0) for state in ItemState},
    )


def _to_item(row: Row) -> BulkItem:
    return BulkItem(row.target_id, ItemState(row.state), row.result, row.position, row.ended_at)
