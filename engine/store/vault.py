"""Queries about personal values: keep them, find them again, empty them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import InstanceState
from engine.store.tables import instance, vault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from engine.domain.vault import PersonalValue
    from engine.store.database import Transaction
    from engine.store.types import Row

_INSERT = sa.insert(vault)
_VALUES = sa.select(vault.c.reference, vault.c.value).where(
    vault.c.reference.in_(parameter("references", expanding=True))
)
_OF_CASES = sa.select(vault.c.reference, vault.c.instance_id, vault.c.field, vault.c.value).where(
    vault.c.instance_id.in_(parameter("ids", expanding=True)), vault.c.value.is_not(None)
)
_EMPTY = (
    sa.update(vault)
    .where(vault.c.reference == parameter("name"))
    .values(
        value=None,
        erased_at=parameter("at"),
        erased_by=parameter("by"),
        reason=parameter("why"),
    )
)
_ERASED = (
    sa.select(vault.c.reference, vault.c.erased_at, vault.c.erased_by)
    .where(vault.c.erased_at.is_not(None))
    .order_by(vault.c.erased_at, vault.c.reference)
)
_KEPT = sa.select(vault.c.instance_id).where(
    vault.c.reference.in_(parameter("references", expanding=True)), vault.c.value.is_not(None)
)
_CHUNK = 500  # references of one query
_TREES = sa.select(instance.c.id).where(
    sa.func.coalesce(instance.c.root_id, instance.c.id).in_(
        sa.select(sa.func.coalesce(instance.c.root_id, instance.c.id)).where(
            instance.c.id.in_(parameter("ids", expanding=True))
        )
    )
)
_CASES = (
    sa.select(
        instance.c.id, instance.c.process_key, instance.c.business_key, instance.c.state,
        instance.c.case_values,
    )
    .where(instance.c.id.in_(parameter("ids", expanding=True)))
    .order_by(instance.c.id)
)  # fmt: skip


def insert(tx: Transaction, values: Iterable[PersonalValue]) -> None:
    """Keep values."""
    rows = [
        {
            "reference": value.reference,
            "instance_id": value.instance_id,
            "field": value.field,
            "value": orjson.dumps(value.value).decode(),
            "stored_at": value.stored_at,
        }
        for value in values
    ]
    if rows:
        tx.execute(_INSERT, rows)


def values(tx: Transaction, references: Collection[str]) -> dict[str, object]:
    """Return the values behind references, None where one was erased."""
    if not references:
        return {}
    rows = tx.execute(_VALUES, {"references": sorted(references)})
    return {name: orjson.loads(text) if text is not None else None for name, text in rows}


def of_cases(tx: Transaction, ids: Collection[int]) -> list[Row]:
    """Return reference, case, field and JSON text of what is kept of cases, and not erased."""
    return list(tx.execute(_OF_CASES, {"ids": sorted(ids)}))


def trees(tx: Transaction, ids: Collection[int]) -> list[int]:
    """Return cases with all that called them or were called by them."""
    return sorted(tx.execute(_TREES, {"ids": sorted(ids)}).scalars())


def find(tx: Transaction, text: str) -> list[int]:
    """Return the cases with a personal value that contains a text."""
    return sorted(set(tx.execute(contains(text)).scalars()))


def contains(text: str) -> sa.Select[Any]:
    """Return the query for cases with a personal value that contains a text."""
    told = orjson.dumps(text).decode()[1:-1]
    is_in = sa.or_(
        sa.func.lower(vault.c.value).contains(told.lower(), autoescape=True),
        vault.c.value.contains(told, autoescape=True),  # SQLite lowers only ASCII
    )
    return sa.select(vault.c.instance_id).where(is_in)


def find_in_plain(tx: Transaction, text: str) -> list[int]:
    """Return the cases in whose other values a text stands."""
    is_in = instance.c.search_text.contains(text.casefold(), autoescape=True)
    return sorted(tx.execute(sa.select(instance.c.id).where(is_in)).scalars())


def cases(tx: Transaction, ids: Collection[int]) -> list[Row]:
    """Return number, process, key, state and values of cases."""
    return list(tx.execute(_CASES, {"ids": sorted(ids)}))


def empty(
    tx: Transaction, references: Iterable[str], *, at: datetime, by: str | None, reason: str
) -> None:
    """Forget values; who erased them, when and why, is kept."""
    rows = [{"name": name, "at": at, "by": by, "why": reason} for name in references]
    if rows:
        tx.execute(_EMPTY, rows)


def erased(tx: Transaction) -> list[Row]:
    """Return reference, moment and person of each value that was erased, in that order."""
    return list(tx.execute(_ERASED))


def cases_with(tx: Transaction, references: Collection[str]) -> list[int]:
    """Return the cases that keep a value behind one of these references."""
    names, found = sorted(references), set[int]()
    for first in range(0, len(names), _CHUNK):
        some = {"references": names[first : first + _CHUNK]}
        found.update(tx.execute(_KEPT, some).scalars())
    return sorted(found)


def is_active(state: str) -> bool:
    """Return whether a case in this state goes on."""
    return state == InstanceState.ACTIVE.value
