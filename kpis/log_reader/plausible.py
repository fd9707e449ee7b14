"""What looks odd about a log that reads well: units, columns that are mixed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpis.log_reader.work_log import WorkLog

_DAY_S = 86_400.0
_LONG_S, _LONG_CASE_S = 30 * _DAY_S, 730 * _DAY_S
_FEWEST_ROWS = 20


def oddities(log: WorkLog) -> Iterator[str]:
    """Yield what to look at again before anything is learnt from a log."""
    if len(log) < _FEWEST_ROWS:
        return
    span_s = (log.ended_s - log.started_s)[~np.isnan(log.started_s)]
    if len(span_s) and float(np.median(span_s)) > _LONG_S:
        days = float(np.median(span_s)) / _DAY_S
        yield f"half of the tasks last over {days:,.0f} days: are the times in the right unit?"
    if len(span_s) and (span_s == 0).mean() > 0.95:
        yield "tasks nearly always start and end at the same time: their durations are not told"
    case_s = log.case_end_s - log.case_start_s
    if float(np.median(case_s)) > _LONG_CASE_S:
        years = float(np.median(case_s)) / (365 * _DAY_S)
        yield f"half of the cases last longer than {years:,.0f} years: is the case column right?"
    if len(log.case_ids) == len(log):
        yield "every case has one row: is the case column right?"
    if len(log.activity.names) > len(log) / 2:
        yield "most activities occur once: is the activity column right?"
