"""Messages and signals that leave: stored with the command that sends them, then on their way."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.instance import InstanceId
from engine.domain.job import Job, JobId, Work
from engine.domain.message import MESSAGE, SIGNAL, Message, MessageId, MessageState, Publication
from engine.services import soon
from engine.store import jobs, messages, subscriptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.connectors.call import PublishedMessage
    from engine.services.context import Context
    from engine.store.database import Transaction


def new_message(
    context: Context, publication: Publication, *, by: str | None, source: int | None = None
) -> Message:
    """Return a message to be stored."""
    now = context.clock.now()
    return Message(
        id=MessageId(0),
        kind=MESSAGE,
        name=publication.name,
        key=publication.key,
        message_id=publication.message_id or uuid.uuid4().hex,
        values=publication.values,
        state=MessageState.WAITING,
        published_at=now,
        published_by=by,
        source_id=None if source is None else InstanceId(source),
        expires_at=now + publication.ttl,
    )


def publish(context: Context, tx: Transaction, sent: PublishedMessage, *, source: int) -> None:
    """Store a message that a connector asked for, once; it is on its way after the commit."""
    ttl = timedelta(seconds=sent.ttl_s)
    publication = Publication(sent.name, sent.key, sent.values, sent.message_id, ttl)
    message = new_message(context, publication, by=None, source=source)
    if messages.find(tx, message) is None:
        number = messages.insert(tx, message)
        soon.deliver(context, tx, number)


def new_signal(
    context: Context, name: str, values: Mapping[str, object], *, by: str | None
) -> Message:
    """Return a signal to be stored."""
    return Message(
        id=MessageId(0),
        kind=SIGNAL,
        name=name,
        key="",
        message_id=uuid.uuid4().hex,
        values=values,
        state=MessageState.WAITING,
        published_at=context.clock.now(),
        published_by=by,
    )


def store_signal(context: Context, tx: Transaction, signal: Message) -> int:
    """Store a signal and the job that brings it to those that wait now; return its id."""
    number = messages.insert(tx, replace(signal, last_position=subscriptions.last_id(tx)))
    at, token = signal.published_at, f"signal {number}"
    payload = {"message": number}
    job = Job(JobId(0), Work.SIGNAL, token, "", at, next_try_at=at, payload=payload)
    soon.do_job(context, tx, jobs.insert_one(tx, job))
    return number
