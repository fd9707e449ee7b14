"""Handling: changing who holds a task, or how urgent it is; the tokens stay where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import NotAllowed, NotFound
from engine.services import vacancies
from engine.services.moves import recorder_of
from engine.store import history, instances, tasks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.history import EventType
    from engine.domain.identity import User
    from engine.domain.process_graph import FlowNode
    from engine.domain.user_task import UserTask
    from engine.services.context import Context
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance


@dataclass(frozen=True, slots=True)
class Handling:
    """A task whose case is locked, within a transaction."""

    tx: Transaction
    locked: LockedInstance
    task: UserTask
    node: FlowNode
    now: datetime

    @classmethod
    def begin(cls, context: Context, tx: Transaction, task_id: int) -> Handling:
        """Lock the case of a task; NotFound if there is no such task."""
        locked = instances.lock_by_task(tx, task_id)
        task = tasks.get(tx, task_id) if locked is not None else None
        if locked is None or task is None:
            raise NotFound("task", task_id)
        graph = context.deployed.get(tx, locked.instance.definition_id).graph
        return cls(tx, locked, task, graph.nodes[task.element_id], context.clock.now())

    def save(
        self,
        changed: UserTask,
        events: Mapping[EventType, Mapping[str, object]],
        *,
        by: str | None,
    ) -> UserTask:
        """Store the task and what is to be remembered: events in order, with their details."""
        case = self.locked.instance
        recorder = recorder_of(self.locked, self.now)
        for event_type, detail in events.items():
            recorder.element(event_type, self.node, changed.token, actor=by, detail=detail)
        if case.open_incidents:
            vacancies.settle(self.tx, changed, self.node, recorder, by=by, at=self.now)
        instances.touch(self.tx, self.locked, tail=recorder.tail)
        tasks.update(self.tx, changed)
        if changed.candidates != self.task.candidates:
            tasks.update_candidates(self.tx, changed)
        history.append(self.tx, (case.id, recorder.chain))
        return changed


def ensure_another_person(tx: Transaction, node: FlowNode, task: UserTask, user: User) -> None:
    """Refuse a person who did a task that this one's performer must not have done.

    Asked again when a task is taken and completed: the other one may have been done meanwhile.
    """
    if node.assignment is None or not node.assignment.distinct_from:
        return
    done_by = tasks.done_by(tx, task.instance_id, node.assignment.distinct_from)
    for element_id, performer in done_by.items():
        if performer == user.id:
            subject = f"task {task.id}: another person than the one who did {element_id!r} must"
            raise NotAllowed(user.id, "do", subject)
