"""Where the bottleneck is: four views that often disagree, and the one that decides.

Utilisation, share of all waiting and the active period describe; *add one unit* answers: by how
much does the mean cycle time fall if this pool gets one unit more, on the same random numbers?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.stats.comparison import paired
from simulation.job import Job
from simulation.replication import Figure
from simulation.scenario.resize import resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpis.stats.comparison import PairedDifference
    from simulation.executor import Results
    from simulation.experiment import Estimate, Experiment
    from simulation.replication import Replication
    from simulation.scenario.load import Scenario

_CYCLE_TIME = Figure("kpi", "OP-CT", "")


@dataclass(frozen=True)
class BottleneckRow:
    """What is known about one pool."""

    role: str
    units: int
    cost_per_hour: float
    utilisation: Estimate
    share_of_waiting: Estimate
    active_period_share: Estimate
    add_one: PairedDifference | None  # change of the mean cycle time, in seconds

    @property
    def per_cost(self) -> float | None:
        """Change of the mean cycle time for each unit of money an hour; None: it costs nothing."""
        if self.add_one is None or not self.cost_per_hour:
            return None
        return self.add_one.difference / self.cost_per_hour

    def document(self) -> dict[str, Any]:
        """Return the row as JSON values; ``add_one`` is negative where the cycle time falls."""
        add_one = None
        if self.add_one is not None:
            add_one = {
                "difference": self.add_one.difference,
                "half_width": self.add_one.half_width,
                "per_cost": self.per_cost,
            }
        return {
            "role": self.role,
            "units": self.units,
            "cost_per_hour": self.cost_per_hour,
            "utilisation": self.utilisation,
            "share_of_waiting": self.share_of_waiting,
            "active_period_share": self.active_period_share,
            "add_one": add_one,
        }


def add_one_jobs(key: str, scenario: Scenario) -> list[Job]:
    """Return the jobs that give each working pool one unit more."""
    return [
        Job(f"{key}+{role}", with_one_more(scenario, role), measure="cycle_time")
        for role in scenario.document.resources
    ]


def with_one_more(scenario: Scenario, role: str) -> Scenario:
    """Return the scenario with one unit more of a role."""
    resource = scenario.document.resources[role]
    return scenario.patched({"resources": {role: resized(resource, resource.units + 1)}})


def bottlenecks(key: str, experiment: Experiment, results: Results) -> list[BottleneckRow]:
    """Return a row per pool, the one whose next unit helps most first."""
    base = experiment.sample("kpi", "OP-CT")
    rows = [
        BottleneckRow(
            role,
            resource.units,
            resource.cost_per_hour,
            experiment.estimate("role", role, "utilisation"),
            experiment.estimate("role", role, "share_of_waiting"),
            experiment.estimate("role", role, "active_period_share"),
            _add_one(base, results.get(f"{key}+{role}")),
        )
        for role, resource in experiment.scenario.document.resources.items()
        if role in experiment.members("role")
    ]
    return sorted(rows, key=lambda row: row.add_one.difference if row.add_one else 0.0)


def _add_one(
    base: NDArray[np.float64], with_one_more: list[Replication] | None
) -> PairedDifference | None:
    if with_one_more is None:  # the run was stopped before it came to this question
        return None
    return paired(base, np.array([r.figures[_CYCLE_TIME] for r in with_one_more]))


def bottleneck_of(rows: list[BottleneckRow]) -> str | None:
    """Return the pool whose next unit helps most; None if no unit helps for certain."""
    for row in rows:
        if row.add_one is not None and row.add_one.high < 0:
            return row.role
    return None
