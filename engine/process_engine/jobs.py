"""Use cases about what is due by itself, and about what went wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.job import Queue
from engine.process_engine.base import UseCases
from engine.services import idempotency, incidents, jobs, messages, timers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from engine.domain.incident import Incident
    from engine.domain.instance import Timer


def _never() -> bool:
    return False


class JobUseCases(UseCases):
    """Do what is due by itself, and decide about what failed."""

    def timers(self, instance_id: int) -> list[Timer]:
        """Return the timers a case waits for, the next one first."""
        return timers.of_instance(self._context, instance_id)

    def fire_timer_now(self, timer_id: int, *, by: str, reason: str) -> None:
        """Fire a timer before it is due; for managers and administrators."""
        timers.fire_now(self._context, timer_id, by=by, reason=reason)

    def fire_due_timers(self, *, limit: int = 100, should_stop: Callable[[], bool] = _never) -> int:
        """Do the jobs that need nothing but the database, and return how many were done.

        They are timers above all, those planned first at first, one transaction each.
        """
        return jobs.run_due(self._context, limit=limit, should_stop=should_stop)

    def call_due_services(
        self, *, limit: int = 20, should_stop: Callable[[], bool] = _never
    ) -> int:
        """Call the services and run the scripts that are due, and return how many were done."""
        queue = Queue.OUTSIDE
        return jobs.run_due(self._context, limit=limit, queue=queue, should_stop=should_stop)

    def job_backlog(self) -> tuple[int, timedelta]:
        """Return how many jobs are due, and how late the first of them is: do workers keep up?"""
        return jobs.backlog(self._context)

    def sweep_messages(self, *, limit: int = 100) -> int:
        """Deliver what a crash left behind, give up messages that waited too long."""
        return messages.sweep(self._context, limit=limit)

    def forget_old_answers(self) -> int:
        """Forget which requests were carried out more than a week ago, and return how many."""
        return idempotency.forget_old_answers(self._context)

    def forget_old_messages(self) -> int:
        """Forget messages that were delivered more than a month ago, and return how many."""
        return messages.forget_old(self._context)

    def incidents(self, *, by: str, is_open: bool = True, limit: int = 100) -> list[Incident]:
        """Return the newest incidents of all cases; for managers and administrators."""
        return incidents.listed(self._context, by=by, is_open=is_open, limit=limit)

    def count_incidents(self, *, by: str, at_most: int = 100) -> int:
        """Return how many incidents are open, of which no more than some are counted."""
        return incidents.count_open(self._context, by=by, at_most=at_most)

    def incidents_of(self, instance_id: int, *, by: str) -> list[Incident]:
        """Return the incidents of a case that this person may see, oldest first."""
        return incidents.of_instance(self._context, instance_id, by=by)

    def incident(self, incident_id: int, *, by: str) -> Incident:
        """Return an incident; for managers and administrators, like all that follows."""
        return incidents.get(self._context, incident_id, by=by)

    def retry_incident(
        self, incident_id: int, *, by: str, values: Mapping[str, object] | None = None
    ) -> Incident:
        """Try again what failed, with corrected values of the case if there are any."""
        return incidents.retry(self._context, incident_id, by=by, values=values)

    def skip_incident(
        self,
        incident_id: int,
        *,
        by: str,
        reason: str,
        values: Mapping[str, object] | None = None,
    ) -> Incident:
        """Go on as if the work were done, with the values it would have given."""
        return incidents.skip(self._context, incident_id, by=by, reason=reason, values=values)

    def cancel_incident(self, incident_id: int, *, by: str, reason: str) -> Incident:
        """Cancel the case that an incident holds up."""
        return incidents.cancel(self._context, incident_id, by=by, reason=reason)
