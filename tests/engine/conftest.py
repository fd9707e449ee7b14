"""An engine on each database, a clock that stands still, and the cast.

Alice works at the desk, Bob in the ward, Charlie nowhere; Dora manages.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime
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
    from pathlib import Path

    from tests.engine.postgresql import Databases

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


def fill(url: str) -> None:
    """Put the cast and the patient visit into a database."""
    config = EngineConfig(url, sqlite_synchronous="OFF")
    with closing(ProcessEngine.open(config, clock=FixedClock(MONDAY))) as engine:
        for user in CAST:
            engine.add_user(user)
        engine.deploy(VISIT, source="visit.bpmn", forms={"register": REGISTER_FORM})


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path) -> Path:
    """A database file with the cast and the patient visit, to be copied."""
    file = sqlite_template.with_name("filled.db")
    shutil.copy(sqlite_template, file)
    fill(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Databases]:
    """A PostgreSQL server of our own."""
    from tests.engine.postgresql import a_server  # psycopg takes a while

    with a_server(fill) as databases:
        yield databases


@pytest.fixture
def postgresql_database(postgresql_server: Databases) -> Iterator[str]:
    """The URL of a PostgreSQL database with all tables and no rows."""
    with postgresql_server.lent() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with all tables and no rows, of each kind in turn."""
    if request.param == "sqlite":
        file = tmp_path / "twinflow.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
    url: str = request.getfixturevalue("postgresql_database")
    return url


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
def filled_config(request: pytest.FixtureRequest, config: EngineConfig) -> EngineConfig:
    """The database with the cast and the patient visit."""
    url = config.database_url
    if url.startswith("sqlite"):
        shutil.copy(request.getfixturevalue("filled_template"), url.removeprefix("sqlite:///"))
    else:
        request.getfixturevalue("postgresql_server").fill(url)
    return config


@pytest.fixture
def engine(filled_config: EngineConfig, clock: FixedClock) -> Iterator[ProcessEngine]:
    """An engine with the cast and the patient visit."""
    with closing(ProcessEngine.open(filled_config, clock=clock)) as engine:
        yield engine
