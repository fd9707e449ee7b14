"""Operations: how long cases take, how long they wait, how busy people are.

Every function takes a log and returns plain values. Figures per case stand over the cases that
count (completed, and ended in the counted period of the log); time averages over the
observation window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kpis.columns import sums_per

if TYPE_CHECKING:
    from collections.abc import Collection

    from kpis.columns import BoolArray, Coded, FloatArray, IntArray
    from kpis.event_log import EventLog

NO_ROLE = ""  # stands for activities without a lane or resource
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class CaseFigures:
    """One value per case that counts, in the order of the log.

    *Shapes*: all ``(cases,)``.
    """

    ended_s: FloatArray
    cycle_time_s: FloatArray
    waiting_time_s: FloatArray
    touch_time_s: FloatArray
    steps: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Queues:
    """How many activities were scheduled and not started, per role.

    *Shapes*: all ``(roles,)``.
    """

    roles: tuple[str, ...]
    mean: FloatArray
    maximum: IntArray


def case_figures(log: EventLog, *, external_roles: Collection[str] = ()) -> CaseFigures:
    """Return what each counted case took: cycle, waiting and touch time, steps.

    Cycle time is end − start. Waiting is Σ (started − scheduled). Touch time is the active
    work of activities with a performer whose role is not external; each of them that was
    completed is a step.
    """
    cases, activities, counted = log.case_columns, log.activity_columns, log.counted_cases
    by_staff = staff_work(log, external_roles=external_roles)
    ended_s = cases.ended_s[counted]
    return CaseFigures(
        ended_s=ended_s,
        cycle_time_s=ended_s - cases.started_s[counted],
        waiting_time_s=per_case(log, activities.started_s - activities.scheduled_s),
        touch_time_s=per_case(log, np.where(by_staff, activities.work_s, 0.0)),
        steps=per_case(log, by_staff & ~np.isnan(activities.completed_s)),
    )


def per_case(log: EventLog, values: FloatArray | BoolArray) -> FloatArray:
    """Sum a value of activities over each counted case; NaN adds nothing."""
    return sums_of(log, values)[log.counted_cases]


def sums_of(log: EventLog, values: FloatArray | BoolArray) -> FloatArray:
    """Sum a value of activities over each case of the log; NaN adds nothing."""
    case, unknown = log.activity_columns.case, np.isnan(values)
    if unknown.any():
        case, values = case[~unknown], values[~unknown]
    return sums_per(case, values, len(log.case_columns))


def abandoned_waiting_s(log: EventLog) -> FloatArray:
    """Return how long each case that was abandoned in the counted period had waited.

    Every wait of the case, and the one it gave up: Σ (started, else left − scheduled).
    *Shapes*: ``(abandoned cases,)``.
    """
    activities = log.activity_columns
    lost = log.has_ended & log.case_columns.is_abandoned
    if not lost.any():
        return np.zeros(0)
    left_s = np.where(np.isnan(activities.started_s), activities.cancelled_s, activities.started_s)
    waited_s: FloatArray = sums_of(log, left_s - activities.scheduled_s)[lost]
    return waited_s


def abandoned_by_element(log: EventLog) -> dict[str, float]:
    """Return the share of the cases that ended which were lost in the queue of each element."""
    activities, cases = log.activity_columns, log.case_columns
    lost = (log.has_ended & cases.is_abandoned)[activities.case]
    lost &= np.isnan(activities.started_s) & ~np.isnan(activities.cancelled_s)
    names = activities.element.names
    counts = np.bincount(activities.element.codes[lost], minlength=len(names))
    shares = counts / max(len(log.ended_cases), 1)
    return {name: share for name, share in zip(names, shares.tolist(), strict=True) if share}


def staff_work(log: EventLog, *, external_roles: Collection[str] = ()) -> BoolArray:
    """Tell which activities staff perform: somebody does, and it is not the customer."""
    activities = log.activity_columns
    return (activities.performer.codes >= 0) & ~_is_external(activities.role, external_roles)


def steps_by_element(log: EventLog, *, external_roles: Collection[str] = ()) -> dict[str, float]:
    """Return the steps per counted case at each element."""
    activities = log.activity_columns
    by_staff = staff_work(log, external_roles=external_roles)
    steps = by_staff & ~np.isnan(activities.completed_s) & log.is_counted[activities.case]
    names = activities.element.names
    counts = np.bincount(activities.element.codes[steps], minlength=len(names))
    cases = max(len(log.counted_cases), 1)
    return dict(zip(names, (counts / cases).tolist(), strict=True))


def throughput_per_h(log: EventLog) -> float:
    """Return the cases completed inside the window per hour; NaN for an empty window."""
    cases, (start_s, end_s) = log.case_columns, log.window
    inside = log.is_own & cases.is_completed & (cases.ended_s >= start_s) & (cases.ended_s <= end_s)
    return _ratio(float(np.count_nonzero(inside)) * _HOUR_S, log.window_s)


def work_in_progress(log: EventLog) -> float:
    """Return the mean number of open cases over the window."""
    cases = log.case_columns
    present_s = overlap_s(log, cases.started_s, cases.ended_s)[log.is_own]
    return _ratio(float(present_s.sum()), log.window_s)


def cases_in_window(log: EventLog) -> int:
    """Count the cases that were open at some time in the window."""
    cases, (start_s, end_s) = log.case_columns, log.window
    present = (cases.started_s <= end_s) & ~(cases.ended_s < start_s)
    return int(np.count_nonzero(log.is_own & present))


def busy_s(log: EventLog) -> dict[str, float]:
    """Return the active work of performers inside the window, per role.

    Work that reaches over an edge of the window counts in proportion to the time inside it;
    work in hand counts up to the end of the window, in full unless the work done so far is
    known (see ``kpis.working_time``).
    """
    activities = log.activity_columns
    started_s, ended_s = activities.started_s, activities.ended_s
    ended_s[np.isnan(ended_s)] = log.until_s
    inside_s = overlap_s(log, started_s, ended_s)
    elapsed_s = np.subtract(ended_s, started_s, out=ended_s)
    has_share = (elapsed_s > 0) & ~np.isnan(activities.work_s)
    np.divide(activities.work_s, elapsed_s, out=elapsed_s, where=has_share)
    np.multiply(inside_s, elapsed_s, out=inside_s, where=has_share)
    inside_s[(activities.performer.codes < 0) | np.isnan(started_s)] = 0.0
    roles, codes = role_codes(activities.role)
    sums = sums_per(codes, inside_s, len(roles))
    return dict(zip(roles, sums.tolist(), strict=True))


def queues(log: EventLog, *, external_roles: Collection[str] = ()) -> Queues:
    """Return mean and maximum queue per role over the window.

    Nobody queues for an external role: what the customer does at leisure waits for no one.
    """
    activities, (window_start_s, window_end_s) = log.activity_columns, log.window
    roles, codes = role_codes(activities.role)
    left_s = np.fmin(activities.started_s, activities.cancelled_s)
    np.fmin(left_s, window_end_s, out=left_s)
    waits = (left_s > activities.scheduled_s) & (left_s > window_start_s)
    waits &= ~_is_external(activities.role, external_roles)
    codes, left_s = codes[waits], left_s[waits]
    entered_s = np.maximum(activities.scheduled_s[waits], window_start_s)
    sums_s = sums_per(codes, left_s - entered_s, len(roles))
    mean = sums_s / log.window_s if log.window_s else np.full(len(roles), np.nan)
    shown = [code for code, role in enumerate(roles) if role not in external_roles]
    maximum = _peaks(codes, entered_s, left_s, len(roles))
    return Queues(tuple(roles[code] for code in shown), mean[shown], maximum[shown])


def overlap_s(log: EventLog, start_s: FloatArray, end_s: FloatArray) -> FloatArray:
    """Return how long each period lies inside the window; a NaN end is open."""
    window_start_s, window_end_s = log.window
    inside_s: FloatArray = np.fmin(end_s, window_end_s)
    inside_s -= np.fmax(start_s, window_start_s)
    return np.maximum(inside_s, 0.0, out=inside_s)


def role_codes(role: Coded) -> tuple[tuple[str, ...], IntArray]:
    """Return names and codes in which "no role" has a code of its own, if it occurs."""
    if np.all(role.codes >= 0):
        return role.names, role.codes
    return (*role.names, NO_ROLE), np.where(role.codes < 0, len(role.names), role.codes)


def _is_external(role: Coded, external_roles: Collection[str]) -> BoolArray:
    # "no role" has code -1 and finds the last entry: it is not external
    table = np.array([*(name in external_roles for name in role.names), False])
    is_external: BoolArray = table[role.codes]
    return is_external


def _peaks(codes: IntArray, entered_s: FloatArray, left_s: FloatArray, roles: int) -> IntArray:
    """Return the greatest number of overlapping periods per role.

    It is reached when somebody comes: those who came, less those who have gone. At the same
    moment, going comes first.
    """
    peaks = np.zeros(roles, dtype=np.intp)
    for role in range(roles):
        mine = codes == role
        come, gone = np.sort(entered_s[mine]), np.sort(left_s[mine])
        present = np.arange(1, len(come) + 1) - np.searchsorted(gone, come, side="right")
        peaks[role] = present.max(initial=0)
    return peaks


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0 else float("nan")
