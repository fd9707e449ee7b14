"""Context: what every use case needs, joined at one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from engine.config import EngineConfig
from engine.connectors.registry import Connectors
from engine.connectors.settings import ConnectorSettings
from engine.connectors.smtp import CaptureMailer, mailer
from engine.expressions.script import ScriptRunner
from engine.services.deployed import DeployedProcesses
from engine.store.database import Database

if TYPE_CHECKING:
    from engine.clock import Clock
    from engine.connectors.smtp import Mailer


class Follower:
    """What follows a command right after it is stored; it never raises.

    This one leaves everything to the worker, who finds it in the database.
    """

    def do_job_at(self, context: Context, instance_id: int, token: str) -> None:
        """Do the job of a token."""

    def do_job(self, context: Context, job_id: int) -> None:
        """Do a job."""

    def deliver(self, context: Context, message: int) -> None:
        """Deliver a stored message."""

    def deliver_early(self, context: Context, name: str) -> None:
        """Deliver messages that came before somebody waited for them."""


@dataclass(frozen=True, slots=True)
class Context:
    """The database, the time, what services are there, and the processes compiled so far."""

    database: Database
    clock: Clock
    deployed: DeployedProcesses
    follower: Follower
    connectors: Connectors = field(default_factory=Connectors)
    scripts: ScriptRunner = field(default_factory=ScriptRunner)
    mailer: Mailer = field(default_factory=CaptureMailer)
    largest_case_bytes: int = EngineConfig.largest_case_bytes

    @classmethod
    def open(
        cls,
        config: EngineConfig,
        clock: Clock,
        *,
        follower: Follower | None = None,
        connectors: Connectors | None = None,
    ) -> Self:
        """Connect to the database; without connectors, those of the environment are there."""
        settings = ConnectorSettings.from_environment()
        if connectors is None:
            connectors = Connectors.standard(settings, clock=clock)
        scripts, letters = ScriptRunner.from_environment(), mailer(settings.mail)
        database = Database.open(config)
        return cls(
            database,
            clock,
            DeployedProcesses(),
            follower or Follower(),
            connectors,
            scripts,
            letters,
            config.largest_case_bytes,
        )

    def close(self) -> None:
        """Let go of the database and of the processes that run scripts."""
        self.scripts.close()
        self.database.close()

    def is_quick(self, connector: str | None) -> bool:
        """Return whether a connector only writes down what is to be done, and waits for nobody."""
        return connector is not None and connector in QUICK


# Their calls reach nothing outside: what they ask for is stored with the result.
QUICK = frozenset({"email", "start_process", "publish_message", "survey_invitation"})
