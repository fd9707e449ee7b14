"""Use cases about bulk operations: preview, order, work through, look at, stop.

An item is done in one transaction with the note of its result: whoever goes on after a crash
leaves out and repeats nothing. The rights of who ordered it are looked at for each item, when
its turn comes.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.domain.bulk import TARGETS, BulkItem, BulkKind, BulkState, ItemState
from engine.domain.migration_plan import Migration
from engine.domain.suspension import TimerPolicy
from engine.errors import EngineError, FieldError, InvalidForm, NotFound, StoreUnavailable
from engine.services import incidents, instances, migration, suspension, task_changes, users
from engine.services.interventions import Order
from engine.store import bulk
from engine.store.joined import JoinedDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from engine.domain.bulk import BulkOperation, BulkRequest
    from engine.services.context import Context
    from engine.store.database import Transaction

    Arguments: TypeAlias = Mapping[str, object]
    Action: TypeAlias = Callable[[Context, int, Arguments, str, str], object]

MOST_ITEMS = 50_000
MOST_PREVIEWED = 1000
MOST_ROWS = 1000


logger = logging.getLogger(__name__)


class _Rehearsed(EngineError):
    """A rehearsal is over; nothing of it is stored."""


def preview(context: Context, wanted: BulkRequest, *, by: str, limit: int) -> list[BulkItem]:
    """Return what would become of the first items now: each is rehearsed, nothing is stored."""
    if not 0 < limit <= MOST_PREVIEWED:
        raise ValueError(f"a preview has 1 to {MOST_PREVIEWED} items, not {limit}")
    targets = _checked(context, wanted, by)
    return [
        _rehearsed(context, wanted, BulkItem(target, ItemState.WAITING, position=position), by)
        for position, target in enumerate(targets[:limit], 1)
    ]


def order(context: Context, wanted: BulkRequest, *, by: str) -> BulkOperation:
    """Store an operation, to be worked through from now on."""
    targets = _checked(context, wanted, by)
    if len(targets) > MOST_ITEMS:
        error = FieldError("max", {"max": MOST_ITEMS})
        raise InvalidForm({"targets": error})
    at = context.clock.now()

    def work(tx: Transaction) -> BulkOperation:
        number = bulk.insert(tx, wanted, targets, at=at, by=by)
        bulk.end_if_over(tx, number, at=at)
        return _get(tx, number)

    return context.database.run(work)


def work_through(
    context: Context, number: int | None, *, limit: int, should_stop: Callable[[], bool]
) -> int:
    """Do waiting items of an operation, or of all that are not done, and return how many."""
    with context.database.reading() as tx:
        waiting = bulk.running(tx) if number is None else [number]
    done = 0
    for operation in waiting:
        while done < limit and not should_stop() and _do_next(context, operation):
            done += 1
    return done


def get(context: Context, number: int, *, by: str) -> BulkOperation:
    """Return an operation and how far it is."""
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", f"bulk operation {number}")
        return _get(tx, number)


def newest(context: Context, *, by: str, limit: int) -> list[BulkOperation]:
    """Return the newest operations."""
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", "bulk operations")
        return bulk.newest(tx, limit=limit)


def items(context: Context, number: int, *, by: str, after: int, limit: int) -> list[BulkItem]:
    """Return items of an operation with their results, in order."""
    if not 0 < limit <= MOST_ROWS:
        raise ValueError(f"a page has 1 to {MOST_ROWS} items, not {limit}")
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", f"bulk operation {number}")
        _get(tx, number)
        return bulk.items(tx, number, after=after, limit=limit)


def stop(context: Context, number: int, *, by: str) -> BulkOperation:
    """Skip what is not done yet; what is done stays done."""

    def work(tx: Transaction) -> BulkOperation:
        users.ensure_manager(tx, by, "stop", f"bulk operation {number}")
        _get(tx, number)
        bulk.stop(tx, number, at=context.clock.now())
        return _get(tx, number)

    return context.database.run(work)


def _do_next(context: Context, number: int) -> bool:
    """Do the next item; what is wrong with it is its result, and no reason to stop."""
    taken: list[BulkItem] = []

    def work(tx: Transaction) -> bool:
        taken.clear()
        operation, item = _get(tx, number), bulk.take(tx, number)
        at = context.clock.now()
        if item is None or operation.state is not BulkState.RUNNING:
            bulk.end_if_over(tx, number, at=at)
            return False
        taken.append(item)
        by, why = operation.requested_by, operation.reason
        joined = replace(context, database=JoinedDatabase(tx, context.database))
        _ACTIONS[operation.kind](joined, item.target_id, operation.arguments, by, why)
        bulk.finish_item(tx, number, item.position, ItemState.DONE, "done", at=at)
        return True

    try:
        return context.database.run(work)
    except StoreUnavailable:
        raise  # the item waits for a better time
    except Exception as error:
        if not taken:
            raise
        if not isinstance(error, EngineError):  # one item is no reason to leave the others
            logger.exception("bulk operation %s met a fault at item %s", number, taken[0])
        is_known = isinstance(error, EngineError)
        refusal = str(error) if is_known else f"{type(error).__name__}: {error}"
        position = taken[0].position
    at, refused = context.clock.now(), ItemState.REFUSED
    context.database.run(lambda tx: bulk.finish_item(tx, number, position, refused, refusal, at=at))
    return True


def _rehearsed(context: Context, wanted: BulkRequest, item: BulkItem, by: str) -> BulkItem:
    def work(tx: Transaction) -> None:
        joined = replace(context, database=JoinedDatabase(tx, context.database))
        _ACTIONS[wanted.kind](joined, item.target_id, wanted.arguments, by, wanted.reason)
        raise _Rehearsed

    try:
        context.database.run(work)
    except _Rehearsed:
        return replace(item, state=ItemState.DONE, result="would be done")
    except StoreUnavailable:
        raise
    except EngineError as error:
        return replace(item, state=ItemState.REFUSED, result=str(error))
    raise AssertionError("a rehearsal never comes to an end")


def _checked(context: Context, wanted: BulkRequest, by: str) -> list[int]:
    """Return what an operation is about, each once; InvalidForm if the order is incomplete."""
    suspension.ensure_reason(wanted.reason)
    needed = {BulkKind.MIGRATE: "to_version", BulkKind.REASSIGN: "to"}.get(wanted.kind)
    if needed is not None and not wanted.arguments.get(needed):
        raise InvalidForm({needed: FieldError("required")})
    if wanted.arguments.get("timers", "keep") not in set(TimerPolicy):
        raise InvalidForm({"timers": FieldError("option", {"options": ", ".join(TimerPolicy)})})
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, wanted.kind.value, "many at once")
        if wanted.targets is not None:
            return list(dict.fromkeys(wanted.targets))
        if wanted.process_key is None or wanted.kind in TARGETS:
            raise InvalidForm({"targets": FieldError("required")})
        return bulk.running_cases(tx, wanted.process_key, wanted.version)


def _get(tx: Transaction, number: int) -> BulkOperation:
    found = bulk.get(tx, number)
    if found is None:
        raise NotFound("bulk operation", number)
    return found


def _suspend(context: Context, target: int, _: Arguments, by: str, why: str) -> object:
    return suspension.suspend(context, target, by=by, reason=why)


def _resume(context: Context, target: int, arguments: Arguments, by: str, why: str) -> object:
    timers = TimerPolicy(str(arguments.get("timers", "keep")))
    return suspension.resume(context, target, by=by, reason=why, timers=timers)


def _cancel(context: Context, target: int, _: Arguments, by: str, why: str) -> object:
    return instances.cancel(context, target, by=by, reason=why)


def _migrate(context: Context, target: int, arguments: Arguments, by: str, why: str) -> object:
    mapping = arguments.get("mapping") or {}
    assert isinstance(mapping, dict)
    wanted = Migration(int(str(arguments["to_version"])), mapping)
    return migration.migrate(context, target, wanted, Order(by, why))


def _retry(context: Context, target: int, _: Arguments, by: str, _why: str) -> object:
    return incidents.retry(context, target, by=by)


def _reassign(context: Context, target: int, arguments: Arguments, by: str, why: str) -> object:
    return task_changes.reassign(context, target, to=str(arguments["to"]), by=by, reason=why)


_ACTIONS: Mapping[BulkKind, Action] = {
    BulkKind.SUSPEND: _suspend,
    BulkKind.RESUME: _resume,
    BulkKind.CANCEL: _cancel,
    BulkKind.MIGRATE: _migrate,
    BulkKind.RETRY: _retry,
    BulkKind.REASSIGN: _reassign,
}
