"""A log under measurement: the columns and sums that the KPIs of the catalogue are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kpis.measures import operations
from kpis.measures.costs import case_costs, element_costs
from kpis.measures.elements import ElementValues, element_values
from kpis.measures.roles import RoleValues, overall_utilisation, role_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kpis.columns import FloatArray
    from kpis.event_log import EventLog
    from kpis.measures.operations import CaseFigures
    from kpis.staffing import Staffing

IN_WINDOW = frozenset({"OP-TH", "OP-WIP", "OP-UT", "OP-QL"})
_OF_ENDED = frozenset({"OP-ABD"})


class Ratio(NamedTuple):
    """A KPI that is Σ above ÷ Σ below over cases; a mean is a ratio to their number."""

    above: FloatArray
    below: FloatArray
    ended_s: FloatArray  # of the case

    @property
    def value(self) -> float:
        """The KPI; NaN where there is nothing to divide by."""
        total = float(self.below.sum())
        return float(self.above.sum()) / total if total > 0 else float("nan")


@dataclass(frozen=True)
class Sample:
    """A log under measurement; what several KPIs need is computed once."""

    log: EventLog
    staffing: Staffing | None

    @cached_property
    def external_roles(self) -> frozenset[str]:
        """The roles of the customer's own work."""
        return self.staffing.external_roles if self.staffing else frozenset()

    @cached_property
    def figures(self) -> CaseFigures:
        """One value per case that counts."""
        return operations.case_figures(self.log, external_roles=self.external_roles)

    @cached_property
    def roles(self) -> dict[str, RoleValues]:
        """The figures of each role."""
        return role_values(self.log, self.staffing)

    @cached_property
    def elements(self) -> dict[str, ElementValues]:
        """The figures of each element."""
        return element_values(self.log)

    def ratio(self, code: str) -> Ratio | None:
        """Return the columns whose ratio of sums is the KPI; None where it is no such ratio."""
        if code == "CO-CPC":
            return self._cost_per_case()
        if code == "OP-ABD":
            is_abandoned = self.log.case_columns.is_abandoned[self.log.ended_cases]
            return Ratio(is_abandoned.astype(np.float64), np.ones(is_abandoned.size), self._ends_s)
        figures = self.figures
        ones = np.ones(figures.ended_s.size)
        columns = {
            "OP-CT": (figures.cycle_time_s, ones),
            "OP-WT": (figures.waiting_time_s, ones),
            "OP-TT": (figures.touch_time_s, ones),
            "OP-STEP": (figures.steps, ones),
            "OP-FE": (figures.touch_time_s, figures.cycle_time_s),
        }
        return Ratio(*columns[code], figures.ended_s) if code in columns else None

    def value(self, code: str) -> float:
        """Return the value of a KPI; NaN where there is nothing to measure."""
        ratio = self.ratio(code)
        return _OTHER_VALUES[code](self) if ratio is None else ratio.value

    def size(self, code: str) -> int:
        """Return how many cases a KPI stands over."""
        log = self.log
        if code in IN_WINDOW:
            return operations.cases_in_window(log)
        return len(log.ended_cases if code in _OF_ENDED else log.counted_cases)

    @property
    def _ends_s(self) -> FloatArray:
        return self.log.case_columns.ended_s[self.log.ended_cases]

    def _cost_per_case(self) -> Ratio:
        if self.staffing is None:
            return Ratio(np.empty(0), np.empty(0), np.empty(0))
        is_completed = self.log.is_counted[self.log.ended_cases].astype(np.float64)
        return Ratio(case_costs(self.log, self.staffing), is_completed, self._ends_s)

    def by(self, code: str) -> dict[str, float]:
        """Break a KPI down by role or element."""
        break_down = _BREAK_DOWNS.get(code)
        figures = break_down(self) if break_down else {}
        return {name: figure for name, figure in figures.items() if not np.isnan(figure)}


def _percentile(sample: Sample) -> float:
    cycle_time_s = sample.figures.cycle_time_s
    return float(np.quantile(cycle_time_s, 0.9)) if cycle_time_s.size else float("nan")


_OTHER_VALUES: Mapping[str, Callable[[Sample], float]] = {
    "OP-CT90": _percentile,
    "OP-TH": lambda sample: operations.throughput_per_h(sample.log),
    "OP-WIP": lambda sample: operations.work_in_progress(sample.log),
    "OP-UT": lambda sample: overall_utilisation(sample.roles),
    "OP-QL": lambda sample: sum(role.queue_length for role in sample.roles.values()),
}
_BREAK_DOWNS: Mapping[str, Callable[[Sample], dict[str, float]]] = {
    "OP-WT": lambda sample: {name: e.waiting_s for name, e in sample.elements.items()},
    "OP-TT": lambda sample: {name: e.work_s for name, e in sample.elements.items()},
    "OP-STEP": lambda sample: operations.steps_by_element(
        sample.log, external_roles=sample.external_roles
    ),
    "OP-ABD": lambda sample: operations.abandoned_by_element(sample.log),
    "OP-UT": lambda sample: {name: role.utilisation for name, role in sample.roles.items()},
    "OP-QL": lambda sample: {name: role.queue_length for name, role in sample.roles.items()},
    "CO-CPC": lambda sample: element_costs(sample.log, sample.staffing) if sample.staffing else {},
}
