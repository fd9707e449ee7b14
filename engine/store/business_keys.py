"""Running numbers of business keys: one counter a process and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam as parameter
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.prepared import Prepared
from engine.store.tables import business_key_counter

if TYPE_CHECKING:
    from engine.store.database import Transaction


def next_number(tx: Transaction, process_key: str, year: int) -> int:
    """Return the next number; it is locked until the transaction ends, so that none is lost."""
    row = _NEXT[tx.dialect.name].one(tx, {"key": process_key, "in_year": year})
    return int(row.last_number)


def _next(insert: postgresql.Insert | sqlite.Insert) -> Prepared:
    counted = insert.on_conflict_do_update(
        index_elements=["process_key", "year"],
        set_={"last_number": business_key_counter.c.last_number + 1},
    )
    return Prepared(counted.returning(business_key_counter.c.last_number))


_FIRST = {"process_key": parameter("key"), "year": parameter("in_year"), "last_number": 1}
_NEXT = {
    "sqlite": _next(sqlite.insert(business_key_counter).values(_FIRST)),
    "postgresql": _next(postgresql.insert(business_key_counter).values(_FIRST)),
}
