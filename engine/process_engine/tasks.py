"""Use cases about user tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import tasks

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def claim(self, task_id: int, *, by: str) -> UserTask:
        """Take a task that is offered to one's group, and start to work on it."""
        return tasks.claim(self._context, task_id, by=by)

    def release(self, task_id: int, *, by: str) -> UserTask:
        """Give a claimed task back to its group."""
        return tasks.release(self._context, task_id, by=by)

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
