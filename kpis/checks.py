"""The rules that rows of an event log keep, each tried on whole columns at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kpis.columns import OUTCOMES, Outcome
from kpis.errors import LogProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpis.columns import (
        ActivityColumns,
        BoolArray,
        CaseColumns,
        DelayColumns,
        FloatArray,
        IntArray,
    )

_OPEN = OUTCOMES.index(Outcome.OPEN)
_TOLERANCE_S = 1e-6  # sums of suspended work carry rounding errors of this size
_REPORTED_PER_RULE = 100

Breach = tuple[str | None, str, "BoolArray"]  # column, rule, rows that break it


def problems(
    cases: CaseColumns, activities: ActivityColumns, delays: DelayColumns
) -> list[LogProblem]:
    """Return every broken rule; row numbers count from 0 within their table."""
    own = np.arange(len(cases), dtype=np.intp)
    return [
        *_report("cases", _case_breaches(cases), own, cases),
        *_report("activities", _activity_breaches(activities, cases), activities.case, cases),
        *_report("delays", _delay_breaches(delays, cases), delays.case, cases),
    ]


def _case_breaches(cases: CaseColumns) -> Iterator[Breach]:
    is_open = np.isnan(cases.ended_s)
    yield "outcome", f"an outcome is one of {', '.join(OUTCOMES)}", cases.outcome < 0
    yield "started_s", "a case has a finite start", ~np.isfinite(cases.started_s)
    yield "ended_s", "a time is finite", np.isinf(cases.ended_s)
    yield "ended_s", "a case ends after its start", cases.ended_s < cases.started_s
    yield (
        "outcome",
        "a case is 'open' exactly while it has no end",
        is_open != (cases.outcome == _OPEN),
    )


def _activity_breaches(activities: ActivityColumns, cases: CaseColumns) -> Iterator[Breach]:
    scheduled_s, started_s = activities.scheduled_s, activities.started_s
    completed_s, ended_s = activities.completed_s, activities.ended_s
    cancelled = ~np.isnan(activities.cancelled_s)
    yield "case_id", "the case stands in the table of cases", activities.case < 0
    yield "element_id", "an activity names its element", activities.element.codes < 0
    yield "visit", "visits count from 0", activities.visit < 0
    yield "scheduled_s", "an activity has a finite time of scheduling", ~np.isfinite(scheduled_s)
    yield "started_s", "a time is finite", np.isinf(started_s)
    yield "completed_s", "a time is finite", np.isinf(completed_s)
    yield "cancelled_s", "a time is finite", np.isinf(activities.cancelled_s)
    yield (
        "scheduled_s",
        "nothing is scheduled before the case",
        scheduled_s < _of_case(activities.case, cases.started_s),
    )
    yield "started_s", "an activity starts after it is scheduled", started_s < scheduled_s
    yield (
        "completed_s",
        "an activity is completed only if it was started",
        np.isnan(started_s) & ~np.isnan(completed_s),
    )
    yield "completed_s", "an activity ends after its start", ended_s < started_s
    yield "cancelled_s", "an activity ends after it is scheduled", ended_s < scheduled_s
    yield (
        "cancelled_s",
        "an activity is either completed or cancelled",
        cancelled & ~np.isnan(completed_s),
    )
    case_ended_s = _of_case(activities.case, cases.ended_s)
    yield "completed_s", "an activity ends before its case", ended_s > case_ended_s
    yield (
        "completed_s",
        "an ended case has no open activity",
        np.isnan(ended_s) & ~np.isnan(case_ended_s),
    )
    del case_ended_s, ended_s  # a log of many cases has columns of a hundred megabytes
    yield from _work_breaches(activities)


def _work_breaches(activities: ActivityColumns) -> Iterator[Breach]:
    work_s = activities.work_s
    elapsed_s = activities.ended_s - activities.started_s
    yield "work_s", "work is not negative", work_s < 0
    yield "work_s", "work is no longer than the activity", work_s > elapsed_s + _TOLERANCE_S
    yield (
        "work_s",
        "work is known exactly when a started activity has ended",
        np.isnan(work_s) != np.isnan(elapsed_s),
    )


def _delay_breaches(delays: DelayColumns, cases: CaseColumns) -> Iterator[Breach]:
    yield "case_id", "the case stands in the table of cases", delays.case < 0
    yield "element_id", "a delay names its element", delays.element.codes < 0
    yield "scheduled_s", "a delay has a finite start", ~np.isfinite(delays.scheduled_s)
    yield "completed_s", "a time is finite", np.isinf(delays.completed_s)
    yield (
        "scheduled_s",
        "nothing is scheduled before the case",
        delays.scheduled_s < _of_case(delays.case, cases.started_s),
    )
    yield "completed_s", "a delay ends after its start", delays.completed_s < delays.scheduled_s
    yield (
        "completed_s",
        "a delay ends before its case",
        delays.completed_s > _of_case(delays.case, cases.ended_s),
    )


def _of_case(case: IntArray, times_s: FloatArray) -> FloatArray:
    # NaN stands last, where the -1 of an unknown case finds it; it breaks no further rule
    found: FloatArray = np.append(times_s, np.nan)[case]
    return found


def _report(
    table: str,
    breaches: Iterator[Breach],
    case: IntArray,
    cases: CaseColumns,
) -> Iterator[LogProblem]:
    for column, rule, broken in breaches:
        if not broken.any():
            continue
        for row in np.flatnonzero(broken)[:_REPORTED_PER_RULE]:
            name = cases.case_ids[case[row]] if case[row] >= 0 else None
            yield LogProblem(table, rule, column, int(row), name)
