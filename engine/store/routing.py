"""Queries about routing: the rules of a process that count, and those before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.routing import Routing, RoutingRule
from engine.store.prepared import Prepared
from engine.store.tables import routing
from engine.store.types import inserted_id

if TYPE_CHECKING:
    from engine.store.database import Transaction
    from engine.store.types import Row

_ALL = (
    sa.select(routing)
    .where(routing.c.process_key == parameter("key"))
    .order_by(routing.c.id.desc())
)
_NEWEST = Prepared(_ALL.limit(sa.literal_column("1")))


def of_process(tx: Transaction, process_key: str) -> Routing | None:
    """Return the rules of a process that count."""
    row = _NEWEST.one(tx, {"key": process_key})
    return _to_routing(row) if row else None


def changes(tx: Transaction, process_key: str) -> list[Routing]:
    """Return all rules a process ever had, the newest first."""
    return [_to_routing(row) for row in tx.execute(_ALL, {"key": process_key})]


def insert(tx: Transaction, new: Routing) -> int:
    """Store rules, which count from now on, and return their number."""
    rules = [
        {"version": rule.version, "condition": rule.condition, "share_percent": rule.share_percent}
        for rule in new.rules
    ]
    row = {
        "process_key": new.process_key,
        "rules": orjson.dumps(rules).decode(),
        "changed_at": new.changed_at,
        "changed_by": new.changed_by,
        "reason": new.reason,
    }
    return inserted_id(tx.execute(sa.insert(routing), row))


def _to_routing(row: Row) -> Routing:
    rules = tuple(RoutingRule(**rule) for rule in orjson.loads(row.rules))
    return Routing(row.process_key, rules, row.changed_at, row.changed_by, row.reason, id=row.id)
