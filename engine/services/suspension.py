"""Use cases about standing still: suspend a case with all it called, resume it, terminate it.

Nothing happens in a suspended case: its tasks are not taken or completed, its timers do not
fire, its services are not called. What comes for it meanwhile, a message or signal, is kept and
reaches it when it is resumed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.domain.job import Job, JobId, Work
from engine.domain.suspension import NotSuspended, TimerPolicy
from engine.errors import FieldError, InstanceSuspended, InvalidForm, NotFound
from engine.services import ending, failures, steps, users, vault
from engine.store import calls, instances, jobs, suspension, waiting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from engine.domain.instance import ProcessInstance
    from engine.services.context import Context
    from engine.services.moves import Tree
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance

WITH_CALLER = "the case that called it stands still"


def suspend(context: Context, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
    """Let a case and the cases it called stand still; managers only."""
    why = ensure_reason(reason)

    def work(tx: Transaction) -> ProcessInstance:
        tree, locked = lock(context, tx, instance_id, by, "suspend")
        locked.instance.ensure_active()
        for case in [locked, *_below(tree, instance_id)]:
            if case.instance.suspended_at is None:
                _hold(tree, case, by=by, reason=why)
        return vault.shown_one(tx, tree.case(instance_id).instance, by)

    return context.database.run(work)


def resume(
    context: Context,
    instance_id: int,
    *,
    by: str,
    reason: str,
    timers: TimerPolicy = TimerPolicy.KEEP,
) -> ProcessInstance:
    """Let a case go on, with the cases that were suspended with it; managers only."""
    why = ensure_reason(reason)

    def work(tx: Transaction) -> ProcessInstance:
        tree, locked = lock(context, tx, instance_id, by, "resume")
        since = locked.instance.ensure_open().suspended_at
        if since is None:
            raise NotSuspended(instance_id, locked.instance.business_key)
        if locked.instance.parent_id is not None:
            _ensure_goes_on(tree.case(locked.instance.parent_id).instance)
        detail = {"reason": why, "timers": timers.value}
        for case in [locked, *_below(tree, instance_id)]:
            if case.instance.suspended_at == since:
                _let_go(tree, case, timers, by=by, detail=detail)
        return vault.shown_one(tx, tree.case(instance_id).instance, by)

    return context.database.run(work)


def terminate(context: Context, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
    """End a case with the case that called it, and all that were called; managers only."""
    why = ensure_reason(reason)

    def work(tx: Transaction) -> ProcessInstance:
        tree, locked = lock(context, tx, instance_id, by, "terminate")
        case = locked.instance.ensure_open()
        root = tree.case(case.root_id or case.id)
        ending.cancel(tree, root, by=by, reason=why)
        return vault.shown_one(tx, tree.case(instance_id).instance, by)

    return context.database.run(work)


def keep_still(tree: Tree, instance_id: int) -> None:
    """Hold what an operator's step opened in a case that stands still."""
    case = tree.case(instance_id).instance
    if case.suspended_at is None or case.state is not InstanceState.ACTIVE:
        return
    suspension.pause_jobs(tree.tx, case.id, at=tree.at)
    for child in _below(tree, case.id):
        if child.instance.suspended_at is None:
            _hold(tree, child, by=None, reason=WITH_CALLER, since=case.suspended_at)


def keep_for(tree: Tree, locked: LockedInstance, token: str, element_id: str, message: int) -> bool:
    """Keep a message or signal for a case that stands still; False if one is kept already."""
    case = locked.instance
    known = waiting.jobs_of(tree.tx, case.id)
    if any(job.work is Work.DELIVER and job.token == token for job in known):
        return False
    payload: Mapping[str, object] = {"message": message}
    new = Job(
        JobId(0), Work.DELIVER, token, element_id, tree.at, case.id,
        next_try_at=tree.at, payload=payload,
    )  # fmt: skip
    jobs.insert(tree.tx, [new])
    suspension.pause_jobs(tree.tx, case.id, at=tree.at)
    return True


def lock(
    context: Context, tx: Transaction, instance_id: int, by: str, action: str
) -> tuple[steps.Steps, LockedInstance]:
    """Return a case that a manager changes, and its tree, locked."""
    users.ensure_manager(tx, by, action, f"case {instance_id}")
    locked = instances.lock(tx, instance_id)
    if locked is None:
        raise NotFound("case", instance_id)
    return steps.Steps(context, tx), locked


def ensure_reason(reason: str) -> str:
    """Return the reason without blanks around it, or raise InvalidForm if there is none."""
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})
    return reason.strip()


def _hold(
    tree: Tree,
    locked: LockedInstance,
    *,
    by: str | None,
    reason: str,
    since: datetime | None = None,
) -> None:
    detail = {"reason": reason}
    told = failures.tell_case(
        tree.tx, locked, EventType.SUSPENDED, actor=by, detail=detail, at=tree.at
    )
    suspension.mark(tree.tx, told.instance.id, since or tree.at)
    suspension.pause_jobs(tree.tx, told.instance.id, at=tree.at)
    tree.replace(replace(told, instance=replace(told.instance, suspended_at=since or tree.at)))


def _let_go(
    tree: Tree,
    locked: LockedInstance,
    timers: TimerPolicy,
    *,
    by: str,
    detail: Mapping[str, object],
) -> None:
    since, number = locked.instance.suspended_at, locked.instance.id
    assert since is not None
    stood_still = tree.at - since
    told = failures.tell_case(
        tree.tx, locked, EventType.RESUMED, actor=by, at=tree.at,
        detail={**detail, "stood_still_s": stood_still.total_seconds()},
    )  # fmt: skip
    suspension.mark(tree.tx, number, None)
    is_shifted = timers is TimerPolicy.SHIFT
    suspension.take_up_jobs(tree.tx, number, shift=stood_still if is_shifted else None)
    if is_shifted:
        suspension.shift_tasks(tree.tx, number, stood_still)
    tree.replace(replace(told, instance=replace(told.instance, suspended_at=None)))


def _below(tree: Tree, instance_id: int) -> Iterator[LockedInstance]:
    """Yield the running cases that a case called, and those that they called."""
    for child in calls.active_below(tree.tx, instance_id):
        yield tree.case(child)
        yield from _below(tree, child)


def _ensure_goes_on(caller: ProcessInstance) -> None:
    if caller.suspended_at is not None:
        raise InstanceSuspended(caller.id, caller.business_key, caller.suspended_at)
