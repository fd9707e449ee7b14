"""Journal: what happens during one command, in the order in which it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.delta import Fact, OpenedTask, OpenedTimer
from engine.domain.history import EventType

if TYPE_CHECKING:
    from datetime import datetime


class Journal:
    """Collects facts, and which tasks and timers opened and closed."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.opened_tasks: dict[str, OpenedTask] = {}
        self.opened_timers: dict[str, OpenedTimer] = {}
        self.closed_tasks: list[str] = []
        self.closed_timers: list[str] = []

    def scheduled(self, element_id: str, token: str) -> None:
        """Record that a token arrived at an activity or event."""
        self.facts.append(Fact(EventType.SCHEDULED, element_id, token))

    def completed(self, element_id: str, token: str) -> None:
        """Record that an activity or event is done."""
        self.facts.append(Fact(EventType.COMPLETED, element_id, token))

    def cancelled(self, element_id: str, token: str) -> None:
        """Record that an activity or event was withdrawn before it was done."""
        self.facts.append(Fact(EventType.CANCELLED, element_id, token))

    def task_opened(self, element_id: str, token: str) -> None:
        """Record that a person can now do a task."""
        self.opened_tasks[token] = OpenedTask(token, element_id)

    def task_withdrawn(self, token: str) -> None:
        """Record that nobody can do a task any more; what opened in this command is forgotten."""
        if self.opened_tasks.pop(token, None) is None:
            self.closed_tasks.append(token)

    def timer_opened(self, element_id: str, token: str, due_at: datetime) -> None:
        """Record that a timer is set."""
        self.opened_timers[token] = OpenedTimer(token, element_id, due_at)

    def timer_closed(self, token: str) -> None:
        """Record that a timer fired or was withdrawn."""
        if self.opened_timers.pop(token, None) is None:
            self.closed_timers.append(token)
