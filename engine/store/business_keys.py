"""Running numbers of business keys: one counter a process and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

from engine.store.tables import business_key_counter

if TYPE_CHECKING:
    from engine.store.database import Transaction


def next_number(tx: Transaction, process_key: str, year: int) -> int:
    """Return the next number; it is locked until the transaction ends, so that none is lost."""
    statement = _NEXT[tx.dialect.name]
    return int(tx.execute(statement, {"process_key": process_key, "year": year}).scalar_one())


def _upsert(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_update(
        index_elements=["process_key", "year"],
        set_={"last_number": business_key_counter.c.last_number + 1},
    )


_NEXT = {
    "sqlite": _upsert(sqlite.insert(business_key_counter).values(last_number=1)).returning(
        business_key_counter.c.last_number
    ),
    "postgresql": _upsert(postgresql.insert(business_key_counter).values(last_number=1)).returning(
        business_key_counter.c.last_number
    ),
}
