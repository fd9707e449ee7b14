"""Transactions: one command is one, on SQLite (through the writer gate) and on PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar

import pysqlite3
import sqlalchemy as sa
from sqlalchemy import event, exc

from engine.domain.retry import jitter
from engine.errors import EngineError, NotFound, StaleInstance, StoreUnavailable
from engine.store import migrate
from engine.store.prepared import Prepared
from engine.store.writer_gate import WriterGate

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from engine.config import EngineConfig

Transaction: TypeAlias = sa.Connection
FollowUp: TypeAlias = "Callable[[], object]"
T = TypeVar("T")

ATTEMPTS = 6  # a command and up to five retries
FIRST_PAUSE_S = 0.005  # before the first retry, twice as long before each further one
MOST_FOLLOW_UPS = 50  # after one command; what is left is found by a worker
RESTED_S = 1.0  # after that a connection to PostgreSQL is tried before it is used
BUSY_TIMEOUT_MS = 5000  # for programs that do not know the gate, such as the sqlite3 shell
OUT_OF_RANGE = "22003"
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available
TRANSIENT_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
_FAILURES = (StaleInstance, exc.DBAPIError, exc.TimeoutError, OverflowError)
_FOLLOW_UPS, _USED_S = "twinflow follow-ups", "twinflow last use"
_BEGIN_READING, _BEGIN_WRITING = Prepared(sa.text("BEGIN")), Prepared(sa.text("BEGIN IMMEDIATE"))


class Database:
    """The database of the engine: who reads does not wait, who writes takes turns."""

    def __init__(self, db_engine: sa.Engine, gate: WriterGate | None) -> None:
        self._db_engine, self._gate = db_engine, gate
        self._following = threading.local()

    @property
    def outside(self) -> Database:
        """The database itself, whatever transaction this one may be the sight of."""
        return self

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
            with self._begin(_BEGIN_READING) as connection:
                is_up_to_date = migrate.is_up_to_date(connection)
            if not is_up_to_date:
                with self._begin(_BEGIN_WRITING) as connection:
                    migrate.upgrade(connection)

    def scrub(self) -> bool:
        """Leave no trace of deleted rows in the database file and its log, if possible.

        Return whether none is left. PostgreSQL frees the pages and overwrites them later;
        SQLite keeps its log while somebody reads.
        """
        with self._turn(), self._db_engine.connect() as connection:
            if not self._gate:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
                return False
            try:
                connection.exec_driver_sql("VACUUM")  # needs as much room again
            except exc.DBAPIError:
                return False
            is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            return not is_busy

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Run queries on one state of the database."""
        with self._translated_errors(), self._begin(_BEGIN_READING) as connection:
            yield connection

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run a command: everything in it is stored, or nothing; then what is to follow it.

        If another command was first, or the connection broke before the commit was sent, it runs
        again from the start, at most five times.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result, follow_ups = self._run_once(work)
            except _FAILURES as error:
                if attempt == ATTEMPTS or not _may_run_again(error):
                    raise _in_words(error) from error
            else:
                self._follow(follow_ups)
                return result
            _pause(attempt)
        raise AssertionError("the last attempt returns or raises")

    def _run_once(self, work: Callable[[Transaction], T]) -> tuple[T, Sequence[FollowUp]]:
        with self._turn(), self._begin(_BEGIN_WRITING) as connection:
            connection.info.pop(_FOLLOW_UPS, None)  # those of an attempt that failed
            result = work(connection)
            return result, connection.info.pop(_FOLLOW_UPS, ())

    def _follow(self, follow_ups: Sequence[FollowUp]) -> None:
        """Do what is to follow a command; what follows from that waits its turn, and no longer."""
        if not follow_ups:
            return
        waiting: deque[FollowUp] | None = getattr(self._following, "waiting", None)
        if waiting is not None:
            waiting.extend(follow_ups)
            return
        waiting = self._following.waiting = deque(follow_ups)
        try:
            for _ in range(MOST_FOLLOW_UPS):
                if not waiting:
                    break
                waiting.popleft()()
        finally:
            del self._following.waiting

    @contextmanager
    def _begin(self, sqlite_begin: Prepared) -> Iterator[Transaction]:
        # Not by SQLAlchemy's "begin" event: an engine with events is a tenth slower throughout.
        with self._db_engine.begin() as connection:
            if self._gate:
                sqlite_begin.run(connection, {})
            yield connection

    def _turn(self) -> AbstractContextManager[None]:
        return self._gate.passage() if self._gate else nullcontext()

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except _FAILURES as error:
            raise _in_words(error) from error


