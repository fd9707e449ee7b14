"""What is handed to the driver directly comes back as SQLAlchemy's own way gives it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import bindparam as parameter
from sqlalchemy import exc

from engine.store.prepared import Prepared
from engine.store.tables import app_user, definition

DEPLOYED = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
ROW = {
    "process_key": "visit",
    "version": 1,
    "name": "探访 / Visit",
    "sha256": "0",
    "source": "visit.bpmn",
    "xml": b"\x00<\xff",
    "deployed_at": DEPLOYED,
    "deployed_by": None,
}
USERS = [{"id": name, "name": name.title(), "is_active": name != "bob"} for name in ("al", "bob")]
_INSERT_USER = Prepared(sa.insert(app_user), keys=("id", "name", "is_active"))
_USERS = Prepared(
    sa.select(app_user.c.id, app_user.c.is_active)
    .where(
        sa.or_(app_user.c.id == "al", app_user.c.id == "bob"), app_user.c.name != parameter("name")
    )
    .order_by(app_user.c.id)
)


def test_rows_have_names_and_converted_values(database):
    database.run(lambda tx: _INSERT_USER.run_many(tx, USERS))

    with database.reading() as tx:
        rows = _USERS.rows(tx, {"name": "nobody"})
        usual = tx.execute(sa.select(app_user.c.id, app_user.c.is_active).order_by("id")).all()

    assert [(row.id, row.is_active) for row in rows] == [("al", True), ("bob", False)]
    assert [tuple(row) for row in rows] == [tuple(row) for row in usual]
    assert rows[1].is_active is False


def test_moments_and_bytes_go_in_and_come_out_unchanged(database):
    insert = Prepared(sa.insert(definition).returning(definition.c.id), keys=tuple(ROW))
    query = Prepared(sa.select(definition).where(definition.c.id == parameter("id")))

    new_id = database.run(lambda tx: insert.one(tx, ROW).id)
    with database.reading() as tx:
        row = query.one(tx, {"id": new_id})
        usual = tx.execute(sa.select(definition).where(definition.c.id == new_id)).one()

    assert (row.xml, row.deployed_at, row.name) == (ROW["xml"], DEPLOYED, ROW["name"])
    assert row._asdict() == dict(usual._mapping)


def test_moment_without_a_zone_is_refused_here_too(database):
    insert = Prepared(sa.insert(definition), keys=tuple(ROW))

    with pytest.raises(ValueError, match="needs a time zone"):
        database.run(lambda tx: insert.run(tx, {**ROW, "deployed_at": datetime(2026, 3, 2)}))  # noqa: DTZ001


def test_change_says_how_many_rows_it_touched(database):
    update = Prepared(
        sa.update(app_user).where(app_user.c.id == parameter("old")).values(name=parameter("new"))
    )
    database.run(lambda tx: _INSERT_USER.run_many(tx, USERS))

    touched = [
        database.run(lambda tx, name=name: update.run(tx, {"old": name, "new": "X"}))
        for name in ("al", "nobody")
    ]

    assert touched == [1, 0]


def test_broken_rule_is_raised_as_by_sqlalchemy(database):
    def work(tx):
        with pytest.raises(exc.IntegrityError):
            _INSERT_USER.run(tx, USERS[0])
        raise ZeroDivisionError

    database.run(lambda tx: _INSERT_USER.run(tx, USERS[0]))
    with pytest.raises(ZeroDivisionError):
        database.run(work)


def test_query_without_rows_finds_none(database):
    with database.reading() as tx:
        assert _USERS.one(tx, {"name": "x"}) is None


def test_list_of_unknown_length_is_refused(database):
    query = Prepared(sa.select(app_user.c.id).where(app_user.c.id.in_(["al"])))

    with database.reading() as tx, pytest.raises(ValueError, match="or_"):
        query.rows(tx, {})
