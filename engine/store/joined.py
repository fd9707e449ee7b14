"""JoinedDatabase: lets a command run inside a transaction that is open already."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from engine.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.store.database import Transaction

T = TypeVar("T")


class JoinedDatabase(Database):
    """The database as seen from within a transaction: a command becomes a part of it.

    So what is noted about a command is stored together with what it did, or neither is.
    """

    def __init__(self, tx: Transaction, outer: Database) -> None:
        self._tx, self._outer = tx, outer

    @property
    def outside(self) -> Database:
        """The database itself, for what happens after the transaction."""
        return self._outer.outside

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read what the transaction has written so far."""
        yield self._tx

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run a command as a part of the transaction; if it fails, so must the transaction."""
        return work(self._tx)
