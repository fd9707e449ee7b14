"""Per element: where cases wait and where they are worked on.

Stands over the activities that were started (waiting) and completed (work) in the counted
period of the log, of whatever case: a step that holds cases up shows before they end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kpis.columns import sums_per

if TYPE_CHECKING:
    from kpis.columns import BoolArray, FloatArray, IntArray
    from kpis.event_log import EventLog


@dataclass(frozen=True, slots=True)
class ElementValues:
    """What happened at one element; means are NaN where there was nothing to count."""

    element_id: str
    started: int
    completed: int
    waiting_s: float  # mean per start
    waiting_share: float  # of starts that had to wait at all
    work_s: float  # mean per completion
    suspended_s: float  # mean per completion: begun, but nobody at work
    left: int = 0  # withdrawn, or left by the customer, before anybody began
    left_waiting_s: float = float("nan")  # mean of those

    @property
    def total_waiting_s(self) -> float:
        """All waiting at the element, that of those who left included."""
        begun_s = self.waiting_s * self.started if self.started else 0.0
        return begun_s + (self.left_waiting_s * self.left if self.left else 0.0)


def element_values(log: EventLog) -> dict[str, ElementValues]:
    """Return visits, waiting and work of each element, keyed by its id."""
    activities = log.activity_columns
    started, completed = some(started_in_period(log)), some(completed_in_period(log))
    unserved = left_in_period(log)
    waiting_s = activities.started_s[started] - activities.scheduled_s[started]
    starts, waits = _counts(log, started), _sums(log, started, waiting_s)
    delayed = _sums(log, started, waiting_s > 0)
    given_up_s = activities.cancelled_s[unserved] - activities.scheduled_s[unserved]
    lefts, given_up = _counts(log, unserved), _sums(log, unserved, given_up_s)
    elapsed_s = activities.completed_s[completed] - activities.started_s[completed]
    completions, elapsed = _counts(log, completed), _sums(log, completed, elapsed_s)
    work = _sums(log, completed, activities.work_s[completed])
    return {
        name: ElementValues(
            element_id=name,
            started=int(starts[code]),
            completed=int(completions[code]),
            waiting_s=_mean(waits[code], starts[code]),
            waiting_share=_mean(delayed[code], starts[code]),
            work_s=_mean(work[code], completions[code]),
            suspended_s=_mean(elapsed[code] - work[code], completions[code]),
            left=int(lefts[code]),
            left_waiting_s=_mean(given_up[code], lefts[code]),
        )
        for code, name in enumerate(activities.element.names)
    }


def started_in_period(log: EventLog) -> BoolArray:
    """Tell which activities were started in the counted period."""
    return _in_period(log, log.activity_columns.started_s)


def completed_in_period(log: EventLog) -> BoolArray:
    """Tell which activities were completed in the counted period."""
    return _in_period(log, log.activity_columns.completed_s)


def left_in_period(log: EventLog) -> BoolArray:
    """Tell which activities were withdrawn or left in the counted period, before they began."""
    activities = log.activity_columns
    return np.isnan(activities.started_s) & _in_period(log, activities.cancelled_s)


def some(chosen: BoolArray) -> BoolArray | slice:
    """Return rows to take; of all of them no copy is made."""
    return slice(None) if chosen.all() else chosen


def _in_period(log: EventLog, at_s: FloatArray) -> BoolArray:
    start_s, end_s = log.counted
    return (at_s >= start_s) & (at_s <= end_s)


def _counts(log: EventLog, rows: BoolArray | slice) -> IntArray:
    element = log.activity_columns.element
    return np.bincount(element.codes[rows], minlength=len(element.names))


def _sums(log: EventLog, rows: BoolArray | slice, values: FloatArray | BoolArray) -> FloatArray:
    """Sum the values of some rows by element."""
    element = log.activity_columns.element
    return sums_per(element.codes[rows], values, len(element.names))


def _mean(total: float, count: float) -> float:
    return float(total / count) if count else float("nan")
