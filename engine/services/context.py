"""Context: what every use case needs, joined at one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TypeVar

from engine.connectors.registry import Connectors
from engine.connectors.settings import ConnectorSettings
from engine.errors import ExecutionFailed
from engine.expressions.script import ScriptRunner
from engine.services import failures
from engine.services.deployed import DeployedProcesses
from engine.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.clock import Clock
    from engine.config import EngineConfig
    from engine.store.database import Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """The database, the time, what services are there, and the processes compiled so far."""

    database: Database
    clock: Clock
    deployed: DeployedProcesses
    connectors: Connectors = field(default_factory=Connectors)
    scripts: ScriptRunner = field(default_factory=ScriptRunner)

    @classmethod
    def open(
        cls, config: EngineConfig, clock: Clock, *, connectors: Connectors | None = None
    ) -> Self:
        """Connect to the database; without connectors, those of the environment are there."""
        if connectors is None:
            settings = ConnectorSettings.from_environment()
            connectors = Connectors.standard(settings, clock=clock)
        database = Database.open(config)
        scripts = ScriptRunner.from_environment()
        return cls(database, clock, DeployedProcesses(), connectors, scripts)

    def close(self) -> None:
        """Let go of the database and of the processes that run scripts."""
        self.scripts.close()
        self.database.close()

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Run a command on a case; if model or data stop it, an incident is left behind."""
        try:
            return self.database.run(work)
        except ExecutionFailed as error:
            failures.of_command(self, error)
            raise

    def is_quick(self, connector: str | None) -> bool:
        """Return whether a connector only writes down what is to be done, and waits for nobody."""
        return connector is not None and connector in QUICK


# Their calls reach nothing outside: what they ask for is stored with the result.
QUICK = frozenset({"email", "start_process", "publish_message", "survey_invitation"})
