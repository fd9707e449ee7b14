"""The command line of tests/web/cli, here on a database that a real server works on as well.

And the complaint desk, whose database is made once and copied for every test; and the people
who improve.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from engine.config import EngineConfig
from tests.acceptance.complaints import Desk, set_up
from tests.acceptance.improvement import opened
from tests.web.cli.conftest import cli, home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.improvement import Improvement

__all__ = ["cli", "home"]


def config_in(folder: Path) -> EngineConfig:
    return EngineConfig(f"sqlite:///{folder / 'desk.db'}", sqlite_synchronous="OFF")


@pytest.fixture(scope="session")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of a complaint desk that nobody has complained to yet."""
    folder = tmp_path_factory.mktemp("desk")
    set_up(config_in(folder))
    return folder


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path) -> Iterator[Desk]:
    shutil.copy(desk_template / "desk.db", tmp_path)
    desk = Desk(config_in(tmp_path))
    yield desk
    desk.engine.close()


@pytest.fixture
def improvement(tmp_path: Path) -> Iterator[Improvement]:
    with opened(tmp_path) as people:
        yield people
