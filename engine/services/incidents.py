"""Use cases about incidents: see them, then retry, edit the data and retry, skip, or cancel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.bpmn import operate
from engine.domain.history import EventType
from engine.domain.incident import STEP, VACANT, Resolution
from engine.domain.job import Work
from engine.domain.process_graph import NodeType
from engine.errors import FieldError, InvalidForm, NotFound
from engine.services import commands, failures, instances, soon, steps, users, vacancies, vault
from engine.services.access import ensure_case_visible
from engine.services.limits import ensure_case_values
from engine.services.moves import Cause, moving
from engine.store import incidents, jobs, tasks
from engine.store import instances as stored_instances

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.incident import Incident
    from engine.services.context import Context
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance

MOST_ROWS = 500


def listed(context: Context, *, by: str, is_open: bool, limit: int) -> list[Incident]:
    """Return the newest incidents of all cases, for managers."""
    if not 0 < limit <= MOST_ROWS:
        raise ValueError(f"a page has 1 to {MOST_ROWS} incidents, not {limit}")
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", "all incidents")
        return incidents.newest(tx, is_open=is_open, limit=limit)


def count_open(context: Context, *, by: str, at_most: int) -> int:
    """Return how many incidents are open; counting ends at a number."""
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", "all incidents")
        return incidents.count_open(tx, at_most=at_most)


def of_instance(context: Context, instance_id: int, *, by: str) -> list[Incident]:
    """Return the incidents of a case, oldest first."""
    with context.database.reading() as tx:
        ensure_case_visible(tx, instance_id, by)
        return incidents.of_instance(tx, instance_id)


def get(context: Context, incident_id: int, *, by: str) -> Incident:
    """Return an incident."""
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", f"incident {incident_id}")
        return _get(tx, incident_id)


def retry(
    context: Context, incident_id: int, *, by: str, values: Mapping[str, object] | None = None
) -> Incident:
    """Try again, with corrected values of the case if there are any."""
    changes = ensure_case_values(values or {})

    def work(tx: Transaction) -> None:
        incident, locked = _lock(tx, incident_id, by, "retry")
        if changes and locked is None:
            raise InvalidForm({key: FieldError("unknown") for key in changes})
        new = changes if locked is None else _hidden(context, tx, locked, changes)
        how = Resolution.EDITED if changes else Resolution.RETRIED
        locked = _resolve(context, tx, incident, locked, how, by=by)
        if locked is not None and changes:
            _edit(context, tx, locked, new, by)
        if incident.job_id is not None and jobs.get(tx, incident.job_id) is not None:
            _renew(context, tx, incident.job_id, new)
        if incident.kind == VACANT:
            vacancies.check_again(steps.Steps(context, tx), incident)

    commands.run(context, work)
    return get(context, incident_id, by=by)


def skip(
    context: Context,
    incident_id: int,
    *,
    by: str,
    reason: str,
    values: Mapping[str, object] | None = None,
) -> Incident:
    """Go on as if the work were done, with the values it would have given."""
    given, why = ensure_case_values(values or {}), _ensure_reason(reason)

    def work(tx: Transaction) -> None:
        incident, locked = _lock(tx, incident_id, by, "skip")
        locked = _resolve(context, tx, incident, locked, Resolution.SKIPPED, by=by, note=why)
        if incident.job_id is not None:
            jobs.delete(tx, incident.job_id)
        if locked is None or locked.instance.ended_at is not None:
            return
        if not _only_listens(context, tx, locked, incident):
            tasks.cancel(tx, locked.instance.id, [incident.token], by=by, at=context.clock.now())
            new = _hidden(context, tx, locked, given)
            move = moving(operate.skip, token=incident.token, values=new)
            detail = {"reason": why, "skipped": incident.kind}
            steps.take(context, tx, locked, move, Cause(incident.token, by, detail))

    commands.run(context, work)
    return get(context, incident_id, by=by)


def cancel(context: Context, incident_id: int, *, by: str, reason: str) -> Incident:
    """Cancel the case that an incident holds up; where there is no case, give the work up."""
    why = _ensure_reason(reason)
    case_id = get(context, incident_id, by=by).ensure_open().instance_id
    if case_id is not None:
        instances.cancel(context, case_id, by=by, reason=why)
    else:
        context.database.run(partial(_give_up, context, incident_id, by, why))
    return get(context, incident_id, by=by)


def _give_up(context: Context, incident_id: int, by: str, why: str, tx: Transaction) -> None:
    incident, _ = _lock(tx, incident_id, by, "cancel")
    _resolve(context, tx, incident, None, Resolution.CANCELLED, by=by, note=why)
    if incident.job_id is not None:
        jobs.delete(tx, incident.job_id)


def _only_listens(
    context: Context, tx: Transaction, locked: LockedInstance, incident: Incident
) -> bool:
    """Return whether an event stands beside the way of the token: there is nothing to go on with.

    What came (a moment, a message) is left out then, and nothing else changes.
    """
    nodes = context.deployed.get(tx, locked.instance.definition_id).graph.nodes
    node = nodes.get(incident.element_id)
    beside = {NodeType.BOUNDARY_EVENT, NodeType.START_EVENT}
    return incident.kind != STEP and node is not None and node.type in beside


def _hidden(
    context: Context, tx: Transaction, locked: LockedInstance, values: Mapping[str, object]
) -> dict[str, object]:
    """Return values with references in place of those that are personal in the case."""
    return vault.hide(tx, locked.instance, values, at=context.clock.now())


def _edit(
    context: Context,
    tx: Transaction,
    locked: LockedInstance,
    changes: Mapping[str, object],
    by: str,
) -> None:
    """Change values of the case; the history tells which, not what, as they may be personal."""
    told = failures.tell_case(
        tx, locked, EventType.DATA_CHANGED, actor=by, detail={"fields": sorted(changes)},
        at=context.clock.now(),
    )  # fmt: skip
    steps.take(context, tx, told, moving(operate.set_values, values=changes), Cause())


def _renew(context: Context, tx: Transaction, job_id: int, changes: Mapping[str, object]) -> None:
    """Let a job be tried as if it were new, with the corrected values it works with."""
    job = jobs.get(tx, job_id)
    assert job is not None
    if job.work in {Work.SERVICE, Work.SCRIPT}:
        jobs.replace_payload(tx, job_id, _corrected(job.payload, changes))
    elif job.work in {Work.CALL, Work.RETURN}:
        values = job.payload["values"]
        assert isinstance(values, dict)
        jobs.replace_payload(tx, job_id, {**job.payload, "values": _corrected(values, changes)})
    jobs.retry(tx, job_id, at=context.clock.now())
    soon.do_job(context, tx, job_id)


def _corrected(values: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    return {name: changes.get(name, value) for name, value in values.items()}


def _resolve(  # noqa: PLR0913 -- the parts of a resolution
    context: Context,
    tx: Transaction,
    incident: Incident,
    locked: LockedInstance | None,
    how: Resolution,
    *,
    by: str,
    note: str | None = None,
) -> LockedInstance | None:
    """Store how an incident ended, and tell it in the history; return the case as it is then."""
    at = context.clock.now()
    incidents.resolve(tx, [incident.id], how, by=by, at=at, note=note)
    if locked is None:
        return None
    detail: dict[str, object] = {"incident": incident.id, "resolution": how.value}
    if note is not None:
        detail["reason"] = note
    return failures.close_incident(context, tx, locked, incident, actor=by, detail=detail)


def _lock(
    tx: Transaction, incident_id: int, by: str, action: str
) -> tuple[Incident, LockedInstance | None]:
    """Return an open incident and its case, locked; for managers."""
    users.ensure_manager(tx, by, action, f"incident {incident_id}")
    case_id = _get(tx, incident_id).instance_id
    locked = stored_instances.lock(tx, case_id) if case_id is not None else None
    if locked is not None and locked.instance.ended_at is None:
        locked.instance.ensure_active()
    return _get(tx, incident_id).ensure_open(), locked  # as the last holder of the lock left it


def _get(tx: Transaction, incident_id: int) -> Incident:
    incident = incidents.get(tx, incident_id)
    if incident is None:
        raise NotFound("incident", incident_id)
    return incident


def _ensure_reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})
    return reason.strip()
