"""Queries about messages and signals on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import InstanceId
from engine.domain.message import Message, MessageId, MessageState
from engine.store.tables import instance, message, subscription
from engine.store.types import from_json, inserted_id, to_json

if TYPE_CHECKING:
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row

_WAITING = MessageState.WAITING.value
_ALL = sa.select(message)
_ONE = _ALL.where(message.c.id == parameter("id"))
_LOCK = _ONE.with_for_update()
_FIND = _ALL.where(
    message.c.kind == parameter("kind"),
    message.c.name == parameter("name"),
    message.c.key == parameter("key"),
    message.c.message_id == parameter("message_id"),
)
_LISTED = (
    _ALL.where(message.c.state == parameter("state"))
    .order_by(message.c.published_at.desc(), message.c.id.desc())
    .limit(parameter("most"))
)
_INSERT = sa.insert(message)
_IS_THIS = message.c.id == parameter("old_id")
_END = (
    sa.update(message)
    .where(_IS_THIS)
    .values(
        state=parameter("new_state"), ended_at=parameter("at"), receiver_id=parameter("receiver")
    )
)
_NOTE = sa.update(message).where(_IS_THIS).values(last_error=parameter("error"))
_ADVANCE = (
    sa.update(message)
    .where(_IS_THIS, message.c.position < parameter("new_position"))
    .values(position=parameter("new_position"), receivers=message.c.receivers + parameter("more"))
)
_EXPIRE = (
    sa.update(message)
    .where(message.c.state == _WAITING, message.c.expires_at <= parameter("now"))
    .values(state=MessageState.UNDELIVERED.value, ended_at=parameter("now"))
)
_IS_ANY_OVER = sa.select(message.c.id).where(
    message.c.state == _WAITING, message.c.expires_at <= parameter("now")
)
# Both sides look for each other when they are stored; this finds those whose process ended
# before it could look.
_receiver = subscription.outerjoin(instance, instance.c.id == subscription.c.instance_id)
_MET = (
    sa.select(message.c.id)
    .where(
        message.c.state == _WAITING,
        message.c.kind == "message",
        message.c.last_error.is_(None),
        sa.exists()
        .select_from(_receiver)
        .where(
            subscription.c.kind == message.c.kind,
            subscription.c.name == message.c.name,
            sa.or_(
                message.c.key == "",
                subscription.c.definition_id.is_not(None),
                subscription.c.key == message.c.key,
                sa.and_(subscription.c.key.is_(None), instance.c.business_key == message.c.key),
            ),
        ),
    )
    .order_by(message.c.id)
    .limit(parameter("most"))
)
_WAITING_NAMED = (
    sa.select(message.c.id)
    .where(
        message.c.state == _WAITING,
        message.c.kind == "message",
        message.c.name == parameter("name"),
    )
    .order_by(message.c.id)
    .limit(parameter("most"))
)
_FORGET = sa.delete(message).where(
    message.c.state.in_((MessageState.DELIVERED.value, MessageState.DISCARDED.value)),
    message.c.ended_at < parameter("moment"),
)


def get(tx: Transaction, number: int) -> Message | None:
    """Return a message."""
    row = tx.execute(_ONE, {"id": number}).one_or_none()
    return _to_message(row) if row else None


def lock(tx: Transaction, number: int) -> Message | None:
    """Return a message to change it."""
    row = tx.execute(_LOCK, {"id": number}).one_or_none()
    return _to_message(row) if row else None


def find(tx: Transaction, new: Message) -> Message | None:
    """Return the message that came with the same name, key and message id before."""
    wanted = {"kind": new.kind, "name": new.name, "key": new.key, "message_id": new.message_id}
    row = tx.execute(_FIND, wanted).one_or_none()
    return _to_message(row) if row else None


def listed(tx: Transaction, state: MessageState, *, limit: int) -> list[Message]:
    """Return the newest messages in a state."""
    return [_to_message(row) for row in tx.execute(_LISTED, {"state": state.value, "most": limit})]


def met(tx: Transaction, *, limit: int) -> list[int]:
    """Return waiting messages for which somebody waits."""
    return list(tx.execute(_MET, {"most": limit}).scalars())


def waiting_for(tx: Transaction, name: str, *, limit: int) -> list[int]:
    """Return the waiting messages of a name, oldest first."""
    return list(tx.execute(_WAITING_NAMED, {"name": name, "most": limit}).scalars())


def insert(tx: Transaction, new: Message) -> MessageId:
    """Store a message and return its id."""
    row = {
        "kind": new.kind,
        "name": new.name,
        "key": new.key,
        "message_id": new.message_id,
        "payload": to_json(new.values),
        "state": new.state.value,
        "published_at": new.published_at,
        "published_by": new.published_by,
        "source_id": new.source_id,
        "expires_at": new.expires_at,
        "position": new.position,
        "last_position": new.last_position,
        "receivers": new.receivers,
    }
    return MessageId(inserted_id(tx.execute(_INSERT, row)))


def end(
    tx: Transaction, number: int, state: MessageState, *, at: datetime, receiver: int | None = None
) -> None:
    """Store what became of a message."""
    row = {"old_id": number, "new_state": state.value, "at": at, "receiver": receiver}
    tx.execute(_END, row)


def note(tx: Transaction, number: int, error: str | None) -> None:
    """Store why a message was not delivered."""
    tx.execute(_NOTE, {"old_id": number, "error": error})


def advance(tx: Transaction, number: int, position: int, *, is_received: bool) -> bool:
    """Store how far a signal came; False if it was there already."""
    row = {"old_id": number, "new_position": position, "more": int(is_received)}
    return tx.execute(_ADVANCE, row).rowcount == 1


def expire(tx: Transaction, *, at: datetime) -> int:
    """Give up the messages whose time is over and return how many."""
    return tx.execute(_EXPIRE, {"now": at}).rowcount


def is_any_over(tx: Transaction, *, at: datetime) -> bool:
    """Return whether the time of a waiting message is over."""
    return tx.execute(_IS_ANY_OVER.limit(1), {"now": at}).first() is not None


def forget(tx: Transaction, *, before: datetime) -> int:
    """Forget the messages that were delivered before a moment and return how many."""
    return tx.execute(_FORGET, {"moment": before}).rowcount


def _to_message(row: Row) -> Message:
    return Message(
        id=MessageId(row.id),
        kind=row.kind,
        name=row.name,
        key=row.key,
        message_id=row.message_id,
        values=from_json(row.payload),
        state=MessageState(row.state),
        published_at=row.published_at,
        published_by=row.published_by,
        source_id=None if row.source_id is None else InstanceId(row.source_id),
        expires_at=row.expires_at,
        receiver_id=None if row.receiver_id is None else InstanceId(row.receiver_id),
        ended_at=row.ended_at,
        last_error=row.last_error,
        position=row.position,
        last_position=row.last_position,
        receivers=row.receivers,
    )
