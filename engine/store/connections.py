"""Connections: those in use lately are lent again as they are, without a way through the pool.

What SQLAlchemy does to take a connection out of its pool and to put it back costs as much as
several statements. Its pool remains behind this: it opens connections and limits their number, and
it tries one that rested before it lends it again, because the server may be gone meanwhile.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from engine.store.prepared import Prepared

MOST_KEPT = 10
RESTED_S = 1.0


class Connections:
    """Lends connections to transactions; those used last are lent first."""

    def __init__(self, db_engine: sa.Engine) -> None:
        self._db_engine = db_engine
        self._kept: deque[tuple[sa.Connection, float]] = deque()  # and since when
        self._lock, self._asking = Lock(), 0  # threads that wait for the pool

    @contextmanager
    def transaction(self, begin: Prepared | None = None) -> Iterator[sa.Connection]:
        """Run one transaction; whatever is raised within rolls it back.

        ``begin`` is the statement that begins it, where the driver does not do it by itself.
        """
        connection = self._taken()
        try:
            # Not by SQLAlchemy's "begin" event: an engine with events is a tenth slower throughout.
            with connection.begin():
                if begin is not None:
                    begin.run(connection, {})
                yield connection
        except BaseException:
            if connection.invalidated:  # the others broke with it, most likely
                self.close()
            connection.close()  # whatever state it is in: the pool knows what to do
            raise
        if self._asking or len(self._kept) >= MOST_KEPT:
            connection.close()
        else:
            self._kept.append((connection, time.monotonic()))

    def close(self) -> None:
        """Give those that are kept back to the pool."""
        while self._kept:
            try:
                connection, _ = self._kept.pop()
            except IndexError:  # another thread was first
                return
            connection.close()

    def _taken(self) -> sa.Connection:
        try:
            connection, since_s = self._kept.pop()
        except IndexError:
            return self._asked_for()
        if time.monotonic() - since_s < RESTED_S:
            return connection
        connection.close()
        self.close()  # the others have rested for even longer
        return self._asked_for()

    def _asked_for(self) -> sa.Connection:
        """Return a connection of the pool; who is done meanwhile gives theirs back to it."""
        with self._lock:
            self._asking += 1
        try:
            return self._db_engine.connect()
        finally:
            with self._lock:
                self._asking -= 1
