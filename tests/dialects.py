"""What SQLAlchemy makes of a statement, once for all databases of the tests.

It keeps the SQL that it has written with the connections of one database. A test opens its own,
and would write all of it anew: a quarter of its time.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator


class Known(NamedTuple):
    """What is the same for all databases of one kind that one driver opens."""

    dialect: sa.Dialect
    written: Any  # SQL by statement
    initialized: list[bool]


@contextmanager
def shared_dialects() -> Iterator[None]:
    """Let all databases that are opened meanwhile share what is known of their kind."""
    known: dict[tuple[object, object], Known] = {}
    create_engine = sa.create_engine

    def create(url: str | sa.URL, **options: Any) -> sa.Engine:
        created = create_engine(url, **options)
        own: Any = created.dialect
        kind = (type(own), own.dbapi)
        if kind not in known:
            known[kind] = Known(own, created._compiled_cache, [])
        shared = known[kind]
        initialize = type(own).initialize

        def initialize_once(connection: sa.Connection) -> None:
            if not shared.initialized:
                initialize(shared.dialect, connection)
                shared.initialized.append(True)

        own.initialize = initialize_once
        created.dialect = created.pool._dialect = shared.dialect
        created._compiled_cache = shared.written
        return created

    sa.create_engine = create
    yield
    sa.create_engine = create_engine
