"""Connections are lent again as they are, and nobody waits for one that nobody uses."""

from __future__ import annotations

from contextlib import suppress

import pysqlite3
import pytest
import sqlalchemy as sa

from engine.store import connections as connections_module
from engine.store.connections import MOST_KEPT, Connections


@pytest.fixture
def db_engine(tmp_path):
    db_engine = sa.create_engine(
        f"sqlite:///{tmp_path}/some.db",
        module=pysqlite3.dbapi2,
        pool_size=1,
        max_overflow=MOST_KEPT,
        pool_timeout=0,
    )
    yield db_engine
    db_engine.dispose()


@pytest.fixture
def connections(db_engine):
    connections = Connections(db_engine)
    yield connections
    connections.close()


def lent(connections):
    with connections.transaction() as connection:
        return connection


def all_at_once(connections, count):
    """Lend so many connections at the same time, and return which."""
    if not count:
        return []
    with connections.transaction() as connection:
        return [connection, *all_at_once(connections, count - 1)]


def fail(connections, work):
    """Let a transaction fail after some work, and return its connection."""
    with suppress(ZeroDivisionError), connections.transaction() as connection:
        work(connection)
        raise ZeroDivisionError
    return connection


def test_connection_is_lent_again_as_it_is(connections):
    assert lent(connections) is lent(connections)


def test_connection_is_not_kept_after_an_error(connections):
    used = fail(connections, lambda tx: tx)

    assert used.closed
    assert lent(connections) is not used


def test_change_is_rolled_back_after_an_error(connections):
    with connections.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE answers (answer)")
    fail(connections, lambda tx: tx.exec_driver_sql("INSERT INTO answers VALUES (42)"))

    with connections.transaction() as connection:
        assert connection.exec_driver_sql("SELECT * FROM answers").all() == []


def test_no_more_are_kept_than_are_worth_it(connections):
    used = all_at_once(connections, MOST_KEPT + 1)

    assert [connection.closed for connection in used] == [True] + [False] * MOST_KEPT


def test_connections_that_rested_go_through_the_pool_again(connections, monkeypatch):
    used = all_at_once(connections, 2)
    monkeypatch.setattr(connections_module, "RESTED_S", 0.0)

    lent(connections)

    assert [connection.closed for connection in used] == [True, True]


def test_broken_connection_takes_the_kept_ones_with_it(connections):
    used = all_at_once(connections, 3)

    fail(connections, lambda tx: tx.invalidate())

    assert [one.closed for one in used] == [True, True, True]


def test_who_waits_for_the_pool_gets_the_next_that_is_free(db_engine, monkeypatch):
    connections, connect = Connections(db_engine), db_engine.connect
    busy = [connections.transaction() for _ in range(MOST_KEPT + 1)]
    for transaction in busy:
        transaction.__enter__()

    def somebody_is_done_meanwhile():
        busy.pop().__exit__(None, None, None)
        return connect()

    monkeypatch.setattr(db_engine, "connect", somebody_is_done_meanwhile)
    lent(connections)  # TimeoutError if the one that is free were kept

    for transaction in busy:
        transaction.__exit__(None, None, None)
    connections.close()
