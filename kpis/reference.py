"""The reference page of the catalogue, written from the catalogue itself.

``docs/reference/kpis.md`` holds the result; a test compares them. To write it again:
``python -m kpis.reference docs/reference/kpis.md``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kpis.catalogue import CATALOGUE, Direction, Unit
from kpis.measure import MIN_DAYS, MIN_SAMPLE

if TYPE_CHECKING:
    from kpis.catalogue import Kpi, Target

_HEAD = (
    *("Code", "中文", "English", "Unit", "Better", "Formula", "Broken down by"),
    *("Default target", "Interval", "Source"),
)
_BETTER = {Direction.LOWER: "lower", Direction.HIGHER: "higher", Direction.BAND: "inside target"}

_INTRODUCTION = f"""\
# Key performance indicators

Written from `kpis/catalogue.py` by `python -m kpis.reference docs/reference/kpis.md`; do not edit.

A KPI is read from an event log and cannot tell recorded from simulated cases: the codes and
formulas below hold for live figures, for AS-IS and for TO-BE.

- **Cases that count** in figures per case are those that were completed in the period looked at
  (for a simulation: after its warm-up; what is drained after the last arrival counts).
- **Processes**: figures per case, throughput and work in progress are of the cases of one process;
  figures of resources and elements stand over everything in the log. Where several processes share
  a file, each has its own (`processes` in the result of a simulation).
- **Cases that were given up** (abandoned, cancelled) count where they must: in `OP-ABD`, and in the
  cost per case, as those who are served bear what was spent on those who were not. Their waits
  are told apart (`cases.abandoned.wait` and `activities.*.left` in the result of a simulation):
  `OP-WT` alone would fall when more people give up.
- **Time averages** (throughput, work in progress, utilisation, queue length) stand over the
  observation window.
- **Times** are kept in seconds, shares from 0 to 1, money in the currency of the staffing plan.
- **Little data**: without any case there is no figure; with fewer than {MIN_SAMPLE} cases pages say
  "not enough data" in its place.
- **Intervals** are at 95 % confidence. Cases of one day share its queues, so days, not cases, are
  the independent units: a log needs {MIN_DAYS} days with cases to have an interval. (On simulated
  weeks of the patient visit such intervals cover the true mean 95 times of 100, intervals that
  take cases as independent 26 times.) A time average of a single log is one observation and gets
  no interval; an experiment gives one, by Student t over its replications.
- **External roles** (the customer's own work) add neither touch time nor steps nor queues.
"""


def reference_page() -> str:
    """Return the page as Markdown, one row per KPI."""
    rows = [_row(_HEAD), _row(["---"] * len(_HEAD))]
    rows += [_row(_cells(kpi)) for kpi in CATALOGUE.values()]
    return _INTRODUCTION + "\n" + "\n".join(rows) + "\n"


def _cells(kpi: Kpi) -> tuple[str, ...]:
    return (
        *(f"`{kpi.code}`", kpi.name_zh, kpi.name_en, kpi.unit.value, _BETTER[kpi.direction]),
        *(kpi.formula, kpi.per.value, _target(kpi.default_target, kpi.unit)),
        *(kpi.interval, kpi.source),
    )


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _target(target: Target | None, unit: Unit) -> str:
    if target is None:
        return "—"
    is_share = target.is_change or unit is Unit.SHARE
    scale, sign = (100, " %") if is_share else (1, "")
    words = "AS-IS " if target.is_change else ""
    low, high = (
        None if bound is None else f"{bound * scale:{'+' if target.is_change else ''}g}{sign}"
        for bound in (target.low, target.high)
    )
    if low is not None and high is not None:
        return f"{words}{low} to {high}"
    if target.is_change:
        return words + str(low or high).replace("-", "−")
    return f"≤ {high}" if low is None else f"≥ {low}"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference_page(), "utf-8")
