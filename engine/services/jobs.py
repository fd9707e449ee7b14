"""Jobs: claim what is due, do it, and put off or give up what fails.

A job is leased to one worker before it is done, and finished in one transaction with what it
changes. A worker that dies loses its lease; whoever takes the job over does it again, and what
the dead one might still send is ignored. Inside the database nothing is ever done twice;
services are called at least once, with a key by which they can tell.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.job import Queue
from engine.domain.retry import MOST_ATTEMPTS, pause
from engine.errors import EngineError, ExecutionFailed, StoreUnavailable
from engine.services import failures, work
from engine.services.exclusive import CaseBusy
from engine.store import incidents, instances, jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from engine.domain.job import Job
    from engine.services.context import Context
    from engine.store.database import Transaction

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BUSY_PAUSE = timedelta(seconds=1)  # until a case that somebody had locked is tried again
LOST = "no worker came to an end with it: each died, or took longer than its lease"


def _never() -> bool:
    return False


def run_due(
    context: Context,
    *,
    limit: int,
    queue: Queue = Queue.INSIDE,
    should_stop: Callable[[], bool] = _never,
) -> int:
    """Do jobs that are due, those planned first at first, and return how many were done.

    One that fails holds up no other. One whose worker died comes last and alone: it may be what
    killed it. When told to stop, what is not begun is given back.
    """
    leased_at = context.clock.now()
    with context.database.reading() as tx:
        if not jobs.is_any_due(tx, queue, at=leased_at):
            return 0
    claimed = _claim(context, queue, leased_at, limit)
    done = 0
    try:
        while claimed and not should_stop():
            leased_at = _renewed(context, claimed, leased_at)
            job = claimed.pop(0)
            if claimed and _was_taken_over(job):
                _give_back(context, claimed, again_at=context.clock.now())
                claimed.clear()
            done += _do(context, job)
    finally:
        _give_back_at_the_end(context, claimed)
    return done


def run_soon(context: Context, instance_id: int, token: str) -> None:
    """Do the job of a token right after it was opened, unless a worker was quicker."""
    until = context.clock.now() + LEASE
    leased = context.database.run(
        lambda tx: jobs.lease(tx, instance_id, token, owner=worker_name(), until=until)
    )
    if leased is not None:
        _do(context, leased)


def run_now(context: Context, job_id: int) -> None:
    """Do a job right after it was stored, unless a worker was quicker."""
    until = context.clock.now() + LEASE
    leased = context.database.run(
        lambda tx: jobs.lease_by_id(tx, job_id, owner=worker_name(), until=until)
    )
    if leased is not None:
        _do(context, leased)


def backlog(context: Context) -> tuple[int, timedelta]:
    """Return how many jobs are due, and how long the first of them has been."""
    now = context.clock.now()
    with context.database.reading() as tx:
        number, since = jobs.backlog(tx, at=now)
    return number, now - since if since is not None else timedelta(0)


def worker_name() -> str:
    """Return a name for this thread that no other worker has at the same time."""
    return f"{socket.gethostname()}/{os.getpid()}/{threading.get_ident()}"


def _claim(context: Context, queue: Queue, at: datetime, limit: int) -> list[Job]:
    owner, until = worker_name(), at + LEASE
    claimed = context.database.run(
        lambda tx: jobs.claim(tx, queue=queue, owner=owner, at=at, until=until, limit=limit)
    )
    return sorted(claimed, key=_was_taken_over)


def _was_taken_over(job: Job) -> bool:
    """Return whether the last worker of a job died, be it of this job or of its neighbour."""
    return job.attempts > 1 and job.last_error is None


def _renewed(context: Context, claimed: Sequence[Job], leased_at: datetime) -> datetime:
    """Renew leases that are half over, and return since when they run."""
    now = context.clock.now()
    if now - leased_at < LEASE / 2:
        return leased_at
    context.database.run(lambda tx: jobs.renew(tx, claimed, until=now + LEASE))
    return now


def _give_back(context: Context, claimed: Sequence[Job], *, again_at: datetime) -> None:
    context.database.run(lambda tx: jobs.give_back(tx, claimed, again_at=again_at))


def _give_back_at_the_end(context: Context, claimed: Sequence[Job]) -> None:
    """Give back what was not begun; if that cannot be stored, its leases run out by themselves."""
    if claimed:
        with suppress(StoreUnavailable):
            _give_back(context, claimed, again_at=context.clock.now())


def _do(context: Context, job: Job) -> bool:
    """Do a job that is leased; return whether it was done."""
    if job.attempts > MOST_ATTEMPTS:
        _fail(context, job, ExecutionFailed(job.element_id, LOST))
        return False
    try:
        return work.do(context, job)
    except StoreUnavailable:
        raise
    except CaseBusy:
        _give_back(context, [job], again_at=context.clock.now() + BUSY_PAUSE)
    except Exception as error:  # whatever is wrong with one case is no reason to stop the others
        _fail(context, job, error)
    return False


def _fail(context: Context, job: Job, error: Exception) -> None:
    """Put a job off, for longer each time, or give it up and open an incident."""
    is_known = isinstance(error, EngineError)
    reason = str(error) if is_known else f"{type(error).__name__}: {error}"
    is_last = job.attempts >= MOST_ATTEMPTS or getattr(error, "is_permanent", False)
    now = context.clock.now()
    again_at = None if is_last else now + _pause(job, error)

    def work(tx: Transaction) -> bool:
        locked = instances.lock(tx, job.instance_id) if job.instance_id is not None else None
        if jobs.held(tx, job) is None:
            return False
        jobs.postpone(tx, job.id, again_at=again_at, error=reason)
        if is_last:
            incident = failures.of_job(job, reason, now)
            if locked is None:
                incidents.insert(tx, incident)
            else:
                failures.open_incident(context, tx, locked, incident)
        return True

    if not context.database.run(work):
        logger.warning("job %s (%s) failed late, which changes nothing: %s", *_name(job), reason)
        return
    logger.error(
        "job %s (%s) cannot be done at element %r, tried %s times, %s: %s", *_name(job),
        job.element_id, job.attempts, f"again at {again_at}" if again_at else "incident", reason,
        exc_info=None if is_known else error,
    )  # fmt: skip


def _pause(job: Job, error: Exception) -> timedelta:
    asked_s: float = getattr(error, "retry_after_s", None) or 0.0
    return max(pause(job.attempts, seed=f"job {job.id}"), timedelta(seconds=min(asked_s, 86_400)))


def _name(job: Job) -> tuple[int, str]:
    owner = f"case {job.instance_id}" if job.instance_id is not None else "no case"
    return job.id, f"{job.work.value} of {owner}"
