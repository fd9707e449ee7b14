"""Use cases about user tasks: see, claim, release, complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.history import EventType
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import (
    commands,
    idempotency,
    offers,
    steps,
    task_values,
    users,
    vacancies,
    vault,
)
from engine.services.access import ensure_case_visible
from engine.services.handling import Handling, ensure_another_person
from engine.services.moves import Cause, moving
from engine.services.recorder import NO_DETAIL
from engine.store import drafts, instances, tasks
from engine.store.inbox import offered_to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.form import Form
    from engine.domain.user_task import UserTask
    from engine.services.context import Context
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance


@dataclass(frozen=True, slots=True)
class Completion:
    """The request to complete a task."""

    task_id: int
    values: Mapping[str, object]
    idempotency_key: str | None = None


def inbox(context: Context, user_id: str, *, limit: int) -> list[UserTask]:
    """Return what a person holds, then what they may take, the most urgent first."""
    now = context.clock.now()
    with context.database.reading() as tx:
        user = users.acting(tx, user_id)
        held = tasks.claimed_by(tx, user, limit=limit)
        offered = offered_to(tx, user, at=now, limit=limit)
    return (held + offered)[:limit]


def get(context: Context, task_id: int, *, by: str) -> UserTask:
    """Return a task that this person may see."""
    with context.database.reading() as tx:
        return _find(tx, task_id).ensure_visible(users.acting(tx, by))


def open_in(context: Context, instance_id: int, *, by: str) -> list[UserTask]:
    """Return the open tasks of a case that this person may see."""
    with context.database.reading() as tx:
        ensure_case_visible(tx, instance_id, by)
        return tasks.open_in(tx, instance_id)


def claim(context: Context, task_id: int, *, by: str) -> UserTask:
    """Give a task to a person, who starts to work on it."""

    def work(tx: Transaction) -> UserTask:
        user, handling = users.acting(tx, by), Handling.begin(context, tx, task_id)
        task = handling.task.ensure_open()
        handling.locked.instance.ensure_active()
        ensure_another_person(tx, handling.node, task, user)
        claimed = task.claimed(user, handling.now)
        if claimed is task:
            return task
        events = {EventType.CLAIMED: NO_DETAIL, EventType.STARTED: NO_DETAIL}
        return handling.save(claimed, events, by=by)

    return context.database.run(work)


def release(context: Context, task_id: int, *, by: str) -> UserTask:
    """Offer a task that a person holds to its candidates again."""

    def work(tx: Transaction) -> UserTask:
        user, handling = users.acting(tx, by), Handling.begin(context, tx, task_id)
        released = handling.task.given_back(user)
        events = {EventType.RELEASED: NO_DETAIL, EventType.OFFERED: offers.detail(released)}
        saved = handling.save(released, events, by=by)
        return vacancies.offered_again(steps.Steps(context, tx), handling.node, saved)

    return context.database.run(work)


def complete(context: Context, completion: Completion, *, by: str) -> list[UserTask]:
    """Complete a claimed task and return the tasks that follow it."""
    content = {"complete": completion.task_id, "values": dict(completion.values)}
    request = idempotency.Request(completion.idempotency_key, by, content)

    def work(tx: Transaction) -> list[UserTask]:
        answer = idempotency.earlier_answer(tx, request)
        if answer is not None:
            return tasks.get_many(tx, [int(str(task_id)) for task_id in _ids(answer)])
        opened = _complete(context, tx, completion, by)
        remembered = {"tasks": [task.id for task in opened]}
        idempotency.remember(tx, request, remembered, at=context.clock.now())
        return opened

    return commands.run(context, work)


def _complete(context: Context, tx: Transaction, completion: Completion, by: str) -> list[UserTask]:
    user = users.acting(tx, by)
    locked, task, has_draft = _lock(tx, completion.task_id, by)
    completed = task.completed(user, context.clock.now())
    before = locked.instance.ensure_active()
    deployed = context.deployed.get(tx, before.definition_id)
    node = deployed.graph.nodes[task.element_id]
    ensure_another_person(tx, node, task, user)
    form = deployed.form_of(node)
    known = task_values.seen_at(deployed, locked, task) if form is not None else {}
    values = checked(form, completion.values, vault.resolve(tx, known))
    values = vault.hide(tx, before, values, form, at=context.clock.now())
    detail = {"fields": sorted(values)} if values else {}  # no values: they may be personal
    tasks.update(tx, completed)  # first: what follows may depend on who did this
    if has_draft:
        drafts.delete(tx, task.id, by)
    move = moving(run.complete, token=task.token, values=values)
    return steps.take(context, tx, locked, move, Cause(task.token, by, detail))


def checked(
    form: Form | None, values: Mapping[str, object], initial: Mapping[str, object]
) -> dict[str, object]:
    """Return the values to store, or raise InvalidForm; without a form there are none."""
    if form is not None:
        return form.validate(values, initial=initial)
    if values:
        raise InvalidForm({key: FieldError("unknown") for key in values})
    return {}


def _lock(tx: Transaction, task_id: int, by: str) -> tuple[LockedInstance, UserTask, bool]:
    """Return the case of a task, the task, and whether this person has a draft of it."""
    locked = instances.lock_by_task(tx, task_id)
    task, has_draft = tasks.get_with_draft(tx, task_id, by)
    if locked is None or task is None:
        raise NotFound("task", task_id)
    return locked, task, has_draft


def _find(tx: Transaction, task_id: int) -> UserTask:
    task = tasks.get(tx, task_id)
    if task is None:
        raise NotFound("task", task_id)
    return task


def _ids(answer: Mapping[str, object]) -> list[object]:
    ids = answer["tasks"]
    assert isinstance(ids, list)
    return ids
