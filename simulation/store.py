"""Finished experiments and comparisons, kept as the documents they printed.

One small table; a result is found by its id, or by the hash of the scenarios it came from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    desc,
    insert,
    select,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine, Row

metadata = MetaData()
results = Table(
    "simulation_result",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("process_key", String(255), nullable=False, index=True),
    Column("inputs_sha256", String(64), nullable=False, index=True),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("document", Text, nullable=False),
)


@dataclass(frozen=True)
class SavedResult:
    """A result and when it was saved."""

    id: int
    process_key: str
    inputs_sha256: str
    saved_at: datetime
    document: dict[str, Any]


class ResultStore:
    """Saves and finds result documents. The caller owns the database engine."""

    def __init__(self, db_engine: Engine) -> None:
        self._db_engine = db_engine

    def create_table(self) -> None:
        """Create the table unless it is there."""
        metadata.create_all(self._db_engine)

    def save(self, document: dict[str, Any], *, process_key: str, at: datetime) -> int:
        """Save a document and return its id."""
        row = {
            "process_key": process_key,
            "inputs_sha256": inputs_sha256(document),
            "saved_at": at,
            "document": json.dumps(document, ensure_ascii=False),
        }
        with self._db_engine.begin() as connection:
            key = connection.execute(insert(results).values(row)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def get(self, result_id: int) -> SavedResult | None:
        """Return a result by its id."""
        with self._db_engine.connect() as connection:
            row = connection.execute(select(results).where(results.c.id == result_id)).first()
        return None if row is None else _saved(row)

    def find(self, inputs: str) -> SavedResult | None:
        """Return the newest result of the same inputs: models, scenarios, seed, replications."""
        query = select(results).where(results.c.inputs_sha256 == inputs)
        with self._db_engine.connect() as connection:
            row = connection.execute(query.order_by(desc(results.c.id)).limit(1)).first()
        return None if row is None else _saved(row)

    def list(self, process_key: str, *, limit: int = 50) -> list[SavedResult]:
        """Return the results of a process, the newest first."""
        query = select(results).where(results.c.process_key == process_key)
        with self._db_engine.connect() as connection:
            rows = connection.execute(query.order_by(desc(results.c.id)).limit(limit)).all()
        return [_saved(row) for row in rows]


def inputs_sha256(document: dict[str, Any]) -> str:
    """Return the hash of what determines a result: scenarios, models, seed, replications."""
    runs = document.get("scenarios", [document])
    inputs = [
        [run["scenario_sha256"], run["model_sha256"], run["seed"], run["replications"]]
        for run in runs
    ]
    return sha256(json.dumps(inputs).encode()).hexdigest()


def _saved(row: Row[Any]) -> SavedResult:
    return SavedResult(
        id=row.id,
        process_key=row.process_key,
        inputs_sha256=row.inputs_sha256,
        saved_at=row.saved_at,
        document=json.loads(row.document),
    )
