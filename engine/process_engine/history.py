"""Use cases about history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import history, history_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from engine.domain.history import HistoryEvent
    from engine.domain.history_check import HistoryCheck, Seal


class HistoryUseCases(UseCases):
    """Read what happened."""

    def history(self, instance_id: int, *, by: str) -> list[HistoryEvent]:
        """Return what happened in a case, in order."""
        return history.of_instance(self._context, instance_id, by=by)

    def events(
        self, process_key: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[HistoryEvent]:
        """Yield the events of the cases started in a period, case by case, in order."""
        return history.of_process(self._context, process_key, since=since, until=until)

    def import_history(self, definition_id: int, events: Iterable[HistoryEvent]) -> int:
        """Store finished cases that ran elsewhere and return how many; all of them or none."""
        return history.import_cases(self._context, definition_id, events)

    def seal_history(self, *, by: str | None = None) -> Seal | None:
        """Seal what happened since the last seal; None if nothing did.

        For the quality officer and administrators; ``by=None`` is the system itself.
        """
        return history_checks.seal(self._context, by=by)

    def seal_history_if_due(self) -> Seal | None:
        """Seal the history if the last seal is a day old."""
        return history_checks.seal_if_due(self._context)

    def check_history(self, *, by: str | None = None, kept: str | None = None) -> HistoryCheck:
        """Return what was altered, removed or inserted behind the engine's back.

        ``kept`` is a seal as text that somebody kept outside of the database.
        """
        return history_checks.check(self._context, by=by, kept=kept)
