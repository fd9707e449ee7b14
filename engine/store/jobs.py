"""Queries about jobs: open them, claim those that are due, put off, finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import DefinitionId, InstanceId
from engine.domain.job import Job, JobId, Work
from engine.store.prepared import Prepared
from engine.store.tables import job
from engine.store.types import from_json, inserted_id, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from engine.domain.job import Queue
    from engine.store.database import Transaction
    from engine.store.types import Row

_ALL = sa.select(job)
_ONE = _ALL.where(job.c.id == parameter("id"))
_OF_INSTANCE = _ALL.where(job.c.instance_id == parameter("instance_id")).order_by(
    job.c.due_at, job.c.id
)
_TIMERS_OF_INSTANCE = _OF_INSTANCE.where(job.c.kind == Work.TIMER.value)
_DUE = (
    sa.select(job.c.id)
    .where(job.c.queue == parameter("of_queue"), job.c.next_try_at <= parameter("now"))
    .order_by(job.c.next_try_at, job.c.id)
    .limit(parameter("most"))
)
_LEASED = {
    "lease_owner": parameter("owner"),
    "next_try_at": parameter("until"),
    "attempts": job.c.attempts + 1,
}
# What another worker is claiming is passed over. The common table is worked out once; a plain
# subquery might run again for every row, and claim more than it should.
_due = _DUE.with_for_update(skip_locked=True).cte("due")
_CLAIM = {
    "postgresql": sa.update(job).where(job.c.id == _due.c.id).values(_LEASED).returning(job),
    "sqlite": sa.update(job).where(job.c.id.in_(_DUE)).values(_LEASED).returning(job),
}
_IS_MINE = sa.and_(
    job.c.id == parameter("old_id"),
    job.c.lease_owner == parameter("old_owner"),
    job.c.attempts == parameter("old_attempts"),
)
_HELD = _ALL.where(_IS_MINE).with_for_update()
_LEASE = (
    sa.update(job)
    .where(job.c.lease_owner.is_(None), job.c.next_try_at.is_not(None))
    .values(_LEASED)
    .returning(job)
)
_LEASE_BY_ID = _LEASE.where(job.c.id == parameter("old_id"))
_LEASE_BY_TOKEN = _LEASE.where(
    job.c.instance_id == parameter("of_case"), job.c.token == parameter("at_token")
)
_RENEW = sa.update(job).where(_IS_MINE).values(next_try_at=parameter("until"))
_GIVE_BACK = (
    sa.update(job)
    .where(_IS_MINE)
    .values(next_try_at=parameter("again_at"), lease_owner=None, attempts=job.c.attempts - 1)
)
_POSTPONE = (
    sa.update(job)
    .where(job.c.id == parameter("old_id"))
    .values(next_try_at=parameter("again_at"), lease_owner=None, last_error=parameter("error"))
)
_RETRY = (
    sa.update(job)
    .where(job.c.id == parameter("old_id"))
    .values(next_try_at=parameter("again_at"), lease_owner=None, attempts=0)
)
_PAYLOAD = sa.update(job).where(job.c.id == parameter("old_id")).values(payload=parameter("new"))
_OF_OTHERS = {"id", "paused_try_at"}  # set by the database, or later
_INSERT = Prepared(
    sa.insert(job),
    keys=tuple(column.name for column in job.c if column.name not in _OF_OTHERS),
)
_DELETE = sa.delete(job).where(job.c.id == parameter("old_id"))
_CLOSE = Prepared(
    sa.delete(job).where(
        job.c.instance_id == parameter("owner"), job.c.token == parameter("old_token")
    )
)
_DELETE_ALL = sa.delete(job).where(job.c.instance_id == parameter("owner"))
_DELETE_STARTS = sa.delete(job).where(
    job.c.definition_id.in_(parameter("definitions", expanding=True))
)
_BACKLOG = sa.select(sa.func.count(), sa.func.min(job.c.next_try_at)).where(
    job.c.next_try_at <= parameter("now")
)


def get(tx: Transaction, job_id: int) -> Job | None:
    """Return a job that is still to be done."""
    row = tx.execute(_ONE, {"id": job_id}).one_or_none()
    return to_job(row) if row else None


def timers_of_instance(tx: Transaction, instance_id: int) -> list[Job]:
    """Return the timers of an instance, the next one first."""
    return [to_job(row) for row in tx.execute(_TIMERS_OF_INSTANCE, {"instance_id": instance_id})]


def is_any_due(tx: Transaction, queue: Queue, *, at: datetime) -> bool:
    """Return whether there is anything to claim."""
    return tx.execute(_DUE, {"of_queue": queue.value, "now": at, "most": 1}).first() is not None


def claim(
    tx: Transaction, *, queue: Queue, owner: str, at: datetime, until: datetime, limit: int
) -> list[Job]:
    """Lease due jobs to a worker, those planned first at first; nobody else gets them meanwhile."""
    wanted = {"of_queue": queue.value, "now": at, "most": limit, "owner": owner, "until": until}
    rows = tx.execute(_CLAIM[tx.dialect.name], wanted).all()
    return sorted((to_job(row) for row in rows), key=lambda job: (job.due_at, job.id))


def lease(
    tx: Transaction, instance_id: int, token: str, *, owner: str, until: datetime
) -> Job | None:
    """Lease the job of a token, due or not; None if it is done or somebody has it."""
    wanted = {"of_case": instance_id, "at_token": token, "owner": owner, "until": until}
    row = tx.execute(_LEASE_BY_TOKEN, wanted).first()
    return to_job(row) if row else None


def lease_by_id(tx: Transaction, job_id: int, *, owner: str, until: datetime) -> Job | None:
    """Lease a job, due or not; None if it is done or somebody has it."""
    wanted = {"old_id": job_id, "owner": owner, "until": until}
    row = tx.execute(_LEASE_BY_ID, wanted).first()
    return to_job(row) if row else None


def held(tx: Transaction, leased: Job) -> Job | None:
    """Return the job as it stands and lock it; None if the lease was lost meanwhile."""
    row = tx.execute(_HELD, _mine(leased)).one_or_none()
    return to_job(row) if row else None


def renew(tx: Transaction, leased: Iterable[Job], *, until: datetime) -> None:
    """Make leases last longer; those that were lost stay lost."""
    rows = [{**_mine(job), "until": until} for job in leased]
    if rows:
        tx.execute(_RENEW, rows)


def give_back(tx: Transaction, leased: Iterable[Job], *, again_at: datetime) -> None:
    """End leases as if there had been no attempt."""
    rows = [{**_mine(job), "again_at": again_at} for job in leased]
    if rows:
        tx.execute(_GIVE_BACK, rows)


def postpone(tx: Transaction, job_id: int, *, again_at: datetime | None, error: str) -> None:
    """Store why a job failed, and when it is tried again; None: somebody has to look at it."""
    tx.execute(_POSTPONE, {"old_id": job_id, "again_at": again_at, "error": error})


def retry(tx: Transaction, job_id: int, *, at: datetime) -> None:
    """Let a job be tried as if it were new."""
    tx.execute(_RETRY, {"old_id": job_id, "again_at": at})


def replace_payload(tx: Transaction, job_id: int, payload: dict[str, object]) -> None:
    """Store other values for a job to work with."""
    tx.execute(_PAYLOAD, {"old_id": job_id, "new": to_json(payload)})


def insert(tx: Transaction, new: Sequence[Job]) -> None:
    """Store jobs; their ids are given by the database."""
    _INSERT.run_many(tx, [_to_row(job) for job in new])


def insert_one(tx: Transaction, new: Job) -> JobId:
    """Store a job and return its id."""
    return JobId(inserted_id(tx.execute(sa.insert(job), _to_row(new))))


def delete(tx: Transaction, job_id: int) -> None:
    """Forget a job that is done; the history remembers it."""
    tx.execute(_DELETE, {"old_id": job_id})


def close(tx: Transaction, instance_id: int, tokens: Iterable[str]) -> None:
    """Forget the jobs of tokens that are done or were withdrawn."""
    rows = [{"owner": instance_id, "old_token": token} for token in tokens]
    _CLOSE.run_many(tx, rows)


def delete_all(tx: Transaction, instance_id: int) -> None:
    """Forget every job of an instance."""
    tx.execute(_DELETE_ALL, {"owner": instance_id})


def delete_starts(tx: Transaction, definition_ids: Sequence[int]) -> None:
    """Forget the moments at which these definitions would start cases."""
    if definition_ids:
        tx.execute(_DELETE_STARTS, {"definitions": list(definition_ids)})


def backlog(tx: Transaction, *, at: datetime) -> tuple[int, datetime | None]:
    """Return how many jobs are due, and since when the first of them."""
    row = tx.execute(_BACKLOG, {"now": at}).one()
    return int(row[0]), row[1]


def _mine(leased: Job) -> dict[str, object]:
    return {
        "old_id": leased.id,
        "old_owner": leased.lease_owner,
        "old_attempts": leased.attempts,
    }


def _to_row(new: Job) -> dict[str, object]:
    return {
        "instance_id": new.instance_id,
        "definition_id": new.definition_id,
        "kind": new.work.value,
        "queue": new.queue.value,
        "token": new.token,
        "element_id": new.element_id,
        "due_at": new.due_at,
        "next_try_at": new.next_try_at,
        "lease_owner": new.lease_owner,
        "attempts": new.attempts,
        "last_error": new.last_error,
        "payload": to_json(new.payload) if new.payload else None,
    }


def to_job(row: Row) -> Job:
    """Return the job in a row of the whole table."""
    return Job(
        id=JobId(row.id),
        work=Work(row.kind),
        token=row.token,
        element_id=row.element_id,
        due_at=row.due_at,
        instance_id=None if row.instance_id is None else InstanceId(row.instance_id),
        definition_id=None if row.definition_id is None else DefinitionId(row.definition_id),
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        lease_owner=row.lease_owner,
        last_error=row.last_error,
        payload=from_json(row.payload),
    )
