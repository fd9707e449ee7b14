"""A database without an engine around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.config import EngineConfig


@pytest.fixture
def database(config: EngineConfig) -> Iterator[Database]:
    database = Database.open(config)
    yield database
    database.close()
