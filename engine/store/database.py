"""Transactions: one command is one, on SQLite (through the writer gate) and on PostgreSQL."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar

import pysqlite3
import sqlalchemy as sa
from sqlalchemy import event, exc

from engine.errors import EngineError, NotFound, StaleInstance, StoreUnavailable
from engine.store import migrate
from engine.store.writer_gate import WriterGate

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from engine.config import EngineConfig

Transaction: TypeAlias = sa.Connection
T = TypeVar("T")

ATTEMPTS = 4  # a command and up to three retries
BUSY_TIMEOUT_MS = 5000  # for programs that do not know the gate, such as the sqlite3 shell
# PostgreSQL: serialization_failure, deadlock_detected
OUT_OF_RANGE = "22003"
TRANSIENT_SQLSTATES = frozenset({"40001", "40P01"})


class Database:
    """The database of the engine: who reads does not wait, who writes takes turns."""

    def __init__(self, db_engine: sa.Engine, gate: WriterGate | None) -> None:
        self._db_engine, self._gate = db_engine, gate

    @classmethod
    def open(cls, config: EngineConfig) -> Self:
        """Connect, and bring the tables up to date."""
        try:
            database = cls(*_connect(config))
        except (exc.ArgumentError, ImportError, OSError) as error:
            raise StoreUnavailable(str(error)) from error
        with ExitStack() as if_it_fails:
            if_it_fails.callback(database.close)
            database.migrate()
            if_it_fails.pop_all()
        return database

    def close(self) -> None:
        """Close the connections; SQLite tidies up its files, as a writer does."""
        with self._turn():
            self._db_engine.dispose()
        if self._gate:
            self._gate.close()

    def migrate(self) -> None:
        """Bring the tables up to date; StoreUnavailable if a newer version wrote them."""
        with self._translated_errors(), self._turn():
            with self._begin("BEGIN") as connection:
                is_up_to_date = migrate.is_up_to_date(connection)
            if not is_up_to_date:
                with self._begin("BEGIN IMMEDIATE") as connection:
                    migrate.upgrade(connection)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Run queries on one state of the database."""
        with self._translated_errors(), self._begin("BEGIN") as connection:
            yield connection

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run a command: everything in it is stored, or nothing.

        If another command was first, it runs again from the start, at most three times.
        """
        for is_last in (False,) * (ATTEMPTS - 1) + (True,):
            try:
                with self._turn(), self._begin("BEGIN IMMEDIATE") as connection:
                    return work(connection)
            except StaleInstance:
                if is_last:
                    raise
            except exc.DBAPIError as error:
                if is_last or not _is_conflict(error):
                    raise _in_words(error) from error
            except exc.TimeoutError as error:
                raise StoreUnavailable(str(error)) from error
            except OverflowError as error:
                raise _no_such_id() from error
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _begin(self, sqlite_begin: str) -> Iterator[Transaction]:
        # Not by SQLAlchemy's "begin" event: an engine with events is a tenth slower throughout.
        with self._db_engine.begin() as connection:
            if self._gate:
                connection.exec_driver_sql(sqlite_begin)
            yield connection

    def _turn(self) -> AbstractContextManager[None]:
        return self._gate.passage() if self._gate else nullcontext()

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise _in_words(error) from error
        except exc.TimeoutError as error:
            raise StoreUnavailable(str(error)) from error
        except OverflowError as error:
            raise _no_such_id() from error


def _in_words(error: exc.DBAPIError) -> EngineError:
    if getattr(error.orig, "sqlstate", None) == OUT_OF_RANGE:
        return _no_such_id()
    return StoreUnavailable(_reason(error))


def _no_such_id() -> NotFound:
    """Return the error about an id that a database cannot even compare with its own."""
    return NotFound("id", f"above {2**63 - 1}")


def _connect(config: EngineConfig) -> tuple[sa.Engine, WriterGate | None]:
    url = sa.make_url(config.database_url)
    if url.get_backend_name() == "sqlite":
        return _connect_sqlite(url, config)
    # The driver of the extra "postgresql", whichever way the address is spelt.
    url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True), None


def _connect_sqlite(url: sa.URL, config: EngineConfig) -> tuple[sa.Engine, WriterGate]:
    if not url.database or url.database == ":memory:":
        raise StoreUnavailable("SQLite needs a file: sqlite:///path/to/twinflow.db")
    file = Path(url.database)
    file.parent.mkdir(parents=True, exist_ok=True)
    gate = WriterGate(file.with_name(file.name + "-lock"), timeout_s=config.lock_timeout_s)
    # Not Python's own SQLite: 3.40.1 of Debian 12 can corrupt a database in WAL mode.
    db_engine = sa.create_engine(url, module=pysqlite3.dbapi2, pool_size=10, max_overflow=30)

    @event.listens_for(db_engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, not the driver's
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={config.sqlite_synchronous}")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys=ON")

    return db_engine, gate


def _is_conflict(error: exc.DBAPIError) -> bool:
    """Return whether two commands got in each other's way, so that one of them may try again."""
    cause: Any = error.orig
    return isinstance(error, exc.IntegrityError) or (
        getattr(cause, "sqlstate", None) in TRANSIENT_SQLSTATES
    )


def _reason(error: exc.DBAPIError) -> str:
    return str(error.orig or error).strip().split("\n", maxsplit=1)[0]
