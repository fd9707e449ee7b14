"""Context: what every use case needs, joined at one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from engine.services.deployed import DeployedProcesses
from engine.store.database import Database

if TYPE_CHECKING:
    from engine.clock import Clock
    from engine.config import EngineConfig


@dataclass(frozen=True, slots=True)
class Context:
    """The database, the time, and the processes compiled so far."""

    database: Database
    clock: Clock
    deployed: DeployedProcesses

    @classmethod
    def open(cls, config: EngineConfig, clock: Clock) -> Self:
        """Connect to the database."""
        return cls(Database.open(config), clock, DeployedProcesses())

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()