def follow_up(tx: Transaction, work: FollowUp) -> None:
    """Do something right after the transaction is stored, outside of it.

    It must not raise, and must not be needed: the process may end before it, and of a long chain
    only the beginning is done. Whatever has to happen is in the database as well.
    """
    tx.info.setdefault(_FOLLOW_UPS, []).append(work)


def _pause(attempt: int) -> None:
    """Give way to the others, each thread for another time, so that they do not meet again."""
    time.sleep(FIRST_PAUSE_S * 2 ** (attempt - 1) * jitter(f"{threading.get_ident()}/{attempt}"))


def _in_words(error: Exception) -> EngineError:
    """Return the error as callers know it."""
    if isinstance(error, StaleInstance):
        return StaleInstance(error.instance_id)
    is_too_large = getattr(getattr(error, "orig", None), "sqlstate", None) == OUT_OF_RANGE
    if is_too_large or isinstance(error, OverflowError):
        return _no_such_id()
    is_of_the_database = isinstance(error, exc.DBAPIError)
    return StoreUnavailable(_reason(error) if is_of_the_database else str(error))


def _no_such_id() -> NotFound:
    """Return the error about an id that a database cannot even compare with its own."""
    return NotFound("id", f"above {2**63 - 1}")


def _connect(config: EngineConfig) -> tuple[sa.Engine, WriterGate | None]:
    url = sa.make_url(config.database_url)
    if url.get_backend_name() == "sqlite":
        return _connect_sqlite(url, config)
    # The driver of the extra "postgresql", whichever way the address is spelt.
    url = url.set(drivername="postgresql+psycopg")
    db_engine = sa.create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_use_lifo=True,
        connect_args={"options": f"-c lock_timeout={int(config.lock_timeout_s * 1000)}"},
    )
    _ask_after_a_rest(db_engine)
    return db_engine, None


def _ask_after_a_rest(db_engine: sa.Engine) -> None:
    """Let a connection answer before it is used again, if it rested: the server may be gone.

    Asked each time, as SQLAlchemy does, it costs a tenth of a command.
    """
    dialect = db_engine.dialect

    @event.listens_for(db_engine, "checkin")
    def note(_connection: object, record: Any) -> None:
        record.info[_USED_S] = time.monotonic()

    @event.listens_for(db_engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: object) -> None:
        used_s = record.info.get(_USED_S)
        if used_s is None or time.monotonic() - used_s < RESTED_S:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise exc.InvalidatePoolError from error


def _connect_sqlite(url: sa.URL, config: EngineConfig) -> tuple[sa.Engine, WriterGate]:
    if not url.database or url.database == ":memory:":
        raise StoreUnavailable("SQLite needs a file: sqlite:///path/to/twinflow.db")
    file = Path(url.database)
    file.parent.mkdir(parents=True, exist_ok=True)
    gate = WriterGate(file.with_name(file.name + "-lock"), timeout_s=config.lock_timeout_s)
    # Not Python's own SQLite: 3.40.1 of Debian 12 can corrupt a database in WAL mode.
    db_engine = sa.create_engine(
        url,
        module=pysqlite3.dbapi2,
        pool_size=10,
        max_overflow=30,
        # The connection used last is used next: it has read the file already.
        pool_use_lifo=True,
        # The driver keeps so many statements compiled; its default is too few for one command.
        connect_args={"cached_statements": 256},
    )

    @event.listens_for(db_engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, not the driver's
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={config.sqlite_synchronous}")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys=ON")

    return db_engine, gate


def _may_run_again(error: Exception) -> bool:
    """Return whether nothing is stored for sure, and another attempt may fare better."""
    cause: Any = getattr(error, "orig", None)
    if isinstance(error, StaleInstance | exc.IntegrityError):
        return True
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return error.statement is not None  # without one it was the commit: it may be stored
    return getattr(cause, "sqlstate", None) in TRANSIENT_SQLSTATES


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().split("\n", maxsplit=1)[0]
