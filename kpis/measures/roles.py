"""Per role: who is busy, and how many wait for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kpis.columns import sums_per
from kpis.measures.elements import left_in_period, some, started_in_period
from kpis.measures.operations import busy_s, queues, role_codes

if TYPE_CHECKING:
    from kpis.event_log import EventLog
    from kpis.staffing import Staffing

_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class RoleValues:
    """What one role did in the observation window; NaN where the staffing is not known."""

    role: str
    units: int | None
    busy_s: float
    available_s: float
    queue_length: float  # mean over the window
    queue_length_max: int
    started: int  # activities begun in the counted period
    waiting_s: float  # mean per begun activity
    left_waiting_s: float = 0.0  # sum over activities that were left or withdrawn before

    @property
    def total_waiting_s(self) -> float:
        """All waiting for the role, that of those who left included."""
        return self.left_waiting_s + (self.waiting_s * self.started if self.started else 0.0)

    @property
    def utilisation(self) -> float:
        """Busy ÷ available time."""
        return self.busy_s / self.available_s if self.available_s > 0 else _NAN


def role_values(log: EventLog, staffing: Staffing | None = None) -> dict[str, RoleValues]:
    """Return the figures of each role, external ones left out; NO_ROLE if it occurs."""
    external = staffing.external_roles if staffing else frozenset()
    queued, busy = queues(log, external_roles=external), busy_s(log)
    lengths = dict(zip(queued.roles, queued.mean.tolist(), strict=True))
    maxima = dict(zip(queued.roles, queued.maximum.tolist(), strict=True))
    starts, waits, lefts = _waiting(log)
    planned = staffing.roles if staffing else {}
    return {
        role: RoleValues(
            role=role,
            units=planned[role].units if role in planned else None,
            busy_s=busy.get(role, 0.0),
            available_s=_available_s(log, role, staffing),
            queue_length=lengths.get(role, 0.0),
            queue_length_max=maxima.get(role, 0),
            started=int(starts.get(role, 0)),
            waiting_s=waits[role] / starts[role] if starts.get(role) else _NAN,
            left_waiting_s=lefts.get(role, 0.0),
        )
        for role in dict.fromkeys([*planned, *queued.roles])
        if role not in external
    }


def overall_utilisation(roles: dict[str, RoleValues]) -> float:
    """Return Σ busy ÷ Σ available over the roles whose staffing is known."""
    known = [role for role in roles.values() if role.available_s > 0]
    available_s = sum(role.available_s for role in known)
    return sum(role.busy_s for role in known) / available_s if known else _NAN


def _waiting(log: EventLog) -> tuple[dict[str, int], dict[str, float], dict[str, float]]:
    """Return by role how many activities began, how long these waited, and those that were left."""
    activities, begun, left = (
        log.activity_columns,
        some(started_in_period(log)),
        left_in_period(log),
    )
    roles, codes = role_codes(activities.role)
    starts = np.bincount(codes[begun], minlength=len(roles)).tolist()
    waited_s = activities.started_s[begun] - activities.scheduled_s[begun]
    waits = sums_per(codes[begun], waited_s, len(roles)).tolist()
    given_up_s = activities.cancelled_s[left] - activities.scheduled_s[left]
    lefts = sums_per(codes[left], given_up_s, len(roles)).tolist()
    return (
        dict(zip(roles, starts, strict=True)),
        dict(zip(roles, waits, strict=True)),
        dict(zip(roles, lefts, strict=True)),
    )


def _available_s(log: EventLog, role: str, staffing: Staffing | None) -> float:
    if staffing is None or role not in staffing.roles:
        return _NAN
    return staffing.available_s(role, log.at(log.window[0]), log.at(log.window[1]))
