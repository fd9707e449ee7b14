"""Queries about subscriptions: who waits for a message or signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import DefinitionId, InstanceId
from engine.domain.message import Subscription, SubscriptionId
from engine.store.tables import instance, subscription

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.domain.message import Message
    from engine.store.database import Transaction
    from engine.store.types import Row

_ALL = sa.select(*subscription.c, instance.c.business_key).outerjoin(
    instance, instance.c.id == subscription.c.instance_id
)
_ONE = _ALL.where(subscription.c.id == parameter("id"))
_NAMED = _ALL.where(
    subscription.c.kind == parameter("kind"), subscription.c.name == parameter("name")
)
# Who waits without a key of its own is told apart by the business key of its case.
_IS_KEYED = sa.or_(
    subscription.c.key == parameter("key"),
    sa.and_(subscription.c.key.is_(None), instance.c.business_key == parameter("key")),
)
_OF_CASES = subscription.c.instance_id.is_not(None)
_MATCHING = _NAMED.where(_OF_CASES, _IS_KEYED).order_by(subscription.c.id)
_UNKEYED = _NAMED.where(_OF_CASES).order_by(subscription.c.id)
_STARTS = _NAMED.where(subscription.c.definition_id.is_not(None)).order_by(subscription.c.id)
_OF_INSTANCE = _ALL.where(subscription.c.instance_id == parameter("owner")).order_by(
    subscription.c.id
)
_NEXT = (
    _NAMED.where(subscription.c.id > parameter("after"), subscription.c.id <= parameter("last"))
    .order_by(subscription.c.id)
    .limit(parameter("most"))
)
_LAST_ID = sa.select(sa.func.coalesce(sa.func.max(subscription.c.id), 0))
_INSERT = sa.insert(subscription)
_DELETE = sa.delete(subscription).where(
    subscription.c.instance_id == parameter("owner"), subscription.c.token == parameter("old_token")
)
_DELETE_ALL = sa.delete(subscription).where(subscription.c.instance_id == parameter("owner"))
_DELETE_STARTS = sa.delete(subscription).where(
    subscription.c.definition_id.in_(parameter("definitions", expanding=True))
)


def get(tx: Transaction, subscription_id: int) -> Subscription | None:
    """Return a subscription that still waits."""
    row = tx.execute(_ONE, {"id": subscription_id}).one_or_none()
    return _to_subscription(row) if row else None


def matching(tx: Transaction, sent: Message, *, limit: int = 10) -> list[Subscription]:
    """Return the tokens that wait for a message: of its key, or any if it has none."""
    wanted = {"kind": sent.kind, "name": sent.name}
    query = _MATCHING if sent.key else _UNKEYED
    rows = tx.execute(query.limit(limit), {**wanted, "key": sent.key} if sent.key else wanted)
    return [_to_subscription(row) for row in rows]


def starts(tx: Transaction, kind: str, name: str) -> list[Subscription]:
    """Return the start events that wait for a message or signal."""
    rows = tx.execute(_STARTS, {"kind": kind, "name": name})
    return [_to_subscription(row) for row in rows]


def of_instance(tx: Transaction, instance_id: int) -> list[Subscription]:
    """Return what the tokens of an instance wait for."""
    return [_to_subscription(row) for row in tx.execute(_OF_INSTANCE, {"owner": instance_id})]


def following(tx: Transaction, sent: Message, *, limit: int) -> list[Subscription]:
    """Return the next receivers of a signal, from where it stands."""
    wanted = {"kind": sent.kind, "name": sent.name, "most": limit}
    place = {"after": sent.position, "last": sent.last_position}
    return [_to_subscription(row) for row in tx.execute(_NEXT, {**wanted, **place})]


def last_id(tx: Transaction) -> int:
    """Return the id of the newest subscription, whose ids only grow."""
    return int(tx.execute(_LAST_ID).scalar_one())


def insert(tx: Transaction, new: Sequence[Subscription]) -> None:
    """Store subscriptions; their ids are given by the database."""
    rows = [
        {
            "instance_id": one.instance_id,
            "definition_id": one.definition_id,
            "token": one.token,
            "element_id": one.element_id,
            "kind": one.kind,
            "name": one.name,
            "key": one.key,
        }
        for one in new
    ]
    if rows:
        tx.execute(_INSERT, rows)


def delete(tx: Transaction, instance_id: int, tokens: Iterable[str]) -> None:
    """Forget what tokens waited for."""
    rows = [{"owner": instance_id, "old_token": token} for token in tokens]
    if rows:
        tx.execute(_DELETE, rows)


def delete_all(tx: Transaction, instance_id: int) -> None:
    """Forget everything an instance waited for."""
    tx.execute(_DELETE_ALL, {"owner": instance_id})


def delete_starts(tx: Transaction, definition_ids: Sequence[int]) -> None:
    """Forget what would start cases of these definitions."""
    if definition_ids:
        tx.execute(_DELETE_STARTS, {"definitions": list(definition_ids)})


def _to_subscription(row: Row) -> Subscription:
    return Subscription(
        id=SubscriptionId(row.id),
        token=row.token,
        element_id=row.element_id,
        kind=row.kind,
        name=row.name,
        key=row.key,
        instance_id=None if row.instance_id is None else InstanceId(row.instance_id),
        definition_id=None if row.definition_id is None else DefinitionId(row.definition_id),
        business_key=row.business_key,
    )
