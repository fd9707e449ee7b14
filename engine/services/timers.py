"""Use cases about timers: see them, fire one by hand; the due ones are fired as jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.job import Work
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import commands, steps, users
from engine.services.moves import Cause, moving
from engine.store import instances, jobs

if TYPE_CHECKING:
    from engine.domain.instance import Timer
    from engine.services.context import Context
    from engine.store.database import Transaction


def of_instance(context: Context, instance_id: int) -> list[Timer]:
    """Return the timers a case waits for, the next one first."""
    with context.database.reading() as tx:
        return [job.as_timer() for job in jobs.timers_of_instance(tx, instance_id)]


def fire_now(context: Context, timer_id: int, *, by: str, reason: str) -> None:
    """Fire a timer before it is due."""
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})

    def work(tx: Transaction) -> None:
        users.ensure_manager(tx, by, "fire", f"timer {timer_id}")
        timer = jobs.get(tx, timer_id)
        if timer is None or timer.work is not Work.TIMER or timer.instance_id is None:
            raise NotFound("timer", timer_id)
        locked = instances.lock(tx, timer.instance_id)
        if locked is None or jobs.get(tx, timer_id) is None:
            raise NotFound("timer", timer_id)
        locked.instance.ensure_active()
        jobs.delete(tx, timer_id)
        cause = Cause(timer.token, by, {"reason": reason.strip()})
        steps.take(context, tx, locked, moving(run.fire, token=timer.token), cause)

    commands.run(context, work)
