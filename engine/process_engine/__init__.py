"""ProcessEngine, the facade: a method per use case, no logic.

Everything outside ``engine`` that runs processes goes through this class. A method is one
transaction; whatever it raises (see ``engine.errors``), nothing of it is stored. The methods
stand in one module per noun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from engine.clock import SystemClock
from engine.process_engine.calendars import CalendarUseCases
from engine.process_engine.definitions import DefinitionUseCases
from engine.process_engine.history import HistoryUseCases
from engine.process_engine.instances import InstanceUseCases
from engine.process_engine.jobs import JobUseCases
from engine.process_engine.people import PeopleUseCases
from engine.process_engine.tasks import TaskUseCases
from engine.services.context import Context

if TYPE_CHECKING:
    from engine.clock import Clock
    from engine.config import EngineConfig


class ProcessEngine(
    DefinitionUseCases,
    InstanceUseCases,
    TaskUseCases,
    JobUseCases,
    HistoryUseCases,
    PeopleUseCases,
    CalendarUseCases,
):
    """Deploys processes, runs cases, hands out work and remembers what happened."""

    @classmethod
    def open(cls, config: EngineConfig, *, clock: Clock | None = None) -> Self:
        """Connect to the database and bring its tables up to date."""
        return cls(Context.open(config, clock or SystemClock()))

    def close(self) -> None:
        """Let go of the database."""
        self._context.close()
