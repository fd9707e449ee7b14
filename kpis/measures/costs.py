"""Costs: what the work on cases costs at the rates of a staffing plan.

Work on a case that is given up is paid as well: those who are served bear it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kpis.columns import sums_per
from kpis.measures.operations import staff_work, sums_of

if TYPE_CHECKING:
    from kpis.columns import FloatArray
    from kpis.event_log import EventLog
    from kpis.staffing import Staffing

_HOUR_S = 3600.0


def case_costs(log: EventLog, staffing: Staffing) -> FloatArray:
    """Return the cost of each case that ended: Σ work × rate + fixed cost per completed visit.

    Completed or not, in the order of ``log.ended_cases``. *Units*: the currency of the
    staffing plan. *Shapes*: ``(ended cases,)``.
    """
    return sums_of(log, activity_costs(log, staffing))[log.ended_cases]


def element_costs(log: EventLog, staffing: Staffing) -> dict[str, float]:
    """Return the cost per completed case that arises at each element, of all that ended."""
    counts = log.has_ended[log.activity_columns.case]
    element = log.activity_columns.element
    costs = activity_costs(log, staffing)[counts]
    sums = sums_per(element.codes[counts], costs, len(element.names))
    shares = sums / (len(log.counted_cases) or np.nan)
    return dict(zip(element.names, shares.tolist(), strict=True))


def activity_costs(log: EventLog, staffing: Staffing) -> FloatArray:
    """Return the cost of each activity instance; work in hand costs nothing yet."""
    activities = log.activity_columns
    by_staff = staff_work(log, external_roles=staffing.external_roles)
    worked_s = np.where(by_staff & ~np.isnan(activities.work_s), activities.work_s, 0.0)
    # the 0 at the end is found by code -1: no role, no rate
    rates = np.array([*(_rate(staffing, role) for role in activities.role.names), 0.0])
    fixed = np.array([staffing.fixed_costs.get(name, 0.0) for name in activities.element.names])
    costs: FloatArray = worked_s / _HOUR_S
    costs *= rates[activities.role.codes]
    if fixed.any():
        visits = ~np.isnan(activities.completed_s)
        costs += np.where(visits, fixed[activities.element.codes], 0.0)
    return costs


def _rate(staffing: Staffing, role: str) -> float:
    staff = staffing.roles.get(role)
    return float(staff.cost_per_hour) if staff is not None else 0.0
