"""Use cases about timers: see them, fire those that are due, fire one by hand."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.errors import FieldError, InvalidForm, NotFound, StoreUnavailable
from engine.services import steps, users
from engine.services.offers import Offers
from engine.services.recorder import Recorder
from engine.store import instances, timers

if TYPE_CHECKING:
    from datetime import datetime

    from engine.domain.instance import Timer
    from engine.services.context import Context
    from engine.services.steps import Cause
    from engine.store.database import Transaction

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


def of_instance(context: Context, instance_id: int) -> list[Timer]:
    """Return the timers a case waits for, the next one first."""
    with context.database.reading() as tx:
        return timers.of_instance(tx, instance_id)


def fire_now(context: Context, timer_id: int, *, by: str, reason: str) -> None:
    """Fire a timer before it is due."""
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})

    def work(tx: Transaction) -> None:
        users.ensure_manager(tx, by, "fire", f"timer {timer_id}")
        detail = {"reason": reason.strip()}
        if not _fire(context, tx, timer_id, steps.Cause(None, by, detail)):
            raise NotFound("timer", timer_id)

    context.database.run(work)


def fire_due(context: Context, *, limit: int) -> int:
    """Fire the timers that are due and return how many; one that fails holds up no other.

    It is tried again after ten seconds, then after twice as long each time, up to an hour.
    """
    with context.database.reading() as tx:
        due = timers.due(tx, at=context.clock.now(), limit=limit)
    return sum(_fire_or_log(context, timer_id) for timer_id in due)


def _fire_or_log(context: Context, timer_id: int) -> bool:
    try:
        return context.database.run(lambda tx: _fire(context, tx, timer_id, steps.Cause()))
    except StoreUnavailable:
        raise
    except Exception:  # whatever is wrong with one case is no reason to stop the others
        retry_at = context.database.run(lambda tx: _postpone(context, tx, timer_id))
        logger.exception("timer %s cannot fire, tried again at %s", timer_id, retry_at)
        return False


def _postpone(context: Context, tx: Transaction, timer_id: int) -> datetime:
    """Put off the next try: many timers that fail must leave room for those that do not."""
    failures = timers.failures(tx, timer_id) + 1
    delay: timedelta = min(FIRST_RETRY * 2 ** min(failures - 1, 10), LONGEST_RETRY)
    retry_at = context.clock.now() + delay
    timers.postpone(tx, timer_id, failures=failures, until=retry_at)
    return retry_at


def _fire(context: Context, tx: Transaction, timer_id: int, cause: Cause) -> bool:
    """Fire a timer; return False if somebody else did, or if it was withdrawn meanwhile."""
    locked = instances.lock_by_job(tx, timer_id)
    timer = timers.get(tx, timer_id)
    if locked is None or timer is None:
        return False
    case, now = locked.instance.ensure_active(), context.clock.now()
    deployed = context.deployed.get(tx, case.definition_id)
    delta = run.fire(deployed.program, locked.tokens, token=timer.token, at=now)
    recorder = Recorder(case.process_key, case.business_key, last_seq=locked.last_seq, at=now)
    cause = steps.Cause(timer.token, cause.actor, cause.detail)
    planned = Offers(tx, deployed, case, calendars={}, at=now).plan(delta.opened_tasks)
    steps.record(deployed, delta, recorder, cause, planned)
    steps.save(tx, locked, delta, recorder, planned, now)
    return True
