"""Use cases about messages and signals: send them, see where they are, decide on the stranded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.message import LONGEST_NAME, LONGEST_TTL, Correlation, MessageState
from engine.errors import ExecutionFailed, FieldError, InvalidForm, NotFound
from engine.services import commands, delivery, outgoing, soon, users
from engine.services.limits import ensure_case_values
from engine.store import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.message import Message, Publication
    from engine.services.context import Context
    from engine.store.database import Transaction

MOST_ROWS = 500
KEPT_FOR = timedelta(days=30)  # delivered messages, by whose ids copies are recognised


def correlate(context: Context, publication: Publication, *, by: str | None) -> Correlation:
    """Bring a message to its one receiver, or keep it until somebody waits for it."""
    _ensure_sendable(publication)

    def work(tx: Transaction) -> Correlation:
        _ensure_sender(tx, by, f"message {publication.name}")
        new = outgoing.new_message(context, publication, by=by)
        earlier = messages.find(tx, new)
        if earlier is not None:
            return Correlation(earlier, is_duplicate=True)
        number = messages.insert(tx, new)
        stored = _get(tx, number)
        if not delivery.hand_over(context, tx, stored):
            # Somebody may have begun to wait while this was not to be seen yet.
            soon.deliver(context, tx, number)
        return Correlation(_get(tx, number))

    try:
        sent = context.database.run(work)
    except ExecutionFailed as error:
        failed = error
        sent = context.database.run(lambda tx: _keep(context, tx, publication, by, failed))
    with context.database.reading() as tx:
        return Correlation(_get(tx, sent.message.id), sent.is_duplicate)


def throw_signal(
    context: Context, name: str, values: Mapping[str, object], *, by: str | None
) -> Message:
    """Send a signal to everybody who waits for it now, and return how far it came."""
    _ensure_name(name)
    ensure_case_values(values)

    def work(tx: Transaction) -> int:
        _ensure_sender(tx, by, f"signal {name}")
        return outgoing.store_signal(context, tx, outgoing.new_signal(context, name, values, by=by))

    number = context.database.run(work)
    with context.database.reading() as tx:
        return _get(tx, number)


def get(context: Context, number: int, *, by: str) -> Message:
    """Return a message or signal, and what became of it so far."""
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", f"message {number}")
        return _get(tx, number)


def listed(context: Context, state: MessageState, *, by: str, limit: int) -> list[Message]:
    """Return the newest messages in a state."""
    if not 0 < limit <= MOST_ROWS:
        raise ValueError(f"a page has 1 to {MOST_ROWS} messages, not {limit}")
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", "messages")
        return messages.listed(tx, state, limit=limit)


def deliver_to(context: Context, number: int, instance_id: int, *, by: str) -> Message:
    """Bring a message that waits or was not delivered to the case that somebody chose."""

    def work(tx: Transaction) -> Message:
        users.ensure_manager(tx, by, "deliver", f"message {number}")
        message = _lock_stranded(tx, number)
        if not delivery.hand_over(context, tx, message, to=instance_id):
            raise NotFound(f"token that waits for {message.name!r} in case", instance_id)
        return _get(tx, number)

    return commands.run(context, work)


def discard(context: Context, number: int, *, by: str) -> Message:
    """Decide that nobody needs a message."""

    def work(tx: Transaction) -> Message:
        users.ensure_manager(tx, by, "discard", f"message {number}")
        _lock_stranded(tx, number)
        messages.end(tx, number, MessageState.DISCARDED, at=context.clock.now())
        return _get(tx, number)

    return context.database.run(work)


def sweep(context: Context, *, limit: int) -> int:
    """Deliver what a crash left behind, give up what waited too long; return how many were."""
    delivered = delivery.deliver_met(context, limit=limit)
    now = context.clock.now()
    with context.database.reading() as tx:
        is_any_over = messages.is_any_over(tx, at=now)
    expired = context.database.run(lambda tx: messages.expire(tx, at=now)) if is_any_over else 0
    return delivered + expired


def forget_old(context: Context) -> int:
    """Forget messages that were delivered a month ago, and return how many."""
    before = context.clock.now() - KEPT_FOR
    return context.database.run(lambda tx: messages.forget(tx, before=before))


def _keep(
    context: Context,
    tx: Transaction,
    publication: Publication,
    by: str | None,
    error: ExecutionFailed,
) -> Correlation:
    """Keep a message with which its receiver cannot go on: an operator decides there."""
    number = messages.insert(tx, outgoing.new_message(context, publication, by=by))
    if not delivery.park(context, tx, number, error):
        messages.note(tx, number, error.reason)
        messages.end(tx, number, MessageState.UNDELIVERED, at=context.clock.now())
    return Correlation(_get(tx, number))


def _ensure_sender(tx: Transaction, by: str | None, what: str) -> None:
    if by is not None:
        users.ensure_manager(tx, by, "send", what)


def _ensure_sendable(publication: Publication) -> None:
    _ensure_name(publication.name)
    errors = {
        name: FieldError("max_length", {"max_length": LONGEST_NAME})
        for name, text in (("key", publication.key), ("message_id", publication.message_id or ""))
        if len(text) > LONGEST_NAME
    }
    if not timedelta(0) <= publication.ttl <= LONGEST_TTL:
        expected = f"a time of 0 to {LONGEST_TTL.days} days"
        errors["ttl"] = FieldError("type", {"expected": expected})
    if errors:
        raise InvalidForm(errors)
    ensure_case_values(publication.values)


def _ensure_name(name: str) -> None:
    if not name.strip():
        raise InvalidForm({"name": FieldError("required")})
    if len(name) > LONGEST_NAME:
        raise InvalidForm({"name": FieldError("max_length", {"max_length": LONGEST_NAME})})


def _lock_stranded(tx: Transaction, number: int) -> Message:
    message = messages.lock(tx, number)
    if message is None or message.state not in {MessageState.WAITING, MessageState.UNDELIVERED}:
        raise NotFound("message that waits or was not delivered", number)
    return message


def _get(tx: Transaction, number: int) -> Message:
    message = messages.get(tx, number)
    if message is None:
        raise NotFound("message", number)
    return message
