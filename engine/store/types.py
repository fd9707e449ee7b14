"""Column types: moments in UTC and JSON text, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Dialect

Row: TypeAlias = "sa.Row[*tuple[Any, ...]]"  # of a query: its columns are known to who wrote it


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database (SQLite stores no zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse moments without a zone, which mean something else on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def to_json(values: Mapping[str, object]) -> str:
    """Return values as JSON text, in the order in which they were given."""
    return orjson.dumps(dict(values)).decode()


def canonical_json(values: Mapping[str, object]) -> bytes:
    """Return the same bytes for the same values, to be hashed."""
    return orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)


def from_json(text: str | None) -> dict[str, object]:
    """Return the values of a JSON object; nothing stored means no values."""
    values: dict[str, object] = orjson.loads(text) if text else {}
    return values


def inserted_id(result: sa.CursorResult[*tuple[Any, ...]]) -> int:
    """Return the id that the database gave to a new row."""
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])
