"""Use cases about history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import history

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from engine.domain.history import HistoryEvent


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
