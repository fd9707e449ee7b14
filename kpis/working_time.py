"""Work in working time: a task that is held overnight is not worked on all night.

For logs of live cases, where the history says only who took a task and when it was done.
Simulated work already stops outside the calendar of its role. Waiting and cycle time stay
as they are: the customer waits at night as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kpis.staffing import always_open

if TYPE_CHECKING:
    from kpis.event_log import EventLog
    from kpis.staffing import Staffing


def in_working_time(log: EventLog, staffing: Staffing) -> EventLog:
    """Return the log with no more work on an activity than its role had open time.

    For work in hand, the work done up to the end of the window is filled in.
    """
    activities = log.activity_columns
    held_until_s = np.where(np.isnan(activities.ended_s), log.until_s, activities.ended_s)
    has_calendar = np.array(
        [*(_has_calendar(staffing, role) for role in activities.role.names), False]
    )[activities.role.codes]
    is_held = (activities.performer.codes >= 0) & ~np.isnan(activities.started_s)
    work_s = activities.work_s.copy()
    for row in np.flatnonzero(has_calendar & is_held):
        role = staffing.roles[activities.role.names[activities.role.codes[row]]]
        start_s, end_s = activities.started_s[row], held_until_s[row]
        open_s = role.open_s(log.at(start_s), log.at(end_s)) if start_s < end_s else 0.0
        work_s[row] = np.fmin(work_s[row], open_s)
    return replace(log, activity_columns=replace(activities, work_s=work_s))


def _has_calendar(staffing: Staffing, role: str) -> bool:
    staff = staffing.roles.get(role)
    return staff is not None and staff.open_s is not always_open
