"""Doing a job of a case while nobody else changes the case."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.domain.instance import InstanceState
from engine.errors import EngineError
from engine.services import steps
from engine.services.moves import Cause
from engine.store import instances, jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from engine.domain.job import Job
    from engine.services.context import Context
    from engine.services.moves import Move
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance

    Act: TypeAlias = Callable[[Transaction, LockedInstance], object]

logger = logging.getLogger(__name__)


class CaseBusy(EngineError):
    """A job is exclusive: it waits while somebody else changes its case."""


def in_case(context: Context, job: Job, act: Act) -> bool:
    """Finish a job with what it changes in its case, in one transaction.

    Return False if the lease was lost: then another worker does it, or it was withdrawn.
    """
    case_id = job.instance_id
    assert case_id is not None

    def work(tx: Transaction) -> bool:
        locked = instances.lock_if_free(tx, case_id)
        if locked is None:
            raise CaseBusy(f"case {case_id} is locked")
        if jobs.held(tx, job) is None:
            return False
        jobs.delete(tx, job.id)
        if locked.instance.state is InstanceState.ACTIVE:
            act(tx, locked)
        return True

    is_mine = context.database.run(work)
    if not is_mine:
        logger.warning("job %s (%s) ends late and is ignored", job.id, job.work.value)
    return is_mine


def taking(
    context: Context, job: Job, move: Move, detail: Mapping[str, object] | None = None
) -> Act:
    """Return the act that lets the case take a step."""

    def act(tx: Transaction, locked: LockedInstance) -> object:
        cause = Cause(job.token, None, detail or {})
        return steps.take(context, tx, locked, move, cause)

    return act
