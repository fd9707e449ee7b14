"""What is done right after a command is stored, so that people need not wait for a worker."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from engine.store.database import follow_up

if TYPE_CHECKING:
    from engine.services.context import Context
    from engine.store.database import Transaction


def _after(context: Context) -> Context:
    """Return the context as it is when the transaction is over, also if that is another's."""
    return replace(context, database=context.database.outside)


def do_job_at(context: Context, tx: Transaction, instance_id: int, token: str) -> None:
    """Do the job of a token after the commit."""
    follow_up(tx, partial(context.follower.do_job_at, _after(context), instance_id, token))


def do_job(context: Context, tx: Transaction, job_id: int) -> None:
    """Do a job after the commit."""
    follow_up(tx, partial(context.follower.do_job, _after(context), job_id))


def deliver(context: Context, tx: Transaction, message: int) -> None:
    """Deliver a stored message after the commit."""
    follow_up(tx, partial(context.follower.deliver, _after(context), message))


def deliver_early(context: Context, tx: Transaction, name: str) -> None:
    """Deliver messages that came before somebody waited for them, after the commit."""
    follow_up(tx, partial(context.follower.deliver_early, _after(context), name))
