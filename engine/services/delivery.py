"""Delivery: a message finds its one receiver, whoever of the two comes first."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.instance import InstanceState
from engine.domain.job import Job, JobId, Work
from engine.domain.message import MESSAGE, Message, MessageState
from engine.errors import AmbiguousMessage, ExecutionFailed, NotFound
from engine.services import failures, starts, steps, suspension, vault
from engine.services.exclusive import in_case, taking
from engine.services.moves import Cause, moving
from engine.store import instances, messages, subscriptions

if TYPE_CHECKING:
    from engine.domain.message import Subscription
    from engine.services.context import Context
    from engine.store.database import Transaction

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 20  # early messages looked through when somebody begins to wait


def deliver_waiting(context: Context, name: str) -> None:
    """Deliver the messages that came before somebody waited for them; it never raises."""
    with context.database.reading() as tx:
        early = messages.waiting_for(tx, name, limit=MOST_AT_ONCE)
    for number in early:
        deliver_stored(context, number)


def deliver_met(context: Context, *, limit: int) -> int:
    """Deliver what should have been delivered, but its process ended, and return how many."""
    with context.database.reading() as tx:
        met = messages.met(tx, limit=limit)
    return sum(deliver_stored(context, number) for number in met)


def deliver_stored(context: Context, number: int) -> bool:
    """Deliver a stored message if somebody waits for it; it never raises.

    Nobody but a person can choose between two receivers: then it is listed as undelivered.
    """
    try:
        return context.database.run(lambda tx: _deliver(context, tx, number))
    except AmbiguousMessage as error:
        refusal = str(error)
        context.database.run(lambda tx: _give_up(context, tx, number, refusal))
    except ExecutionFailed as error:
        failed = error
        context.database.run(lambda tx: leave_to_operator(context, tx, number, failed))
    except Exception:  # the sender's command is stored; the worker comes back to the message
        logger.exception("message %s is not delivered yet", number)
    return False


def hand_over(
    context: Context, tx: Transaction, message: Message, *, to: int | None = None
) -> bool:
    """Give a message to the one who waits for it; False if nobody does.

    Cases come before start events. Raises AmbiguousMessage if more than one waits.
    """
    waiting = [
        one for one in subscriptions.matching(tx, message) if to is None or one.instance_id == to
    ]
    if not waiting and to is None:
        return _start_by(context, tx, message)
    if len(waiting) > 1:
        raise AmbiguousMessage(message.name, message.key, [_receiver(one) for one in waiting])
    return bool(waiting) and _reach(context, tx, message, waiting[0], to)


def _reach(
    context: Context, tx: Transaction, message: Message, waiting: Subscription, to: int | None
) -> bool:
    assert waiting.instance_id is not None
    locked = instances.lock(tx, waiting.instance_id)
    is_still_waiting = subscriptions.get(tx, waiting.id) is not None
    if locked is None or not is_still_waiting:
        return hand_over(context, tx, message, to=to)  # whoever held the lock changed who waits
    if locked.instance.suspended_at is not None:
        tree, element_id = steps.Steps(context, tx), waiting.element_id
        if suspension.keep_for(tree, locked, waiting.token, element_id, message.id):
            _end(context, tx, message, locked.instance.id)
            return True
        return False
    values = vault.hide(tx, locked.instance, message.values, at=context.clock.now())
    move = moving(run.deliver, token=waiting.token, values=values)
    cause = Cause(waiting.token, message.published_by, {"message": message.name})
    steps.take(context, tx, locked, move, cause)
    _end(context, tx, message, locked.instance.id)
    return True


def leave_to_operator(
    context: Context, tx: Transaction, number: int, error: ExecutionFailed
) -> None:
    """Keep a message with which its receiver cannot go on, for somebody to decide."""
    if not park(context, tx, number, error):
        _give_up(context, tx, number, error.reason)


def park(context: Context, tx: Transaction, number: int, error: ExecutionFailed) -> bool:
    """Make of a message a job of its receiver that has an incident; False if that cannot be."""
    message = messages.lock(tx, number)
    if message is None or error.instance_id is None or error.token is None:
        return False
    locked = instances.lock(tx, error.instance_id)
    if locked is None or locked.instance.state is not InstanceState.ACTIVE:
        return False
    tree, case_id = steps.Steps(context, tx), locked.instance.id
    payload: dict[str, object] = {"message": number}
    job = Job(JobId(0), Work.DELIVER, error.token, "", tree.at, case_id, payload=payload)
    if not failures.park(tree, job, error.reason):
        return False
    messages.note(tx, number, error.reason)
    if message.kind == MESSAGE:
        _end(context, tx, message, case_id)
    return True


def deliver_again(context: Context, job: Job) -> bool:
    """Deliver a message whose receiver could not go on with it before."""
    number = job.payload["message"]
    assert isinstance(number, int)
    with context.database.reading() as tx:
        message = messages.get(tx, number)
    if message is None:
        raise NotFound("message", number)
    move = moving(run.deliver, token=job.token, values=message.values)
    detail = {"message": message.name}
    return in_case(context, job, taking(context, job, move, detail))


def _deliver(context: Context, tx: Transaction, number: int) -> bool:
    message = messages.lock(tx, number)
    if message is None or message.state is not MessageState.WAITING:
        return False
    return hand_over(context, tx, message)


def _start_by(context: Context, tx: Transaction, message: Message) -> bool:
    waiting = subscriptions.starts(tx, message.kind, message.name)
    if len(waiting) > 1:
        names = [f"start event {one.element_id}" for one in waiting]
        raise AmbiguousMessage(message.name, "", names)
    if not waiting:
        return False
    started = starts.start_by_event(context, tx, waiting[0], message)
    _end(context, tx, message, started.id)
    return True


def _end(context: Context, tx: Transaction, message: Message, receiver: int) -> None:
    at = context.clock.now()
    messages.end(tx, message.id, MessageState.DELIVERED, at=at, receiver=receiver)


def _give_up(context: Context, tx: Transaction, number: int, reason: str) -> None:
    messages.note(tx, number, reason)
    messages.end(tx, number, MessageState.UNDELIVERED, at=context.clock.now())


def _receiver(waiting: Subscription) -> str:
    return f"case {waiting.business_key} at {waiting.element_id}"
