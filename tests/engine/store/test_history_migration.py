from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from engine.config import EngineConfig
from engine.store import history_check
from engine.store.database import Database
from engine.store.tables import history, instance

EVENTS = """
INSERT INTO definition (id, process_key, version, name, sha256, source, xml, deployed_at)
VALUES (1, 'visit', 1, 'Visit', '', '', '', '2026-03-02 08:00:00.000000');
INSERT INTO instance (id, definition_id, process_key, business_key, state, version, last_seq,
    case_values, search_text, started_at)
VALUES (1, 1, 'visit', 'V1', 'active', 1, 3, '{}', '', '2026-03-02 08:00:00.000000'),
    (2, 1, 'visit', 'V2', 'active', 1, 1, '{}', '', '2026-03-02 08:00:00.000000');
INSERT INTO history (instance_id, seq, type, at, actor, detail)
VALUES (1, 1, 'case_started', '2026-03-02 08:00:00.000000', 'alice', NULL),
    (1, 3, 'scheduled', '2026-03-02 08:00:00.250000', NULL, '{"note":"好"}'),
    (2, 1, 'case_started', '2026-03-02 08:00:00.000000', NULL, NULL);
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def old_database_url(request, tmp_path):
    """The URL of a database as it was before the chain, with some events."""
    url = f"sqlite:///{tmp_path}/old.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_server").create(tmp_path.name)
    db_engine = sa.create_engine(sa.make_url(url).set(drivername=drivername(url)))
    with db_engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "migrations:")
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for statement in EVENTS.split(";\n")[:-1]:
            connection.exec_driver_sql(statement)
    db_engine.dispose()
    return url


def drivername(url):
    return "sqlite" if url.startswith("sqlite") else "postgresql+psycopg"


def test_events_from_before_the_chain_are_chained(old_database_url):
    database = Database.open(EngineConfig(old_database_url, sqlite_synchronous="OFF"))

    with database.reading() as tx:
        checked = history_check.check(tx)

    assert (checked.faults, checked.cases, checked.events) == ((), 2, 3)
    database.close()


def test_cases_from_before_the_chain_go_on_behind_their_last_event(old_database_url):
    database = Database.open(EngineConfig(old_database_url, sqlite_synchronous="OFF"))

    with database.reading() as tx:
        known = tx.execute(sa.select(instance.c.last_seq, instance.c.last_hash)).all()
        stored = tx.execute(sa.select(history.c.seq, history.c.hash)).all()

    assert len(known) == 2
    assert set(known) <= set(stored)
    database.close()
