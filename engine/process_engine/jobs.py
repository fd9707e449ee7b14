"""Use cases about timers and other jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import idempotency, timers

if TYPE_CHECKING:
    from engine.domain.instance import Timer


class JobUseCases(UseCases):
    """Do what is due by itself."""

    def timers(self, instance_id: int) -> list[Timer]:
        """Return the timers a case waits for, the next one first."""
        return timers.of_instance(self._context, instance_id)

    def fire_timer_now(self, timer_id: int, *, by: str, reason: str) -> None:
        """Fire a timer before it is due; for managers and administrators."""
        timers.fire_now(self._context, timer_id, by=by, reason=reason)

    def fire_due_timers(self, *, limit: int = 100) -> int:
        """Fire the timers that are due, one transaction each, and return how many."""
        return timers.fire_due(self._context, limit=limit)

    def forget_old_answers(self) -> int:
        """Forget which requests were carried out more than a week ago, and return how many."""
        return idempotency.forget_old_answers(self._context)
