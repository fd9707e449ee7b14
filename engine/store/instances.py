"""Queries about process instances: lock one, change it, list many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter
from sqlalchemy import exc

from engine.domain.instance import InstanceId, InstanceState, ProcessInstance
from engine.errors import DuplicateBusinessKey, StaleInstance
from engine.store.history_chain import NO_HASH, Tail
from engine.store.instance_rows import ALL, to_instance
from engine.store.prepared import Prepared
from engine.store.tables import instance, user_task
from engine.store.types import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row


@dataclass(frozen=True, slots=True)
class LockedInstance:
    """An instance that this transaction may change, with what only the engine sees of it."""

    instance: ProcessInstance
    tail: Tail  # of its history
    tokens: bytes
    parent_token: str | None = None  # of the call activity that started it
    depth: int = 0  # calls above it


@dataclass(frozen=True, slots=True)
class NewInstance:
    """An instance to be inserted; one that ended elsewhere has no tokens."""

    definition_id: int
    process_key: str
    business_key: str
    state: InstanceState
    tail: Tail
    tokens: bytes | None
    values: Mapping[str, object]
    started_at: datetime
    started_by: str | None
    ended_at: datetime | None
    parent_id: InstanceId | None = None
    parent_token: str | None = None
    root_id: InstanceId | None = None
    depth: int = 0
    route: str | None = None

    @classmethod
    def of(
        cls, begun: ProcessInstance, *, tail: Tail, tokens: bytes, call: tuple[str | None, int]
    ) -> Self:
        """Return what is stored of a case; ``call`` is the caller's token and the depth."""
        return cls(
            definition_id=begun.definition_id,
            process_key=begun.process_key,
            business_key=begun.business_key,
            state=begun.state,
            tail=tail,
            tokens=tokens if begun.state is InstanceState.ACTIVE else None,
            values=begun.values,
            started_at=begun.started_at,
            started_by=begun.started_by,
            ended_at=begun.ended_at,
            parent_id=begun.parent_id,
            parent_token=call[0],
            root_id=begun.root_id,
            depth=call[1],
            route=begun.route,
        )


_ONE = Prepared(ALL.where(instance.c.id == parameter("id")))
_BY_KEY = ALL.where(
    instance.c.process_key == parameter("process_key"),
    instance.c.business_key == parameter("business_key"),
)
# The row lock of PostgreSQL; SQLite has locked the whole file by then. Locked is the root of a
# tree of calls: whoever changes one of its cases has them all, and no two wait for each other.
# Which case is meant, and its root, comes from subqueries because neither ever changes: the task
# or job is read after the lock is held, in a statement that sees what its last holder committed.
_owner = instance.alias("owner")
_FULL = ALL.add_columns(
    instance.c.last_seq,
    instance.c.last_hash,
    instance.c.tokens,
    instance.c.parent_token,
    instance.c.depth,
)
_FULL_BY_ID = Prepared(_FULL.where(instance.c.id == parameter("id")))


def _locking(meant: sa.ColumnElement[int], *, skip_locked: bool = False) -> Prepared:
    """Return the query that locks the root of a case, and says which case is meant."""
    root = sa.select(sa.func.coalesce(_owner.c.root_id, _owner.c.id)).where(_owner.c.id == meant)
    query = _FULL.add_columns(meant.label("meant_id"))
    found = query.where(instance.c.id == root.scalar_subquery())
    return Prepared(found.with_for_update(of=instance, skip_locked=skip_locked))


_ITSELF = sa.cast(parameter("id"), sa.BigInteger)
_OF_TASK = sa.select(user_task.c.instance_id).where(user_task.c.id == parameter("id"))
_LOCK_BY_ID, _LOCK_BY_TASK = _locking(_ITSELF), _locking(_OF_TASK.scalar_subquery())
_LOCK_IF_FREE = _locking(_ITSELF, skip_locked=True)
_OF_OTHERS = {"id", "open_incidents", "suspended_at"}  # set by the database, or later
_INSERT = Prepared(
    sa.insert(instance).returning(instance.c.id),
    keys=tuple(column.name for column in instance.c if column.name not in _OF_OTHERS),
)
_UNCHANGED = sa.and_(
    instance.c.id == parameter("old_id"), instance.c.version == parameter("old_version")
)
_UPDATE = sa.update(instance).where(_UNCHANGED)
_OF_TOUCH = _UPDATE.values(
    version=parameter("new_version"),
    last_seq=parameter("new_seq"),
    last_hash=parameter("new_hash"),
)
_ADVANCE = Prepared(
    _OF_TOUCH.values(
        state=parameter("new_state"),
        tokens=parameter("new_tokens"),
        case_values=parameter("new_values"),
        search_text=parameter("new_text"),
        ended_at=parameter("new_end"),
    )
)
_END = Prepared(
    _OF_TOUCH.values(state=parameter("new_state"), tokens=None, ended_at=parameter("new_end"))
)
_TOUCH = Prepared(_OF_TOUCH)
_COUNT_INCIDENTS = (
    sa.update(instance)
    .where(instance.c.id == parameter("old_id"))
    .values(open_incidents=instance.c.open_incidents + parameter("change"))
)
_IS_TAKEN = Prepared(
    sa.select(instance.c.id).where(
        instance.c.process_key == parameter("process_key"),
        instance.c.business_key == parameter("business_key"),
    )
)


