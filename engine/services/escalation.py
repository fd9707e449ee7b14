"""Use cases about the escalation ladder: change it, and take the steps that are due."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.domain.escalation import EscalationAction, EscalationLadder
from engine.domain.history import EventType
from engine.errors import NotFound, StoreUnavailable
from engine.services import users
from engine.services.handling import Handling
from engine.store import definitions, escalation, tasks

if TYPE_CHECKING:
    from engine.domain.escalation import EscalationStep
    from engine.domain.user_task import UserTask
    from engine.services.context import Context
    from engine.store.database import Transaction

logger = logging.getLogger(__name__)

RAISED_PRIORITY = 90


def ladders(context: Context, process_key: str) -> list[EscalationLadder]:
    """Return the ladders of a process, the one for all its tasks first."""
    with context.database.reading() as tx:
        return escalation.of_process(tx, process_key)


def set_ladder(context: Context, ladder: EscalationLadder, *, by: str | None) -> None:
    """Replace a ladder; tasks that are open already follow it from their next step on."""

    def work(tx: Transaction) -> None:
        if by is not None:
            users.ensure_manager(tx, by, "change the escalation ladder of", ladder.process_key)
        if definitions.newest_of(tx, ladder.process_key) is None:
            raise NotFound("process", ladder.process_key)
        escalation.save(tx, ladder, by=by, at=context.clock.now())
        for task in tasks.open_of_process(tx, ladder.process_key):
            current = escalation.ladder(tx, task.process_key, task.element_id)
            moment = None if current is None else current.moment(task.escalated, task.due_at)
            tasks.update(tx, replace(task, next_step_at=moment))

    context.database.run(work)


def escalate_due(context: Context, *, limit: int) -> int:
    """Take the steps that are due, one transaction each, and return how many were taken."""
    with context.database.reading() as tx:
        due = tasks.with_step_due(tx, at=context.clock.now(), limit=limit)
    return sum(_take_or_log(context, task_id) for task_id in due)


def _take_or_log(context: Context, task_id: int) -> bool:
    try:
        return context.database.run(lambda tx: _take(context, tx, task_id))
    except StoreUnavailable:
        raise
    except Exception:  # one task is no reason to leave the others behind
        logger.exception("the escalation of task %s failed", task_id)
        return False


def _take(context: Context, tx: Transaction, task_id: int) -> bool:
    handling = Handling.begin(context, tx, task_id)
    task = handling.task
    is_due = task.next_step_at is not None and task.next_step_at <= handling.now
    ladder = escalation.ladder(tx, task.process_key, task.element_id)
    if ladder is None or task.escalated >= len(ladder.steps) or not is_due:
        return False
    task.ensure_open()
    step = ladder.steps[task.escalated]
    number = task.escalated + 1
    taken = replace(
        _after(step, task), escalated=number, next_step_at=ladder.moment(number, task.due_at)
    )
    detail: dict[str, object] = {"step": number, "action": step.action.value}
    events = {EventType.ESCALATED: detail}
    if step.group is not None:
        detail["group"] = step.group
    if step.action is EscalationAction.REASSIGN:
        events[EventType.REASSIGNED] = {"group": step.group}
    handling.save(taken, events, by=None)
    return True


def _after(step: EscalationStep, task: UserTask) -> UserTask:
    if step.action is EscalationAction.REASSIGN and step.group is not None:
        return task.offered_to(step.group)
    if step.action is EscalationAction.ESCALATE:
        return replace(task, priority=max(task.priority, RAISED_PRIORITY))
    return task
