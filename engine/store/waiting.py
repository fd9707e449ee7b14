"""Queries about everything that a case waits for, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.store.jobs import to_job
from engine.store.tables import job

if TYPE_CHECKING:
    from engine.domain.job import Job
    from engine.store.database import Transaction

_JOBS = (
    sa.select(job).where(job.c.instance_id == parameter("owner")).order_by(job.c.due_at, job.c.id)
)


def jobs_of(tx: Transaction, instance_id: int) -> list[Job]:
    """Return the jobs of a case, the one planned first at first."""
    return [to_job(row) for row in tx.execute(_JOBS, {"owner": instance_id})]
