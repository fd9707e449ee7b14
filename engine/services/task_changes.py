"""Use cases that change a task for somebody else: hand over, reassign, priority and dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.domain import assignment
from engine.domain.history import EventType
from engine.errors import FieldError, InvalidForm, NotAllowed
from engine.services import offers, users
from engine.services.handling import Handling, ensure_another_person
from engine.services.recorder import NO_DETAIL
from engine.store import escalation, tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from engine.domain.identity import User
    from engine.domain.user_task import UserTask
    from engine.services.context import Context
    from engine.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Urgency:
    """How urgent a task is to be; None changes nothing."""

    priority: int | None = None
    due_at: datetime | None = None
    follow_up_at: datetime | None = None


def delegate(context: Context, task_id: int, *, to: str, by: str, reason: str) -> UserTask:
    """Hand a task that one holds to another person, who may be anybody not barred from it."""

    def work(tx: Transaction) -> UserTask:
        holder, handling = users.acting(tx, by), Handling.begin(context, tx, task_id)
        if handling.task.ensure_open().ensure_visible(holder).claimed_by != by:
            raise NotAllowed(by, "hand over", f"task {task_id}")
        return _appoint(tx, handling, to, by, EventType.DELEGATED, reason)

    return context.database.run(work)


def reassign(context: Context, task_id: int, *, to: str, by: str, reason: str) -> UserTask:
    """Give an open task to a person, whoever holds it; for managers."""

    def work(tx: Transaction) -> UserTask:
        users.ensure_manager(tx, by, "reassign", f"task {task_id}")
        handling = Handling.begin(context, tx, task_id)
        return _appoint(tx, handling, to, by, EventType.REASSIGNED, reason)

    return context.database.run(work)


def offer_to_group(context: Context, task_id: int, *, group: str, by: str, reason: str) -> UserTask:
    """Offer an open task to another group instead of its candidates; for managers."""
    if not group.strip():
        raise InvalidForm({"group": FieldError("required")})

    def work(tx: Transaction) -> UserTask:
        users.ensure_manager(tx, by, "reassign", f"task {task_id}")
        handling = Handling.begin(context, tx, task_id)
        offered = handling.task.offered_to(group.strip())
        detail = {"group": group.strip(), **_because(reason)}
        return handling.save(offered, {EventType.REASSIGNED: detail}, by=by)

    return context.database.run(work)


def change(context: Context, task_id: int, urgency: Urgency, *, by: str, reason: str) -> UserTask:
    """Change the priority or the dates of an open task; for managers."""

    def work(tx: Transaction) -> UserTask:
        users.ensure_manager(tx, by, "change", f"task {task_id}")
        handling = Handling.begin(context, tx, task_id)
        changed = _changed(tx, handling.task.ensure_open(), urgency)
        told = {
            name: value if isinstance(value, int) else value.isoformat()
            for name, value in (
                ("priority", urgency.priority),
                ("due", urgency.due_at),
                ("follow_up", urgency.follow_up_at),
            )
            if value is not None
        }
        return handling.save(changed, {EventType.CHANGED: {**told, **_because(reason)}}, by=by)

    return context.database.run(work)


def update_person(context: Context, user: User) -> None:
    """Replace all of a person but the password; work they may do no longer is offered again."""
    users.update(context, user)
    release_what_is_barred(context, user.id)


def release_what_is_barred(context: Context, user_id: str) -> int:
    """Offer again what a person holds and may do no longer, and return how many tasks that are.

    Completing it is refused anyhow: this is so that others see it.
    """
    with context.database.reading() as tx:
        held = tasks.held_by(tx, user_id)
    return sum(context.database.run(_releasing(context, task.id, user_id)) for task in held)


def _releasing(context: Context, task_id: int, user_id: str) -> Callable[[Transaction], bool]:
    def work(tx: Transaction) -> bool:
        user, handling = users.get_in(tx, user_id), Handling.begin(context, tx, task_id)
        task = handling.task
        if task.claimed_by != user_id or (user.is_active and task.is_held_rightly(user)):
            return False
        released = task.released()
        events: dict[EventType, Mapping[str, object]] = {
            EventType.RELEASED: {"reason": "the person may do this no longer"},
            EventType.OFFERED: offers.detail(released),
        }
        handling.save(released, events, by=None)
        return True

    return work


def _appoint(
    tx: Transaction, handling: Handling, to: str, by: str, event_type: EventType, reason: str
) -> UserTask:
    person: User = users.acting(tx, to)
    ensure_another_person(tx, handling.node, handling.task, person)
    appointed = handling.task.appointed(person, by=by, at=handling.now)
    return handling.save(appointed, {event_type: {"to": to, **_because(reason)}}, by=by)


def _changed(tx: Transaction, task: UserTask, urgency: Urgency) -> UserTask:
    if urgency.priority is not None:
        try:
            task = replace(task, priority=assignment.priority(urgency.priority))
        except assignment.InvalidAssignment:
            error = FieldError("type", {"expected": "a whole number from 0 to 100"})
            raise InvalidForm({"priority": error}) from None
    if urgency.follow_up_at is not None:
        task = replace(task, follow_up_at=urgency.follow_up_at)
    if urgency.due_at is None:
        return task
    ladder = escalation.ladder(tx, task.process_key, task.element_id)
    next_step_at = None if ladder is None else ladder.moment(0, urgency.due_at)
    return replace(task, due_at=urgency.due_at, escalated=0, next_step_at=next_step_at)


def _because(reason: str) -> dict[str, object]:
    return {"reason": reason.strip()} if reason.strip() else {**NO_DETAIL}
