"""Designs tried on common random numbers; what was tried once is not tried again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.catalogue import CATALOGUE, Direction
from kpis.stats.intervals import mean_interval
from simulation.errors import ChoicesRefused
from simulation.executor import DEFAULT_OPTIONS, Plan, carry_out
from simulation.experiment import ensure_runs
from simulation.job import Job
from simulation.optimiser.design import staff_cost
from simulation.replication import Figure, measure_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from kpis.stats.intervals import Interval
    from simulation.executor import Results, RunOptions
    from simulation.optimiser.design import Choices, Design
    from simulation.scenario.load import Scenario


@dataclass(frozen=True)
class Trial:
    """A design with what it costs and how it does."""

    design: Design
    cost: float  # of the staff, for the run, in the scenario's currency
    kpi: Interval | None  # None: the KPI has no value in some replication
    replications: int

    @property
    def mean(self) -> float:
        """The mean of the KPI; infinite where it is not known, which is never best."""
        return float("inf") if self.kpi is None else self.kpi.estimate

    def is_within(self, limit: float) -> bool:
        """Whether the whole interval keeps the limit."""
        return self.kpi is not None and self.kpi.high <= limit

    def document(self) -> dict[str, Any]:
        """Return the trial as JSON values."""
        return {
            "units": dict(self.design.units),
            "calendars": dict(self.design.calendars),
            "cost": self.cost,
            "mean": None if self.kpi is None else self.kpi.estimate,
            "half_width": None if self.kpi is None else self.kpi.half_width,
            "replications": self.replications,
        }


@dataclass(frozen=True)
class Aim:
    """What is optimised: a KPI of which less is better, and how often a design is tried."""

    kpi: str = "OP-CT"
    replications: int = 10
    seed: int | None = None  # None: that of the scenario
    most_designs: int = 2_000

    def __post_init__(self) -> None:
        if self.kpi not in CATALOGUE or CATALOGUE[self.kpi].direction is not Direction.LOWER:
            raise ChoicesRefused(self.kpi, "is no KPI of which less is better")
        if self.replications < 2:
            raise ChoicesRefused("replications", "an interval needs two or more")


class Trials:
    """Simulates designs of one scenario and remembers them."""

    def __init__(
        self,
        scenario: Scenario,
        choices: Choices,
        aim: Aim,
        options: RunOptions = DEFAULT_OPTIONS,
    ) -> None:
        """Take a scenario that can run. Raises ScenarioInvalid, ChoicesRefused."""
        choices.ensure_known(scenario)
        ensure_runs(scenario)
        self.scenario, self.choices, self.aim = scenario, choices, aim
        seed = scenario.document.run.seed if aim.seed is None else aim.seed
        self._plan = Plan(aim.replications, seed, options)
        self._scenarios: dict[Design, Scenario] = {}
        self._results: Results = {}
        self.tried: dict[Design, Trial] = {}

    def of(self, designs: Iterable[Design], *, replications: int | None = None) -> list[Trial]:
        """Return the trials of some designs, in their order.

        More replications than before add to those that are known.

        Raises:
            ChoicesRefused: more designs were asked for than the aim allows.
            ExperimentCancelled: the options said so.
        """
        designs = list(designs)
        count = replications or self._plan.replications
        fresh = [d for d in dict.fromkeys(designs) if self._known(d) < count]
        if len(self.tried) + sum(d not in self.tried for d in fresh) > self.aim.most_designs:
            words = f"more than {self.aim.most_designs:,} designs; narrow the ranges"
            raise ChoicesRefused("choices", words)
        jobs = [Job(d.key, self.scenario_of(d), measure_for(self.aim.kpi)) for d in fresh]
        carry_out(jobs, replace(self._plan, replications=count), self._results)
        for design in fresh:
            self.tried[design] = self._summed_up(design)
        return [self.tried[design] for design in designs]

    def scenario_of(self, design: Design) -> Scenario:
        """Return the scenario with the staff of a design."""
        if design not in self._scenarios:
            self._scenarios[design] = design.applied_to(self.scenario)
        return self._scenarios[design]

    def cost_of(self, design: Design) -> float:
        """Return what the staff of a design costs, without trying it."""
        return staff_cost(self.scenario_of(design))

    def values(self, design: Design) -> NDArray[np.float64]:
        """Return the KPI of each replication of a design that was tried."""
        figure = Figure("kpi", self.aim.kpi, "")
        return np.array([r.figures[figure] for r in self._results[design.key]])

    def _known(self, design: Design) -> int:
        return self.tried[design].replications if design in self.tried else 0

    def _summed_up(self, design: Design) -> Trial:
        values = self.values(design)
        kpi = None if np.isnan(values).any() else mean_interval(values)
        return Trial(design, self.cost_of(design), kpi, len(values))
