"""Column types: moments in UTC and JSON text, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.engine import Dialect

Row: TypeAlias = "sa.Row[*tuple[Any, ...]]"  # of a query: its columns are known to who wrote it
MOMENT_LENGTH = len("2026-01-31 15:30:00.000000")  # in SQLite: without the zone, which is UTC


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database (SQLite stores no zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        """Return what makes a value of the database of a moment."""
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None]:
        """Return what makes a moment of a value of the database."""
        return _from_text if dialect.name == "sqlite" else _to_utc


def _to_utc(value: datetime | None) -> datetime | None:
    """Refuse moments without a zone, which mean something else on every machine."""
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {value}")
    return value.astimezone(UTC)


@lru_cache(maxsize=64)  # all that happens in a command happens at one moment
def _to_text(value: datetime | None) -> str | None:
    moment = _to_utc(value)
    return None if moment is None else moment.isoformat(" ", "microseconds")[:MOMENT_LENGTH]


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


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
