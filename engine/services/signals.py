"""Signals: to everybody who waits for them at the moment they are thrown.

They reach their receivers one transaction each, a chunk at a time. How far a signal came is
stored with each receiver, so that whoever goes on after a crash leaves out and repeats nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.instance import InstanceState
from engine.domain.message import MessageState
from engine.errors import ExecutionFailed
from engine.services import delivery, starts, steps, suspension, vault
from engine.services.moves import Cause, moving
from engine.store import instances, jobs, messages, subscriptions

if TYPE_CHECKING:
    from engine.domain.job import Job
    from engine.domain.message import Subscription
    from engine.services.context import Context
    from engine.store.database import Transaction

CHUNK = 100


def proceed(context: Context, job: Job) -> bool:
    """Bring a signal to its next receivers; when all have it, the job is done."""
    number = job.payload["message"]
    assert isinstance(number, int)
    with context.database.reading() as tx:
        signal = messages.get(tx, number)
        chunk = subscriptions.following(tx, signal, limit=CHUNK) if signal is not None else []
    for receiver in chunk:
        _bring(context, number, receiver)
    is_over = len(chunk) < CHUNK
    return context.database.run(lambda tx: _note(context, tx, job, number, is_over=is_over))


def _note(context: Context, tx: Transaction, job: Job, number: int, *, is_over: bool) -> bool:
    """Finish the job, or give it back, so that others get their turn before the next chunk."""
    now = context.clock.now()
    if jobs.held(tx, job) is None:
        return False
    if is_over:
        jobs.delete(tx, job.id)
        messages.end(tx, number, MessageState.DELIVERED, at=now)
    else:
        jobs.give_back(tx, [job], again_at=now)
    return True


def _bring(context: Context, number: int, receiver: Subscription) -> None:
    """Bring a signal to one receiver; one that cannot go on with it has an incident."""
    try:
        context.database.run(lambda tx: _reach(context, tx, number, receiver))
    except ExecutionFailed as error:
        failed = error
        context.database.run(lambda tx: _leave(context, tx, number, receiver, failed))


def _reach(context: Context, tx: Transaction, number: int, receiver: Subscription) -> None:
    case_id = receiver.instance_id
    locked = instances.lock(tx, case_id) if case_id is not None else None
    waiting = subscriptions.get(tx, receiver.id)
    if not messages.advance(tx, number, receiver.id, is_received=waiting is not None):
        return  # another worker was here, after the lease of this one was over
    signal = messages.get(tx, number)
    if waiting is None or signal is None:
        return
    if locked is None:
        starts.start_by_event(context, tx, waiting, signal)
    elif locked.instance.suspended_at is not None:
        tree, element_id = steps.Steps(context, tx), waiting.element_id
        suspension.keep_for(tree, locked, waiting.token, element_id, number)
    elif locked.instance.state is InstanceState.ACTIVE:
        values = vault.hide(tx, locked.instance, signal.values, at=context.clock.now())
        move = moving(run.deliver, token=waiting.token, values=values)
        cause = Cause(waiting.token, signal.published_by, {"signal": signal.name})
        steps.take(context, tx, locked, move, cause)


def _leave(
    context: Context, tx: Transaction, number: int, receiver: Subscription, error: ExecutionFailed
) -> None:
    if messages.advance(tx, number, receiver.id, is_received=False):
        delivery.park(context, tx, number, error)
