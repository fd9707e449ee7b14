"""Previews: what a step would do to a case, from the step itself, of which nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.consequences import Consequences, Effect
from engine.domain.job import Work
from engine.errors import NotFound
from engine.services import users
from engine.services.calendars import Calendars
from engine.services.case_facts import CaseFacts
from engine.store import calls, drafts, instances, subscriptions, tasks
from engine.store import waiting as stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from engine.bpmn.delta import Delta
    from engine.domain.job import Job
    from engine.services.context import Context
    from engine.services.moves import Move
    from engine.store.database import Transaction

    # What is withdrawn, and what somebody loses by it, in words.
    Withdrawn: TypeAlias = tuple[Effect, tuple[str, ...]]


def of_step(context: Context, instance_id: int, step: Move, *, by: str) -> Consequences:
    """Return what a step would do to a case as it is now; for managers."""
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "change", f"case {instance_id}")
        case = instances.get(tx, instance_id)
        if case is None:
            raise NotFound("case", instance_id)
        case.ensure_open()
        deployed = context.deployed.get(tx, case.definition_id)
        tokens = instances.within_lock(tx, instance_id).tokens
        now, calendars = context.clock.now(), Calendars(tx)
        facts = CaseFacts.of(tx, deployed.graph, case)
        delta = step(deployed.program, tokens, at=now, calendars=calendars, facts=facts)
        return of_delta(tx, instance_id, case.version, delta)


def of_delta(tx: Transaction, instance_id: int, version: int, delta: Delta) -> Consequences:
    """Return what a change of a case means for people."""
    withdrawn = [
        *_tasks(tx, instance_id, delta),
        *_jobs(tx, instance_id, delta),
        *_subscriptions(tx, instance_id, delta),
        *_calls(tx, instance_id, delta),
    ]
    return Consequences(
        instance_id=instance_id,
        based_on=version,
        withdrawn=tuple(effect for effect, _ in withdrawn),
        opened=tuple(_opened(delta)),
        lost=tuple(words for _, lost in withdrawn for words in lost),
        ends_case=delta.is_completed,
    )


def timers_of(tx: Transaction, instance_id: int) -> list[Job]:
    """Return the timers of a case, also of one that stands still."""
    return [job for job in stored.jobs_of(tx, instance_id) if job.work is Work.TIMER]


def _opened(delta: Delta) -> Iterator[Effect]:
    for task in delta.opened_tasks:
        yield Effect("task", task.element_id, task.token)
    for timer in delta.opened_timers:
        yield Effect("timer", timer.element_id, timer.token, f"due {timer.due_at.isoformat()}")
    for job in delta.opened_jobs:
        yield Effect("job", job.element_id, job.token, job.kind.value)
    for one in delta.opened_subscriptions:
        yield Effect("subscription", one.element_id, one.token, f"{one.kind.value} {one.name}")
    for call in delta.opened_calls:
        yield Effect("call", call.element_id, call.token, f"starts a case of {call.called.key}")


def _tasks(tx: Transaction, instance_id: int, delta: Delta) -> Iterator[Withdrawn]:
    for task in tasks.open_in(tx, instance_id):
        if task.token not in delta.closed_tasks:
            continue
        lost = []
        if task.claimed_by is not None:
            lost.append(f"{task.claimed_by} loses task {task.id} {task.name}")
        number = drafts.count(tx, task.id)
        if number:
            lost.append(f"drafts of task {task.id} {task.name}: {number}")
        held = f"held by {task.claimed_by}" if task.claimed_by else "nobody holds it"
        yield Effect("task", task.element_id, task.token, held), tuple(lost)


def _jobs(tx: Transaction, instance_id: int, delta: Delta) -> Iterator[Withdrawn]:
    for job in stored.jobs_of(tx, instance_id):
        if job.token in (*delta.closed_timers, *delta.closed_jobs):
            kind = "timer" if job.token in delta.closed_timers else "job"
            note = f"was due {job.due_at.isoformat()}"
            yield Effect(kind, job.element_id, job.token, note), ()


def _subscriptions(tx: Transaction, instance_id: int, delta: Delta) -> Iterator[Withdrawn]:
    for one in subscriptions.of_instance(tx, instance_id):
        if one.token in delta.closed_subscriptions:
            yield Effect("subscription", one.element_id, one.token, f"{one.kind} {one.name}"), ()


def _calls(tx: Transaction, instance_id: int, delta: Delta) -> Iterator[Withdrawn]:
    for token in delta.closed_calls:
        child = calls.active_at(tx, instance_id, token)
        called = instances.get(tx, child) if child is not None else None
        if called is not None:
            name = f"{called.process_key}/{called.business_key}"
            lost = f"the called case {name} is cancelled with all that is open in it"
            element_id = calls.element_at(tx, instance_id, token)
            yield Effect("call", element_id, token, name), (lost,)
