from __future__ import annotations

import fcntl

import pysqlite3
import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from engine.config import EngineConfig
from engine.errors import StaleInstance, StoreUnavailable
from engine.store import database as database_module
from engine.store.database import ATTEMPTS, Database
from engine.store.prepared import Prepared
from engine.store.tables import app_user

ANYBODY = {"id": "alice", "name": "Alice", "is_active": True}


@pytest.fixture
def sqlite_file(tmp_path):
    config = EngineConfig(f"sqlite:///{tmp_path}/own.db", sqlite_synchronous="OFF")
    database = Database.open(config)
    yield tmp_path / "own.db", database
    database.close()


def people(database):
    with database.reading() as tx:
        return list(tx.execute(sa.select(app_user.c.id)).scalars())


def test_command_is_stored_as_a_whole_or_not_at_all(database):
    def fail_halfway(tx):
        tx.execute(sa.insert(app_user), ANYBODY)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(fail_halfway)
    assert people(database) == []

    database.run(lambda tx: tx.execute(sa.insert(app_user), ANYBODY))
    assert people(database) == ["alice"]


def test_stale_command_is_run_again_from_the_start(database):
    attempts = []

    def work(tx):
        tx.execute(sa.insert(app_user), ANYBODY)
        attempts.append(1)
        if len(attempts) < ATTEMPTS:
            raise StaleInstance(7)
        return "done"

    assert database.run(work) == "done"
    assert people(database) == ["alice"]


def test_stale_command_is_given_up_after_five_retries(database):
    attempts = []

    def work(tx):
        attempts.append(1)
        raise StaleInstance(7)

    with pytest.raises(StaleInstance):
        database.run(work)
    assert len(attempts) == 1 + 5


def test_violated_constraint_is_told_in_words_when_no_retry_helps(database):
    def work(tx):
        tx.execute(sa.insert(app_user), [ANYBODY, ANYBODY])

    with pytest.raises(StoreUnavailable, match=r"(?i)unique"):
        database.run(work)


@pytest.mark.parametrize("change", ["UPDATE history SET actor = 'x'", "DELETE FROM history"])
def test_history_cannot_be_changed_even_by_hand(engine, config, change):
    engine.start_process("patient_visit", by="alice")
    database = Database.open(config)

    with pytest.raises(StoreUnavailable, match="append-only"):
        database.run(lambda tx: tx.execute(sa.text(change)))

    database.close()


def test_sqlite_is_durable_fair_and_checks_references(sqlite_file):
    _, database = sqlite_file
    with database.reading() as tx:
        settings = {
            name: tx.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }

    assert settings == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "synchronous": 0,
    }


def test_sqlite_is_a_version_without_the_wal_bug():
    assert pysqlite3.dbapi2.sqlite_version_info >= (3, 51, 3)


def test_sqlite_survives_power_cuts_by_default(tmp_path):
    database = Database.open(EngineConfig(f"sqlite:///{tmp_path}/own.db"))

    with database.reading() as tx:
        assert tx.execute(sa.text("PRAGMA synchronous")).scalar() == 2
    database.close()


def test_locked_file_is_told_in_words(sqlite_file, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 1)
    file, _ = sqlite_file
    impatient = Database.open(EngineConfig(f"sqlite:///{file}"))
    stranger = pysqlite3.dbapi2.connect(str(file), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable, match="locked"):
        impatient.run(lambda tx: None)

    stranger.close()
    impatient.close()


def test_read_only_file_is_told_in_words(sqlite_file):
    _, database = sqlite_file

    def work(tx):
        tx.execute(sa.text("PRAGMA query_only = ON"))
        tx.execute(sa.insert(app_user), ANYBODY)

    with pytest.raises(StoreUnavailable, match="readonly"):
        database.run(work)


def test_full_disk_is_told_in_words_and_loses_nothing(sqlite_file):
    _, database = sqlite_file
    database.run(lambda tx: tx.execute(sa.insert(app_user), ANYBODY))

    def work(tx):
        tx.execute(sa.text("PRAGMA max_page_count = 1"))
        tx.execute(sa.insert(app_user), {**ANYBODY, "id": "b", "name": "x" * 1_000_000})

    with pytest.raises(StoreUnavailable, match="full"):
        database.run(work)
    assert people(database) == ["alice"]


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////proc/none/twinflow.db", "/proc/none"),
        ("postgresql://nobody@localhost:1/none", "refused"),
    ],
)
def test_database_that_cannot_be_opened_is_told_in_words(url, complaint):
    with pytest.raises(StoreUnavailable, match=complaint):
        Database.open(EngineConfig(url))


def test_writers_of_sqlite_pass_the_gate_and_readers_do_not(sqlite_file):
    file, _ = sqlite_file
    config = EngineConfig(f"sqlite:///{file}", lock_timeout_s=0.01)
    database = Database.open(config)
    other = file.with_name(file.name + "-lock").open("w")
    fcntl.flock(other, fcntl.LOCK_EX)

    assert people(database) == []
    with pytest.raises(StoreUnavailable, match="others have been writing"):
        database.run(lambda tx: None)

    other.close()
    database.close()


def test_transaction_that_ended_takes_no_more_statements(database):
    ended = database.run(lambda tx: tx)

    with pytest.raises(exc.ResourceClosedError):
        ended.execute(sa.insert(app_user), ANYBODY)
    with pytest.raises(exc.ResourceClosedError):
        Prepared(sa.insert(app_user), keys=tuple(ANYBODY)).run(ended, ANYBODY)


@pytest.fixture
def broken_database(postgresql_database):
    """A database whose only connection broke while nobody used it."""
    import psycopg

    database = Database.open(EngineConfig(postgresql_database))
    with database.reading() as tx:
        own = tx.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(postgresql_database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [own])
    yield database
    database.close()


@pytest.mark.postgresql
def test_connection_that_rested_is_tried_before_it_is_used_again(broken_database, monkeypatch):
    monkeypatch.setattr(database_module, "RESTED_S", 0.0)

    assert people(broken_database) == []


@pytest.mark.postgresql
def test_connection_that_breaks_between_two_commands_loses_neither(broken_database):
    broken_database.run(lambda tx: tx.execute(sa.insert(app_user), ANYBODY))

    assert people(broken_database) == ["alice"]


def test_scrubbing_tells_that_a_reader_kept_it_from_the_log(sqlite_file, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 1)
    _, database = sqlite_file
    database.run(lambda tx: tx.execute(sa.insert(app_user), ANYBODY))

    with database.reading() as tx:
        tx.execute(sa.select(app_user)).all()
        is_complete_beside_a_reader = database.scrub()

    assert (is_complete_beside_a_reader, database.scrub()) == (False, True)
