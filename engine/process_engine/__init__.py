"""ProcessEngine, the facade: a method per use case, no logic.

Everything outside ``engine`` that runs processes goes through this class. A method is one
transaction; whatever it raises (see ``engine.errors``), nothing of it is stored. The methods
stand in one module per noun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from engine.clock import SystemClock
from engine.process_engine.bulk import BulkUseCases
from engine.process_engine.calendars import CalendarUseCases
from engine.process_engine.definitions import DefinitionUseCases
from engine.process_engine.history import HistoryUseCases
from engine.process_engine.instances import InstanceUseCases
from engine.process_engine.jobs import JobUseCases
from engine.process_engine.lifecycle import LifecycleUseCases
from engine.process_engine.mail import MailUseCases
from engine.process_engine.messages import MessageUseCases
from engine.process_engine.people import PeopleUseCases
from engine.process_engine.tasks import TaskUseCases
from engine.process_engine.vault import VaultUseCases
from engine.process_engine.versions import VersionUseCases
from engine.services.context import Context
from engine.services.follower import QuickFollower

if TYPE_CHECKING:
    from engine.clock import Clock
    from engine.config import EngineConfig
    from engine.connectors.registry import Connectors


class ProcessEngine(
    DefinitionUseCases,
    VersionUseCases,
    InstanceUseCases,
    LifecycleUseCases,
    BulkUseCases,
    TaskUseCases,
    JobUseCases,
    MessageUseCases,
    MailUseCases,
    HistoryUseCases,
    PeopleUseCases,
    CalendarUseCases,
    VaultUseCases,
):
    """Deploys processes, runs cases, hands out work and remembers what happened."""

    @classmethod
    def open(
        cls,
        config: EngineConfig,
        *,
        clock: Clock | None = None,
        connectors: Connectors | None = None,
    ) -> Self:
        """Connect to the database and bring its tables up to date.

        ``connectors`` are what service tasks can call, by default those of the environment.
        """
        context = Context.open(
            config, clock or SystemClock(), follower=QuickFollower(), connectors=connectors
        )
        return cls(context)

    def close(self) -> None:
        """Let go of the database."""
        self._context.close()
