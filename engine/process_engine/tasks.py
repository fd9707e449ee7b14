"""Use cases about user tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import drafts, escalation, task_changes, task_values, tasks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.escalation import EscalationLadder
    from engine.domain.user_task import UserTask


class TaskUseCases(UseCases):
    """Hand out work and take it back done."""

    def inbox(self, user_id: str, *, limit: int = 100) -> list[UserTask]:
        """Return what a person has claimed, then what is offered to their groups, oldest first."""
        return tasks.inbox(self._context, user_id, limit=limit)

    def task(self, task_id: int, *, by: str) -> UserTask:
        """Return a user task that this person may see."""
        return tasks.get(self._context, task_id, by=by)

    def open_tasks(self, instance_id: int, *, by: str) -> list[UserTask]:
        """Return the user tasks of a case that wait for somebody."""
        return tasks.open_in(self._context, instance_id, by=by)

    def task_values(self, task_id: int, *, by: str) -> dict[str, object]:
        """Return the values a task's form begins with: the case's, and its activity's own."""
        return task_values.of_task(self._context, task_id, by=by)

    def claim(self, task_id: int, *, by: str) -> UserTask:
        """Take a task that is offered to one's group, and start to work on it."""
        return tasks.claim(self._context, task_id, by=by)

    def release(self, task_id: int, *, by: str) -> UserTask:
        """Give a claimed task back to its group."""
        return tasks.release(self._context, task_id, by=by)

    def delegate(self, task_id: int, *, to: str, by: str, reason: str = "") -> UserTask:
        """Hand a task that one holds to another person, who then begins it or gives it back."""
        return task_changes.delegate(self._context, task_id, to=to, by=by, reason=reason)

    def reassign(self, task_id: int, *, to: str, by: str, reason: str = "") -> UserTask:
        """Keep an open task for a person, whoever holds it; for managers and administrators."""
        return task_changes.reassign(self._context, task_id, to=to, by=by, reason=reason)

    def offer_to_group(self, task_id: int, *, group: str, by: str, reason: str = "") -> UserTask:
        """Offer an open task to another group; for managers and administrators."""
        return task_changes.offer_to_group(
            self._context, task_id, group=group, by=by, reason=reason
        )

    def change_task(
        self,
        task_id: int,
        *,
        by: str,
        priority: int | None = None,
        due_at: datetime | None = None,
        follow_up_at: datetime | None = None,
        reason: str = "",
    ) -> UserTask:
        """Change how urgent an open task is, None changes nothing; for managers."""
        urgency = task_changes.Urgency(priority, due_at, follow_up_at)
        return task_changes.change(self._context, task_id, urgency, by=by, reason=reason)

    # drafts

    def save_draft(self, task_id: int, values: Mapping[str, object], *, by: str) -> datetime:
        """Keep what a person has typed into a form so far, right or wrong."""
        return drafts.save(self._context, task_id, values, by=by)

    def draft(self, task_id: int, *, by: str) -> tuple[dict[str, object], datetime] | None:
        """Return what a person typed into the form of a task, and when it was saved."""
        return drafts.get(self._context, task_id, by=by)

    def discard_draft(self, task_id: int, *, by: str) -> None:
        """Forget what a person typed."""
        drafts.discard(self._context, task_id, by=by)

    def forget_old_drafts(self) -> int:
        """Forget drafts that nobody touched for 90 days, and return how many."""
        return drafts.forget_old(self._context)

    # the escalation ladder

    def escalation_ladders(self, process_key: str) -> list[EscalationLadder]:
        """Return the ladders of a process, the one for all its tasks first."""
        return escalation.ladders(self._context, process_key)

    def set_escalation_ladder(self, ladder: EscalationLadder, *, by: str | None) -> None:
        """Replace a ladder, for managers; one without steps is taken away."""
        escalation.set_ladder(self._context, ladder, by=by)

    def escalate_due(self, *, limit: int = 100) -> int:
        """Take the steps of escalation ladders that are due, and return how many."""
        return escalation.escalate_due(self._context, limit=limit)

    # completing

    def complete_task(
        self,
        task_id: int,
        *,
        by: str,
        values: Mapping[str, object],
        idempotency_key: str | None = None,
    ) -> list[UserTask]:
        """Complete a claimed task and return the tasks that follow it in the same case.

        The same request with the same idempotency key is carried out once and answered twice.
        """
        request = tasks.Completion(task_id, values, idempotency_key)
        return tasks.complete(self._context, request, by=by)
