"""The facade of measurement: event log → key performance indicators with their intervals.

``measure`` answers a person (with interval, sample size, break-down), ``measure_values`` a
program that measures hundreds of replications; both run the same functions of
``kpis.measures``. Break-downs for programs: ``element_values`` and ``role_values`` there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from kpis.catalogue import CATALOGUE
from kpis.columns import sums_per
from kpis.measures.elements import (
    completed_in_period,
    element_values,
    started_in_period,
)
from kpis.sample import IN_WINDOW, Sample
from kpis.stats.intervals import (
    Interval,
    grouped_quantile_interval,
    proportion_interval,
    quantile_interval,
    ratio_interval,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kpis.catalogue import Unit
    from kpis.columns import BoolArray, FloatArray, IntArray
    from kpis.event_log import EventLog
    from kpis.staffing import Staffing

MIN_SAMPLE = 5  # fewer cases say nothing about the next ones
MIN_DAYS = 3  # fewer days with cases give no interval worth showing
_DAY_S = 86_400.0
_RATES = frozenset({"OP-ABD"})  # shares of cases, which are no surer than a binomial count
_NEEDS_STAFFING = frozenset({"OP-UT", "CO-CPC"})


@dataclass(frozen=True, slots=True)
class Measurement:
    """The value of a KPI, how sure it is, and what it breaks down into.

    ``n`` counts cases (for an element: visits). ``value`` is None where there is nothing to
    measure, ``interval`` None where an interval would pretend to know more than the log tells.
    ``by`` holds figures per role or element, as the catalogue says.
    """

    code: str
    value: float | None
    n: int
    unit: Unit
    interval: Interval | None = None
    by: Mapping[str, float] = field(default_factory=dict)

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval."""
        return self.interval.half_width if self.interval else None

    @property
    def has_enough(self) -> bool:
        """Whether the sample is large enough to show the value to a person."""
        return self.value is not None and self.n >= MIN_SAMPLE

    @property
    def remark(self) -> str | None:
        """What to say in place of a value that should not be shown; None if it may be."""
        if self.value is None and self.n and self.code in _NEEDS_STAFFING:
            return "no staffing plan"
        if self.n == 0 or self.value is None:
            return "no data"
        return None if self.has_enough else f"not enough data (n = {self.n})"


@dataclass(frozen=True, slots=True)
class ElementMeasurement:
    """Waiting and work at one element, per visit."""

    element_id: str
    visits: int
    waiting: Measurement
    work: Measurement


def measure(
    log: EventLog, *, staffing: Staffing | None = None, codes: Collection[str] | None = None
) -> dict[str, Measurement]:
    """Measure KPIs of the catalogue (default: all), in its order.

    Raises:
        ValueError: a code is not in the catalogue.
    """
    wanted = set(CATALOGUE if codes is None else codes)
    if unknown := wanted - set(CATALOGUE):
        raise ValueError(f"no such KPI: {', '.join(sorted(unknown))}")
    sample = Sample(log, staffing)
    return {code: _measurement(code, sample) for code in CATALOGUE if code in wanted}


def measure_values(log: EventLog, staffing: Staffing | None = None) -> dict[str, float]:
    """Return the bare value of every KPI, NaN where there is nothing to measure."""
    sample = Sample(log, staffing)
    return {code: sample.value(code) for code in CATALOGUE}


def measure_elements(log: EventLog) -> dict[str, ElementMeasurement]:
    """Measure waiting and work per visit with intervals, for each element of the log."""
    activities, values = log.activity_columns, element_values(log)
    waiting_s = activities.started_s - activities.scheduled_s
    started, completed = started_in_period(log), completed_in_period(log)
    measured = {}
    for code, name in enumerate(activities.element.names):
        here = activities.element.codes == code
        measured[name] = ElementMeasurement(
            element_id=name,
            visits=values[name].completed,
            waiting=_per_visit("OP-WT", log, here & started, waiting_s),
            work=_per_visit("OP-TT", log, here & completed, activities.work_s),
        )
    return measured


def _measurement(code: str, sample: Sample) -> Measurement:
    is_in_window, n = code in IN_WINDOW, sample.size(code)
    value = sample.value(code)
    is_known = n > 0 and not np.isnan(value)
    return Measurement(
        code=code,
        value=value if is_known else None,
        n=n,
        unit=CATALOGUE[code].unit,
        interval=_interval(code, sample) if is_known and not is_in_window else None,
        by=sample.by(code) if is_known else {},
    )


def _interval(code: str, sample: Sample) -> Interval | None:
    """Return the interval of a figure per case, with days as the independent units.

    Cases of one day share its queues. Taken as independent, the mean of the patient visit is
    missed by three of four "95 %" intervals; by days it is missed by one of twenty.
    """
    ratio = sample.ratio(code)
    if ratio is None:
        figures = sample.figures
        return _percentile_interval(figures.cycle_time_s, _days(sample.log, figures.ended_s))
    as_days = _ratio_interval(ratio.above, ratio.below, _days(sample.log, ratio.ended_s))
    if as_days is None or code not in _RATES:
        return as_days
    return _joined(as_days, proportion_interval(round(ratio.above.sum()), ratio.above.size))


def _percentile_interval(cycle_time_s: FloatArray, day: IntArray) -> Interval | None:
    """Join two intervals: one is too narrow for full days, the other for days of few cases."""
    as_days = grouped_quantile_interval(cycle_time_s, day, 0.9)
    as_cases = quantile_interval(cycle_time_s, 0.9)
    if as_days is None or as_days.n < MIN_DAYS:
        return None
    return _joined(as_days, as_cases)


def _joined(as_days: Interval, as_cases: Interval | None) -> Interval | None:
    """Take the wider of two on each side; no case takes less than no time."""
    if as_cases is None:
        return None
    low, high = min(as_days.low, as_cases.low), max(as_days.high, as_cases.high)
    return replace(as_days, low=max(low, 0.0), high=high)


def _ratio_interval(above: FloatArray, below: FloatArray, day: IntArray) -> Interval | None:
    """Return the interval of Σ above ÷ Σ below over days; a mean is a ratio to the count."""
    days = int(day.max(initial=-1)) + 1
    if days < MIN_DAYS:
        return None
    return ratio_interval(sums_per(day, above, days), sums_per(day, below, days))


def _days(log: EventLog, at_s: FloatArray) -> IntArray:
    """Number the days, counted from the start of the window, that anything falls on."""
    _, day = np.unique((at_s - log.window[0]) // _DAY_S, return_inverse=True)
    return day.astype(np.intp, copy=False)


def _per_visit(code: str, log: EventLog, rows: BoolArray, values: FloatArray) -> Measurement:
    chosen, at_s = values[rows], log.activity_columns.started_s[rows]
    return Measurement(
        code=code,
        value=float(chosen.mean()) if chosen.size else None,
        n=chosen.size,
        unit=CATALOGUE[code].unit,
        interval=_ratio_interval(chosen, np.ones(chosen.size), _days(log, at_s)),
    )
