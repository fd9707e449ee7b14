"""Queries about what happened; events are appended and read, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.history import EventType, HistoryEvent
from engine.store.history_chain import Tail, event_hash
from engine.store.prepared import Prepared
from engine.store.tables import history, instance
from engine.store.types import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row

PAGE_ROWS = 2000

_COLUMNS = (
    instance.c.process_key,
    instance.c.business_key,
    history.c.seq,
    history.c.type,
    history.c.at,
    history.c.element_id,
    history.c.element_type,
    history.c.token,
    history.c.lane,
    history.c.actor,
    history.c.detail,
)
_EVENTS = sa.select(*_COLUMNS).join(instance, instance.c.id == history.c.instance_id)
_OF_INSTANCE = _EVENTS.where(history.c.instance_id == parameter("id")).order_by(history.c.seq)
_OF_PROCESS = _EVENTS.where(instance.c.process_key == parameter("key")).order_by(
    instance.c.started_at, instance.c.id, history.c.seq
)
_INSERT = Prepared(sa.insert(history), keys=tuple(history.c.keys()))
_TYPES = {event_type.value: event_type for event_type in EventType}


class Chain:
    """Events to be added to the history of one case, each bound to the one before it."""

    def __init__(self, tail: Tail) -> None:
        self.seq, self._hash = tail
        self.rows: list[dict[str, object]] = []

    @property
    def tail(self) -> Tail:
        """Return how far the history has come."""
        return Tail(self.seq, self._hash)

    def add(self, event: HistoryEvent) -> None:
        """Add an event; its number is above those before it."""
        row = _to_row(event)
        row["hash"] = self._hash = event_hash(self._hash, row, event.at)
        self.seq = event.seq
        self.rows.append(row)


def append(tx: Transaction, *chains: tuple[int, Chain]) -> None:
    """Add events to the histories of instances, by their ids."""
    rows = [row | {"instance_id": number} for number, chain in chains for row in chain.rows]
    _INSERT.run_many(tx, rows)


def of_instance(tx: Transaction, instance_id: int) -> list[HistoryEvent]:
    """Return what happened in an instance, in order."""
    return [_to_event(row) for row in tx.execute(_OF_INSTANCE, {"id": instance_id})]


def of_process(
    tx: Transaction, key: str, *, since: datetime | None, until: datetime | None
) -> Iterator[HistoryEvent]:
    """Yield the events of the instances started in a period, instance by instance."""
    query = _OF_PROCESS
    if since is not None:
        query = query.where(instance.c.started_at >= since)
    if until is not None:
        query = query.where(instance.c.started_at < until)
    with tx.execute(query, {"key": key}, execution_options={"yield_per": PAGE_ROWS}) as rows:
        for row in rows:
            yield _to_event(row)


def _to_row(event: HistoryEvent) -> dict[str, object]:
    return {
        "seq": event.seq,
        "type": event.type.value,
        "at": event.at,
        "element_id": event.element_id,
        "element_type": event.element_type,
        "token": event.token,
        "lane": event.lane,
        "actor": event.actor,
        "detail": to_json(event.detail) if event.detail else None,
    }


def _to_event(row: Row) -> HistoryEvent:
    (process_key, business_key, seq, event_type, at, *place, actor, detail) = row
    element_id, element_type, token, lane = place
    return HistoryEvent(
        process_key=process_key,
        case_id=business_key,
        seq=seq,
        type=_TYPES[event_type],
        at=at,
        element_id=element_id,
        element_type=element_type,
        token=token,
        lane=lane,
        actor=actor,
        detail=from_json(detail),
    )
