"""Failures: what cannot go on becomes an incident, told in the history of its case."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.domain.incident import LONGEST_REASON, STEP, Incident, IncidentId, Resolution
from engine.domain.retry import MOST_ATTEMPTS
from engine.services.moves import recorder_of
from engine.store import calls, history, incidents, instances, jobs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.bpmn.delta import Delta
    from engine.domain.instance import ProcessInstance
    from engine.domain.job import Job
    from engine.errors import EngineError, ExecutionFailed
    from engine.services.context import Context
    from engine.services.moves import Tree
    from engine.services.recorder import Recorder
    from engine.store.database import Transaction
    from engine.store.instances import LockedInstance

logger = logging.getLogger(__name__)


def of_command(context: Context, error: ExecutionFailed) -> None:
    """Write down that a command met a model or data with which a case cannot go on."""
    case_id = error.instance_id
    if case_id is None:
        return

    def work(tx: Transaction) -> None:
        locked, at = instances.lock(tx, case_id), context.clock.now()
        if locked is None or locked.instance.ended_at is not None:
            return
        token = error.token or ""
        earlier = incidents.open_at(tx, case_id, token, STEP)
        if earlier is not None:
            incidents.repeat(tx, earlier.id, reason=_cut(error.reason), at=at)
            return
        new = Incident(
            IncidentId(0), STEP, error.element_id, token, error.reason, 1, at, at,
            instance_id=locked.instance.id,
        )  # fmt: skip
        open_incident(context, tx, locked, new)

    context.database.run(work)
    logger.warning("case %s cannot go on: %s", case_id, error)


def of_errand(tree: Tree, errand: Job, error: EngineError) -> None:
    """Keep work between cases that failed as a job that waits for somebody to decide."""
    park(tree, errand, str(error))


def park(tree: Tree, errand: Job, reason: str) -> bool:
    """Store a job that nobody does before its incident is resolved; False if there is one."""
    case_id, element_id = errand.instance_id, errand.element_id
    assert case_id is not None
    earlier = incidents.open_at(tree.tx, case_id, errand.token, errand.work.value)
    if earlier is not None:
        incidents.repeat(tree.tx, earlier.id, reason=_cut(reason), at=tree.at)
        return False
    if not element_id:
        element_id = calls.element_at(tree.tx, case_id, errand.token)
    kept = replace(
        errand, element_id=element_id, attempts=MOST_ATTEMPTS, next_try_at=None, last_error=reason
    )
    kept = replace(kept, id=jobs.insert_one(tree.tx, kept))
    incident = of_job(kept, reason, tree.at)
    tree.replace(open_incident(tree.context, tree.tx, tree.case(case_id), incident))
    return True


def of_job(job: Job, reason: str, at: datetime) -> Incident:
    """Return the incident of a job that failed for good."""
    return Incident(
        id=IncidentId(0),
        kind=job.work.value,
        element_id=job.element_id,
        token=job.token,
        reason=_cut(reason),
        attempts=job.attempts,
        first_at=job.due_at,
        last_at=at,
        instance_id=job.instance_id,
        definition_id=job.definition_id,
        job_id=job.id,
    )


def open_incident(
    context: Context, tx: Transaction, locked: LockedInstance, new: Incident
) -> LockedInstance:
    """Store an incident of a locked case, and return the case as it is then."""
    number = incidents.insert(tx, new)
    detail = {"incident": number, "kind": new.kind, "reason": new.reason}
    return _tell(context, tx, locked, new, _Change(EventType.INCIDENT_OPENED, None, detail, 1))


def close_incident(
    context: Context,
    tx: Transaction,
    locked: LockedInstance,
    incident: Incident,
    *,
    actor: str,
    detail: Mapping[str, object],
) -> LockedInstance:
    """Tell how an incident of a locked case ended, and return the case as it is then."""
    change = _Change(EventType.INCIDENT_RESOLVED, actor, detail, -1)
    return _tell(context, tx, locked, incident, change)


def tell_case(
    tx: Transaction,
    locked: LockedInstance,
    event_type: EventType,
    *,
    actor: str | None,
    detail: Mapping[str, object],
    at: datetime,
) -> LockedInstance:
    """Write into the history of a locked case what happened to it, and return it as it is then."""
    recorder = recorder_of(locked, at)
    recorder.case(event_type, actor=actor, detail=detail)
    return _touched(tx, locked, recorder)


@dataclass(frozen=True, slots=True)
class _Change:
    """What happens to an incident, and by how much more are open then."""

    type: EventType
    actor: str | None
    detail: Mapping[str, object]
    more: int


def _tell(
    context: Context, tx: Transaction, locked: LockedInstance, incident: Incident, change: _Change
) -> LockedInstance:
    recorder = recorder_of(locked, context.clock.now())
    nodes = context.deployed.get(tx, locked.instance.definition_id).graph.nodes
    node = nodes.get(incident.element_id)
    if node is None:
        recorder.case(change.type, actor=change.actor, detail=change.detail)
    else:
        token, told = incident.token, change.detail
        recorder.element(change.type, node, token, actor=change.actor, detail=told)
    instances.count_incidents(tx, locked.instance.id, change.more)
    touched = _touched(tx, locked, recorder)
    count = touched.instance.open_incidents + change.more
    return replace(touched, instance=replace(touched.instance, open_incidents=count))


def _touched(tx: Transaction, locked: LockedInstance, recorder: Recorder) -> LockedInstance:
    """Store events of a case whose tokens stay where they are."""
    instances.touch(tx, locked, tail=recorder.tail)
    history.append(tx, (locked.instance.id, recorder.chain))
    case = replace(locked.instance, version=locked.instance.version + 1)
    return replace(locked, instance=case, tail=recorder.tail)


def settle(
    tree: Tree, case: ProcessInstance, delta: Delta, token: str | None, recorder: Recorder
) -> ProcessInstance:
    """Resolve the incidents that a step made obsolete, and return the case without them."""
    gone = {
        token,
        *delta.closed_tasks,
        *delta.closed_timers,
        *delta.closed_jobs,
        *delta.closed_subscriptions,
        *delta.closed_calls,
    }
    obsolete = [
        one.id
        for one in incidents.of_instance(tree.tx, case.id)
        if one.resolved_at is None and (delta.is_completed or one.token in gone)
    ]
    if not obsolete:
        return case
    incidents.resolve(tree.tx, obsolete, Resolution.OBSOLETE, by=None, at=tree.at)
    for number in obsolete:
        detail = {"incident": number, "resolution": Resolution.OBSOLETE.value}
        recorder.case(EventType.INCIDENT_RESOLVED, actor=None, detail=detail)
    instances.count_incidents(tree.tx, case.id, -len(obsolete))
    return replace(case, open_incidents=case.open_incidents - len(obsolete))


def _cut(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…"
