"""A foreign tool holds the database: people are told in words when to try again."""

import pysqlite3.dbapi2
import pytest
import sqlalchemy as sa

from engine.store import database


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 1)


@pytest.fixture
def stranger(engine):
    with engine._context.database.reading() as tx:
        (file,) = tx.scalars(sa.text("SELECT file FROM pragma_database_list WHERE name = 'main'"))
    connection = pysqlite3.dbapi2.connect(str(file), isolation_level=None)
    yield connection
    connection.close()


def test_locked_database_is_answered_with_503_and_when_to_try_again(alice, engine, case, stranger):
    (task,) = engine.open_tasks(case.id, by="alice")
    stranger.execute("BEGIN IMMEDIATE")

    answer = alice.post(f"/tasks/{task.id}/claim")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "cannot save anything at the moment" in answer.text
    stranger.execute("ROLLBACK")
    assert alice.post(f"/tasks/{task.id}/claim").status_code == 303
