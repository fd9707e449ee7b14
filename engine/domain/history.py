"""HistoryEvent: what the whole product counts on.

The engine stores it, the simulator yields it, ``kpis.event_log`` accepts it. Events are only
ever appended; within a case they are ordered by their sequence number, never by time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class EventType(StrEnum):
    """What can happen to a case, and to an activity instance or event within it.

    An activity instance is scheduled (its token arrived), offered (to a group or person),
    claimed and started (somebody took it and works), maybe released, delegated or reassigned,
    and at last completed or cancelled. Automatic activities and events go from scheduled to
    completed.
    """

    CASE_STARTED = "case_started"
    CASE_COMPLETED = "case_completed"
    CASE_CANCELLED = "case_cancelled"
    SCHEDULED = "scheduled"
    OFFERED = "offered"
    CLAIMED = "claimed"
    RELEASED = "released"
    DELEGATED = "delegated"  # the holder handed it to somebody
    REASSIGNED = "reassigned"  # a manager or the escalation ladder gave it to somebody
    ESCALATED = "escalated"  # a step of the escalation ladder
    CHANGED = "changed"  # priority or dates
    STARTED = "started"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    INCIDENT_OPENED = "incident_opened"  # something failed and waits for somebody to decide
    INCIDENT_RESOLVED = "incident_resolved"
    DATA_CHANGED = "data_changed"  # an operator corrected the values of the case
    SUSPENDED = "suspended"  # the case stands still
    RESUMED = "resumed"
    MOVED = "moved"  # an operator skipped elements of the case, or began again at others
    MIGRATED = "migrated"  # to another version of its process


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One fact about one case.

    ``token`` is the identity of the activity instance within the case: the events of one visit
    to an element share it. ``detail`` holds JSON values only (reason, form values changed, …).
    """

    process_key: str
    case_id: str
    seq: int
    type: EventType
    at: datetime
    element_id: str | None = None
    element_type: str | None = None
    token: str | None = None
    lane: str | None = None
    actor: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