def get(tx: Transaction, instance_id: int) -> ProcessInstance | None:
    """Return an instance."""
    row = _ONE.one(tx, {"id": instance_id})
    return to_instance(row) if row else None


def by_business_key(tx: Transaction, process_key: str, key: str) -> ProcessInstance | None:
    """Return the instance of a process with a business key."""
    row = tx.execute(_BY_KEY, {"process_key": process_key, "business_key": key}).one_or_none()
    return to_instance(row) if row else None


def lock(tx: Transaction, instance_id: int) -> LockedInstance | None:
    """Return an instance to change it; its whole tree is locked."""
    return _meant(tx, _LOCK_BY_ID.one(tx, {"id": instance_id}))


def lock_by_task(tx: Transaction, task_id: int) -> LockedInstance | None:
    """Return the instance of a user task to change it; its whole tree is locked."""
    return _meant(tx, _LOCK_BY_TASK.one(tx, {"id": task_id}))


def lock_if_free(tx: Transaction, instance_id: int) -> LockedInstance | None:
    """Return an instance to change it; None if somebody else has locked its tree."""
    return _meant(tx, _LOCK_IF_FREE.one(tx, {"id": instance_id}))


def within_lock(tx: Transaction, instance_id: int) -> LockedInstance:
    """Return an instance of a tree that this transaction has locked."""
    return _to_locked(_FULL_BY_ID.one(tx, {"id": instance_id}))


def insert(tx: Transaction, new: NewInstance) -> InstanceId:
    """Store a new instance; DuplicateBusinessKey if its key is taken."""
    row = {
        "definition_id": new.definition_id,
        "process_key": new.process_key,
        "business_key": new.business_key,
        "state": new.state.value,
        "version": 1,
        "last_seq": new.tail.seq,
        "last_hash": new.tail.hash,
        "tokens": new.tokens,
        "case_values": to_json(new.values),
        "search_text": search_text(new.business_key, new.values),
        "started_at": new.started_at,
        "started_by": new.started_by,
        "ended_at": new.ended_at,
        "parent_id": new.parent_id,
        "parent_token": new.parent_token,
        "root_id": new.root_id,
        "depth": new.depth,
        "route": new.route,
    }
    try:
        return InstanceId(_INSERT.one(tx, row).id)
    except exc.IntegrityError as error:
        raise DuplicateBusinessKey(new.process_key, new.business_key) from error


def touch(tx: Transaction, locked: LockedInstance, *, tail: Tail) -> None:
    """Count one more command and its history; StaleInstance if another one was first."""
    _update(tx, _TOUCH, locked, tail, {})


def end(
    tx: Transaction, locked: LockedInstance, *, state: InstanceState, at: datetime, tail: Tail
) -> None:
    """End an instance as it stands; StaleInstance if another command was first."""
    _update(tx, _END, locked, tail, {"new_state": state.value, "new_end": at})


def advance(
    tx: Transaction, locked: LockedInstance, after: ProcessInstance, *, tokens: bytes, tail: Tail
) -> None:
    """Store what a step made of an instance; StaleInstance if another command was first."""
    is_over = after.state is not InstanceState.ACTIVE
    changes: dict[str, object] = {
        "new_state": after.state.value,
        "new_tokens": None if is_over else tokens,
        "new_values": to_json(after.values),
        "new_text": search_text(after.business_key, after.values),
        "new_end": after.ended_at,
    }
    _update(tx, _ADVANCE, locked, tail, changes)


def count_incidents(tx: Transaction, instance_id: int, change: int) -> None:
    """Count incidents that were opened (or, below zero, resolved)."""
    tx.execute(_COUNT_INCIDENTS, {"old_id": instance_id, "change": change})


def is_taken(tx: Transaction, process_key: str, business_key: str) -> bool:
    """Return whether a process has an instance with this business key."""
    values = {"process_key": process_key, "business_key": business_key}
    return _IS_TAKEN.one(tx, values) is not None


def search_text(business_key: str, values: Mapping[str, object]) -> str:
    """Return the text in which a case is looked for: its key and its texts and numbers."""
    told = (value for value in values.values() if not isinstance(value, bool))
    words = (str(value) for value in told if isinstance(value, str | int | float))
    return " ".join((business_key, *words)).casefold().replace("\0", " ")  # PostgreSQL: no NUL


def _update(
    tx: Transaction,
    statement: Prepared,
    locked: LockedInstance,
    tail: Tail,
    changes: dict[str, object],
) -> None:
    before = locked.instance
    changes["old_id"], changes["old_version"] = before.id, before.version
    changes["new_version"] = before.version + 1
    changes["new_seq"], changes["new_hash"] = tail
    if statement.run(tx, changes) != 1:
        raise StaleInstance(before.id)


def _meant(tx: Transaction, root: Row | None) -> LockedInstance | None:
    if root is None:
        return None
    return _to_locked(root) if root.id == root.meant_id else within_lock(tx, root.meant_id)


def _to_locked(row: Row) -> LockedInstance:
    tail = Tail(row.last_seq, row.last_hash or NO_HASH)
    return LockedInstance(to_instance(row), tail, row.tokens or b"", row.parent_token, row.depth)
