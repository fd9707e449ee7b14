"""Queries about calls: which case another one started by a call activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import InstanceState
from engine.store.instance_rows import ALL, to_instance
from engine.store.tables import history, instance

if TYPE_CHECKING:
    from engine.domain.instance import ProcessInstance
    from engine.store.database import Transaction

_ACTIVE = sa.select(instance.c.id).where(
    instance.c.parent_id == parameter("parent"), instance.c.state == InstanceState.ACTIVE.value
)
_AT_TOKEN = _ACTIVE.where(instance.c.parent_token == parameter("token"))
_CALLED = ALL.where(instance.c.parent_id == parameter("parent")).order_by(instance.c.id)
_ELEMENT = sa.select(history.c.element_id).where(
    history.c.instance_id == parameter("owner"), history.c.token == parameter("token")
)


def element_at(tx: Transaction, instance_id: int, token: str) -> str:
    """Return the element at which a token is or was; empty if there is none."""
    wanted = {"owner": instance_id, "token": token}
    return tx.execute(_ELEMENT, wanted).scalars().first() or ""


def active_at(tx: Transaction, instance_id: int, token: str) -> int | None:
    """Return the case that a call activity waits for."""
    return tx.execute(_AT_TOKEN, {"parent": instance_id, "token": token}).scalars().first()


def active_below(tx: Transaction, instance_id: int) -> list[int]:
    """Return the cases that a case waits for."""
    return list(tx.execute(_ACTIVE, {"parent": instance_id}).scalars())


def called_by(tx: Transaction, instance_id: int) -> list[ProcessInstance]:
    """Return the cases that a case started, oldest first."""
    return [to_instance(row) for row in tx.execute(_CALLED, {"parent": instance_id})]
