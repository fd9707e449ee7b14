"""Use cases about user tasks: see, claim, release, complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.history import EventType
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import idempotency, steps, users
from engine.services.access import ensure_case_visible
from engine.services.recorder import Recorder
from engine.store import history, instances, tasks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

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
    """Return what a person has claimed, then what is offered to their groups, oldest first."""
    with context.database.reading() as tx:
        user = users.acting(tx, user_id)
        claimed = tasks.claimed_by(tx, user, limit=limit)
        offered = tasks.offered_to(tx, user, limit=limit)
    return (claimed + offered)[:limit]


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
    """Give an offered task to a person, who starts to work on it."""

    def work(tx: Transaction) -> UserTask:
        user, now = users.acting(tx, by), context.clock.now()
        locked, task = _lock(tx, task_id)
        claimed = task.claimed(user, now)
        if claimed is not task:
            events = (EventType.CLAIMED, EventType.STARTED)
            _save_handling(context, tx, locked, claimed, events, by, now)
        return claimed

    return context.database.run(work)


def release(context: Context, task_id: int, *, by: str) -> UserTask:
    """Offer a claimed task to its group again."""

    def work(tx: Transaction) -> UserTask:
        user, now = users.acting(tx, by), context.clock.now()
        locked, task = _lock(tx, task_id)
        released = task.released(user)
        events = (EventType.RELEASED, EventType.OFFERED)
        _save_handling(context, tx, locked, released, events, by, now)
        return released

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

    return context.database.run(work)


def _complete(context: Context, tx: Transaction, completion: Completion, by: str) -> list[UserTask]:
    user, now = users.acting(tx, by), context.clock.now()
    locked, task = _lock(tx, completion.task_id)
    completed = task.completed(user, now)
    before = locked.instance.ensure_active()
    deployed = context.deployed.get(tx, before.definition_id)
    form = deployed.form_of(deployed.graph.nodes[task.element_id])
    values = checked(form, completion.values, before.values)
    delta = run.complete(deployed.program, locked.tokens, token=task.token, values=values, at=now)
    recorder = Recorder(before.process_key, before.business_key, last_seq=locked.last_seq, at=now)
    detail = {"fields": sorted(values)} if values else {}  # no values: they may be personal
    steps.record(deployed, delta, recorder, steps.Cause(task.token, by, detail))
    tasks.update(tx, completed)
    return steps.save(tx, deployed, locked, delta, recorder, now)


def checked(
    form: Form | None, values: Mapping[str, object], initial: Mapping[str, object]
) -> dict[str, object]:
    """Return the values to store, or raise InvalidForm; without a form there are none."""
    if form is not None:
        return form.validate(values, initial=initial)
    if values:
        raise InvalidForm({key: FieldError("unknown") for key in values})
    return {}


def _save_handling(  # noqa: PLR0913, PLR0917
    context: Context,
    tx: Transaction,
    locked: LockedInstance,
    task: UserTask,
    event_types: tuple[EventType, ...],
    by: str,
    now: datetime,
) -> None:
    """Store who holds a task, and the events that tell it; the tokens stay where they are."""
    case = locked.instance
    node = context.deployed.get(tx, case.definition_id).graph.nodes[task.element_id]
    recorder = Recorder(case.process_key, case.business_key, last_seq=locked.last_seq, at=now)
    for event_type in event_types:
        recorder.task(event_type, node, task, actor=by)
    instances.touch(tx, locked, last_seq=recorder.last_seq)
    tasks.update(tx, task)
    history.append(tx, case.id, recorder.events)


def _lock(tx: Transaction, task_id: int) -> tuple[LockedInstance, UserTask]:
    locked = instances.lock_by_task(tx, task_id)
    if locked is None:
        raise NotFound("task", task_id)
    return locked, _find(tx, task_id)


def _find(tx: Transaction, task_id: int) -> UserTask:
    task = tasks.get(tx, task_id)
    if task is None:
        raise NotFound("task", task_id)
    return task


def _ids(answer: Mapping[str, object]) -> list[object]:
    ids = answer["tasks"]
    assert isinstance(ids, list)
    return ids
