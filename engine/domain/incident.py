"""Incidents: what went wrong in a case and waits for somebody to decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from engine.errors import IncidentResolved

if TYPE_CHECKING:
    from datetime import datetime

    from engine.domain.instance import DefinitionId, InstanceId
    from engine.domain.job import JobId

IncidentId = NewType("IncidentId", int)

# Kinds of incidents; the others are the work of a job that failed.
STEP = "step"  # a person's command met it
VACANT = "vacant"  # nobody may do a task
LONGEST_REASON = 2000


class Resolution(StrEnum):
    """How an incident ended."""

    RETRIED = "retried"
    EDITED = "edited"  # the data were corrected, then it was tried again
    SKIPPED = "skipped"
    CANCELLED = "cancelled"  # with the whole case
    OBSOLETE = "obsolete"  # the case went on another way


@dataclass(frozen=True, slots=True)
class Incident:
    """A failure that nobody but a person can mend."""

    id: IncidentId
    kind: str
    element_id: str
    token: str
    reason: str
    attempts: int
    first_at: datetime
    last_at: datetime
    instance_id: InstanceId | None = None
    definition_id: DefinitionId | None = None
    job_id: JobId | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: Resolution | None = None
    note: str | None = None

    def ensure_open(self) -> Incident:
        """Return the incident, or raise IncidentResolved."""
        if self.resolved_at is not None:
            assert self.resolution is not None
            raise IncidentResolved(self.id, self.resolution.value, self.resolved_by)
        return self
