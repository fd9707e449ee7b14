from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.config import EngineConfig
from engine.errors import StoreUnavailable
from engine.store.database import Database
from engine.store.tables import SCHEMA_REVISION, metadata


def test_migrations_give_the_tables_of_the_metadata(database):
    with database.reading() as tx:
        differences = compare_metadata(MigrationContext.configure(tx), metadata)

    assert differences == []


def test_newest_migration_is_the_revision_the_engine_expects():
    scripts = Config()
    scripts.set_main_option("script_location", "migrations:")

    assert ScriptDirectory.from_config(scripts).get_heads() == [SCHEMA_REVISION]


def test_database_of_a_newer_version_is_refused_in_words(database, config):
    database.run(lambda tx: tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(StoreUnavailable, match=r"newer version of Twinflow.*9999.*update"):
        Database.open(config)


def test_failed_migration_leaves_nothing_behind(tmp_path, monkeypatch):
    config = EngineConfig(f"sqlite:///{tmp_path}/new.db")
    monkeypatch.setattr("alembic.op.create_index", fail)

    with pytest.raises(ZeroDivisionError):
        Database.open(config)

    monkeypatch.undo()
    Database.open(config).close()  # would fail if some tables were there already


def fail(*_arguments, **_options):
    raise ZeroDivisionError


def opened_at_once(config):
    """How many of four threads get the database open."""
    opened = []
    threads = [Thread(target=lambda: opened.append(Database.open(config))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in opened:
        database.close()
    return len(opened)


def test_database_is_migrated_once_when_many_open_it(tmp_path):
    config = EngineConfig(f"sqlite:///{tmp_path}/folder/new.db")

    assert opened_at_once(config) == 4


@pytest.mark.postgresql
def test_empty_postgresql_database_is_migrated_once_when_many_open_it(postgresql_server):
    config = EngineConfig(postgresql_server.create("fresh"))

    assert opened_at_once(config) == 4


def test_migrations_are_a_package_of_the_wheel():
    import migrations

    assert (Path(migrations.__file__).parent / "env.py").exists()
