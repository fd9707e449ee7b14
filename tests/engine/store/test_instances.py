from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine.domain.instance import InstanceState
from engine.errors import StaleInstance, StoreUnavailable
from engine.store import instances
from engine.store.history_chain import Tail


@pytest.fixture
def case(engine):
    return engine.start_process("patient_visit", by="alice")


def change(tx, locked):
    instances.touch(tx, locked, tail=Tail(locked.tail.seq + 1, b"new"))


def test_command_that_read_an_older_version_is_stale(database, case):
    locked = database.run(lambda tx: instances.lock(tx, case.id))
    database.run(lambda tx: change(tx, locked))

    with pytest.raises(StaleInstance):
        database.run(lambda tx: change(tx, locked))

    current = database.run(lambda tx: instances.lock(tx, case.id))
    assert (current.instance.version, current.tail) == (2, Tail(locked.tail.seq + 1, b"new"))


def test_command_that_ends_an_older_version_is_stale(database, case):
    locked = database.run(lambda tx: instances.lock(tx, case.id))
    database.run(lambda tx: change(tx, locked))
    now = datetime(2026, 3, 2, tzinfo=UTC)

    with pytest.raises(StaleInstance):
        database.run(
            lambda tx: instances.end(
                tx, locked, state=InstanceState.CANCELLED, at=now, tail=Tail(99, b"")
            )
        )


@pytest.mark.parametrize("lock", ["lock", "lock_by_task"])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_instance_is_locked_until_the_command_ends(database, engine, case, lock):
    task = engine.inbox("alice")[0]
    ids = {"lock": case.id, "lock_by_task": task.id}

    def impatient(tx):
        tx.execute(sa.text("SET LOCAL lock_timeout = '1ms'"))
        return instances.lock(tx, case.id)

    def patient(tx):
        getattr(instances, lock)(tx, ids[lock])
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            database.run(impatient)

    database.run(patient)
    assert database.run(impatient).instance == case
