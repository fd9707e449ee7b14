"""EngineConfig: where the engine keeps its data, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

SYNCHRONOUS_MODES = ("FULL", "NORMAL", "EXTRA", "OFF")


@dataclass(frozen=True)
class EngineConfig:
    """The settings of the engine.

    ``sqlite_synchronous`` is SQLite's ``PRAGMA synchronous``: FULL survives a power cut with
    every acknowledged command, NORMAL may lose the last ones, OFF is for tests.
    """

    database_url: str = "sqlite:///var/twinflow.db"
    sqlite_synchronous: str = "FULL"
    lock_timeout_s: float = 15.0  # how long a command waits for other writers

    def __post_init__(self) -> None:
        if self.sqlite_synchronous not in SYNCHRONOUS_MODES:
            allowed = ", ".join(SYNCHRONOUS_MODES)
            raise ValueError(
                f"TWINFLOW_SQLITE_SYNCHRONOUS is {self.sqlite_synchronous!r}; allowed: {allowed}"
            )
        if not self.database_url.startswith(("sqlite:", "postgresql")):
            raise ValueError(
                "TWINFLOW_DATABASE_URL must start with sqlite:/// or postgresql://;"
                f" it starts with {self.database_url.partition(':')[0]!r}"
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read TWINFLOW_DATABASE_URL and TWINFLOW_SQLITE_SYNCHRONOUS."""
        given = os.environ if environment is None else environment
        return cls(
            database_url=given.get("TWINFLOW_DATABASE_URL") or cls.database_url,
            sqlite_synchronous=(
                given.get("TWINFLOW_SQLITE_SYNCHRONOUS") or cls.sqlite_synchronous
            ).upper(),
        )
