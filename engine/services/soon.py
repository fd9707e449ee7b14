"""What is done right after a command is stored, so that people need not wait for a worker.

Imported when it is done: jobs and messages take steps, and steps open jobs and send messages.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.store.database import follow_up

if TYPE_CHECKING:
    from engine.services.context import Context
    from engine.store.database import Transaction


def do_job_at(context: Context, tx: Transaction, instance_id: int, token: str) -> None:
    """Do the job of a token after the commit."""
    follow_up(tx, partial(_do_job_at, context, instance_id, token))


def do_job(context: Context, tx: Transaction, job_id: int) -> None:
    """Do a job after the commit."""
    follow_up(tx, partial(_do_job, context, job_id))


def deliver(context: Context, tx: Transaction, message: int) -> None:
    """Deliver a stored message after the commit."""
    follow_up(tx, partial(_deliver, context, message))


def deliver_early(context: Context, tx: Transaction, name: str) -> None:
    """Deliver messages that came before somebody waited for them, after the commit."""
    follow_up(tx, partial(_deliver_early, context, name))


def _do_job_at(context: Context, instance_id: int, token: str) -> None:
    from engine.services import jobs

    jobs.run_soon(context, instance_id, token)


def _do_job(context: Context, job_id: int) -> None:
    from engine.services import jobs

    jobs.run_now(context, job_id)


def _deliver(context: Context, message: int) -> None:
    from engine.services import delivery

    delivery.deliver_stored(context, message)


def _deliver_early(context: Context, name: str) -> None:
    from engine.services import delivery

    delivery.deliver_waiting(context, name)
