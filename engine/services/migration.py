"""Use cases about moving running cases to another version of their process, and back.

Tasks keep their numbers, who holds them, drafts and dates; timers keep their moments. What was
done stays done. Until the next command on the case, the move can be undone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.bpmn import run
from engine.domain.consequences import OutdatedPreview
from engine.domain.history import EventType
from engine.domain.instance import DefinitionState
from engine.domain.migration_plan import (
    NO_MAPPING,
    CaseMigration,
    Migration,
    MigrationBlocked,
    NothingToUndo,
    plan_between,
)
from engine.errors import NotFound
from engine.services import previews, suspension, users, vault
from engine.services.calendars import Calendars
from engine.services.case_facts import CaseFacts
from engine.services.ending import open_visits
from engine.services.moves import Cause, recorder_of
from engine.services.visits import gone, tell
from engine.store import definitions, history, instances, subscriptions, tasks
from engine.store import migration as stored
from engine.store.migration import Before

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.bpmn.delta import Delta
    from engine.domain.instance import ProcessInstance
    from engine.domain.migration_plan import MigrationPlan
    from engine.domain.user_task import UserTask
    from engine.services.context import Context
    from engine.services.deployed import DeployedProcess
    from engine.services.interventions import Order
    from engine.services.steps import Steps
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance

MOST_CASES = 10_000


def plan(
    context: Context,
    process_key: str,
    versions: tuple[int, int],
    mapping: Mapping[str, str] = NO_MAPPING,
) -> MigrationPlan:
    """Return how elements of one version become those of another."""
    with context.database.reading() as tx:
        old, new = (_version(context, tx, process_key, version) for version in versions)
    return plan_between(old.graph, new.graph, versions, mapping)


def dry_run(
    context: Context, planned: MigrationPlan, cases: Sequence[int] | None, *, by: str
) -> list[CaseMigration]:
    """Return what would become of cases, by default of all that run on the old version."""
    key = planned.process_key
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "migrate", f"cases of {key}")
        old = _version(context, tx, key, planned.from_version)
        new = _version(context, tx, key, planned.to_version)
        wanted = stored.running_on(tx, old.definition.id) if cases is None else list(cases)
        return [_tried(context, tx, number, new, planned) for number in wanted[:MOST_CASES]]


def migrate(context: Context, instance_id: int, wanted: Migration, order: Order) -> ProcessInstance:
    """Move a case to another version of its process; it may stand still meanwhile."""
    why = suspension.ensure_reason(order.reason)

    def work(tx: Transaction) -> ProcessInstance:
        tree, locked = suspension.lock(context, tx, instance_id, order.by, "migrate")
        case = locked.instance.ensure_open()
        if order.based_on is not None and case.version != order.based_on:
            raise OutdatedPreview(instance_id)
        old = context.deployed.get(tx, case.definition_id)
        new = _version(context, tx, case.process_key, wanted.to_version)
        versions = old.definition.version, new.definition.version
        plan_between(old.graph, new.graph, versions, wanted.mapping)
        blockers = _blockers(locked, old, new, wanted.mapping)
        if blockers:
            raise MigrationBlocked(case.id, case.business_key, blockers)
        detail = {"from": versions[0], "to": versions[1], "mapping": dict(wanted.mapping)}
        _move(tree, locked, old, new, wanted.mapping, {**detail, "reason": why, "by": order.by})
        return vault.shown_one(tx, tree.case(instance_id).instance, order.by)

    return context.database.run(work)


def undo(context: Context, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
    """Move a case back to where it was before its last migration, if nothing happened since."""
    why = suspension.ensure_reason(reason)

    def work(tx: Transaction) -> ProcessInstance:
        tree, locked = suspension.lock(context, tx, instance_id, by, "migrate")
        case, before = locked.instance.ensure_open(), stored.before(tx, instance_id)
        if before is None or before.version != case.version:
            raise NothingToUndo(case.id, case.business_key)
        new = context.deployed.get(tx, case.definition_id)
        old = context.deployed.get(tx, before.definition_id)
        recorder = recorder_of(locked, tree.at)
        numbers = {"from": new.definition.version, "to": old.definition.version}
        detail = {**numbers, "undone": True, "reason": why}
        recorder.case(EventType.MIGRATED, actor=by, detail=detail)
        stored.restore(tx, case.id, before.rows)
        stored.forget(tx, case.id)
        now = _visits(tx, case.id)
        tell(recorder, (now, new.graph), (before.visits, old.graph), tasks.open_in(tx, case.id))
        back = replace(case, definition_id=old.definition.id, version=case.version + 1)
        stored.set_definition(tx, case.id, old.definition.id)
        instances.advance(tx, locked, back, tokens=before.tokens, tail=recorder.tail)
        history.append(tx, (case.id, recorder.chain))
        return vault.shown_one(tx, back, by)

    return context.database.run(work)


def forget_old(context: Context) -> int:
    """Forget how cases were that have gone on since they moved, and return how many."""
    return context.database.run(stored.forget_old)


def _tried(
    context: Context, tx: Transaction, number: int, new: DeployedProcess, planned: MigrationPlan
) -> CaseMigration:
    case = instances.get(tx, number)
    if case is None:
        return CaseMigration(number, "", (f"there is no case {number}",))
    if case.ended_at is not None:
        return CaseMigration(number, case.business_key, (f"is {case.state.value}",))
    locked = instances.within_lock(tx, number)
    old = context.deployed.get(tx, case.definition_id)
    if old.definition.version != planned.from_version or old.definition.key != planned.process_key:
        where = f"runs on {old.definition.key} version {old.definition.version}"
        return CaseMigration(number, case.business_key, (where,))
    blockers = _blockers(locked, old, new, planned.mapping)
    if blockers:
        return CaseMigration(number, case.business_key, tuple(blockers))
    delta = _delta(context, tx, locked, (old, new), planned.mapping)
    closed = {*delta.closed_timers, *delta.closed_subscriptions}
    waiting = subscriptions.of_instance(tx, number)
    return CaseMigration(
        number,
        case.business_key,
        kept_tasks=tuple(task.id for task in tasks.open_in(tx, number)),
        kept_timers=sum(t.token not in closed for t in previews.timers_of(tx, number)),
        kept_subscriptions=sum(one.token not in closed for one in waiting),
        consequences=previews.of_delta(tx, number, case.version, delta),
    )


def _delta(
    context: Context,
    tx: Transaction,
    locked: LockedInstance,
    versions: tuple[DeployedProcess, DeployedProcess],
    mapping: Mapping[str, str],
) -> Delta:
    old, new = versions
    return run.migrate(
        old.program,
        new.program,
        locked.tokens,
        mapping=mapping,
        at=context.clock.now(),
        calendars=Calendars(tx),
        facts=CaseFacts.of(tx, new.graph, locked.instance),
    )


def _blockers(
    locked: LockedInstance, old: DeployedProcess, new: DeployedProcess, mapping: Mapping[str, str]
) -> list[str]:
    if old.definition.id == new.definition.id:
        return [f"runs on version {new.definition.version} already"]
    found = run.blockers(old.program, new.program, locked.tokens, mapping)
    return [f"{one.element_id!r}: {one.reason}" for one in found]


def _move(
    tree: Steps,
    locked: LockedInstance,
    old: DeployedProcess,
    new: DeployedProcess,
    mapping: Mapping[str, str],
    detail: Mapping[str, object],
) -> None:
    tx, case = tree.tx, locked.instance
    delta = _delta(tree.context, tx, locked, (old, new), mapping)
    visits, rows = _visits(tx, case.id), stored.snapshot(tx, case.id)
    recorder = recorder_of(locked, tree.at)
    told = {name: value for name, value in detail.items() if name != "by"}
    recorder.case(EventType.MIGRATED, actor=str(detail["by"]), detail=told)
    stored.rename(tx, case.id, mapping)
    moved = [_placed(task, new, mapping) for task in tasks.open_in(tx, case.id)]
    stored.replace_tasks(tx, moved)
    stored.set_definition(tx, case.id, new.definition.id)
    left, known = gone(recorder, delta.facts, old.graph, new.graph)
    kept = {token: element for token, element in visits.items() if token not in left}
    renamed = {token: mapping.get(element, element) for token, element in kept.items()}
    tell(recorder, (kept, old.graph), (renamed, new.graph), moved)
    there = replace(locked, instance=replace(case, definition_id=new.definition.id))
    tree.apply(there, new, replace(delta, facts=known), Cause(may_be_suspended=True), recorder)
    tree.settle()
    suspension.keep_still(tree, case.id)
    if _can_be_undone(delta):
        version = tree.case(case.id).instance.version
        before = Before(version, case.definition_id, locked.tokens, visits, rows)
        stored.remember(tx, case.id, before)


def _placed(task: UserTask, new: DeployedProcess, mapping: Mapping[str, str]) -> UserTask:
    """Return a task as it stands in the new version."""
    node = new.graph.nodes.get(mapping.get(task.element_id, task.element_id))
    if node is None:
        return task  # its token is withdrawn in the same step
    return replace(
        task, definition_id=new.definition.id, element_id=node.id, name=node.name or node.id,
        lane=node.lane, form_key=node.form_key,
    )  # fmt: skip


def _can_be_undone(delta: Delta) -> bool:
    """Return whether the move opened and ended nothing but events at the border."""
    is_more = (
        delta.is_completed, delta.opened_tasks, delta.closed_tasks, delta.opened_calls,
        delta.closed_calls, delta.thrown, delta.opened_jobs, delta.closed_jobs, delta.uncaught,
    )  # fmt: skip
    return not any(is_more)


def _visits(tx: Transaction, instance_id: int) -> dict[str, str]:
    found = open_visits(history.of_instance(tx, instance_id))
    return {token: element_id for element_id, token in found}


def _version(context: Context, tx: Transaction, key: str, version: int) -> DeployedProcess:
    found = definitions.version_of(tx, key, version)
    if found is None:
        raise NotFound("process", f"{key} version {version}")
    if found.state is DefinitionState.DRAFT:
        raise NotFound("active process", f"{key} version {version}, which is a draft")
    return context.deployed.get(tx, found.id)
