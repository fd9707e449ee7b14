"""Queries about incidents: what waits for somebody to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.incident import Incident, IncidentId, Resolution
from engine.domain.instance import DefinitionId, InstanceId
from engine.domain.job import JobId
from engine.store.tables import incident
from engine.store.types import inserted_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row

_ALL = sa.select(incident)
_ONE = _ALL.where(incident.c.id == parameter("id"))
_IS_OPEN = incident.c.resolved_at.is_(None)
_OF_INSTANCE = _ALL.where(incident.c.instance_id == parameter("owner")).order_by(incident.c.id)
_OPEN_AT = _ALL.where(
    incident.c.instance_id == parameter("owner"),
    incident.c.token == parameter("token"),
    incident.c.kind == parameter("kind"),
    _IS_OPEN,
)
_COUNT_OPEN = sa.select(sa.func.count()).select_from(
    sa.select(incident.c.id).where(_IS_OPEN).limit(parameter("most")).subquery()
)
_INSERT = sa.insert(incident)
_REPEAT = (
    sa.update(incident)
    .where(incident.c.id == parameter("old_id"))
    .values(
        attempts=incident.c.attempts + 1, last_at=parameter("at"), reason=parameter("new_reason")
    )
)
_RESOLUTION: dict[str, sa.BindParameter[object]] = {
    "resolved_at": parameter("at"),
    "resolved_by": parameter("by"),
    "resolution": parameter("how"),
    "note": parameter("why"),
}
_RESOLVE = (
    sa.update(incident).where(incident.c.id == parameter("old_id"), _IS_OPEN).values(_RESOLUTION)
)


def get(tx: Transaction, incident_id: int) -> Incident | None:
    """Return an incident."""
    row = tx.execute(_ONE, {"id": incident_id}).one_or_none()
    return _to_incident(row) if row else None


def open_at(tx: Transaction, instance_id: int, token: str, kind: str) -> Incident | None:
    """Return the open incident of a token."""
    wanted = {"owner": instance_id, "token": token, "kind": kind}
    row = tx.execute(_OPEN_AT, wanted).first()
    return _to_incident(row) if row else None


def of_instance(tx: Transaction, instance_id: int) -> list[Incident]:
    """Return the incidents of an instance, oldest first."""
    return [_to_incident(row) for row in tx.execute(_OF_INSTANCE, {"owner": instance_id})]


def newest(tx: Transaction, *, is_open: bool, limit: int) -> list[Incident]:
    """Return incidents, the newest first."""
    state = _IS_OPEN if is_open else ~_IS_OPEN
    newest_first = _ALL.where(state).order_by(incident.c.last_at.desc(), incident.c.id.desc())
    return [_to_incident(row) for row in tx.execute(newest_first.limit(limit))]


def count_open(tx: Transaction, *, at_most: int) -> int:
    """Return how many incidents are open, up to a number."""
    return int(tx.execute(_COUNT_OPEN, {"most": at_most}).scalar_one())


def insert(tx: Transaction, new: Incident) -> IncidentId:
    """Store an incident and return its id."""
    row = {
        "instance_id": new.instance_id,
        "definition_id": new.definition_id,
        "job_id": new.job_id,
        "kind": new.kind,
        "element_id": new.element_id,
        "token": new.token,
        "reason": new.reason,
        "attempts": new.attempts,
        "first_at": new.first_at,
        "last_at": new.last_at,
    }
    return IncidentId(inserted_id(tx.execute(_INSERT, row)))


def repeat(tx: Transaction, incident_id: int, *, reason: str, at: datetime) -> None:
    """Store that the same failure came again."""
    tx.execute(_REPEAT, {"old_id": incident_id, "new_reason": reason, "at": at})


def resolve(
    tx: Transaction,
    incident_ids: Iterable[int],
    how: Resolution,
    *,
    by: str | None,
    at: datetime,
    note: str | None = None,
) -> None:
    """Store how open incidents ended."""
    rows = [
        {"old_id": number, "at": at, "by": by, "how": how.value, "why": note}
        for number in incident_ids
    ]
    if rows:
        tx.execute(_RESOLVE, rows)


def _to_incident(row: Row) -> Incident:
    return Incident(
        id=IncidentId(row.id),
        kind=row.kind,
        element_id=row.element_id,
        token=row.token,
        reason=row.reason,
        attempts=row.attempts,
        first_at=row.first_at,
        last_at=row.last_at,
        instance_id=None if row.instance_id is None else InstanceId(row.instance_id),
        definition_id=None if row.definition_id is None else DefinitionId(row.definition_id),
        job_id=None if row.job_id is None else JobId(row.job_id),
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        resolution=None if row.resolution is None else Resolution(row.resolution),
        note=row.note,
    )
