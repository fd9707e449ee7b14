"""Which of several scenarios is best in one KPI: Kim and Nelson on common random numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.catalogue import CATALOGUE, Direction
from kpis.stats.selection import select_best
from simulation.errors import ChoicesRefused
from simulation.executor import DEFAULT_OPTIONS, Plan, carry_out
from simulation.experiment import ensure_runs
from simulation.job import Job
from simulation.replication import Figure, measure_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpis.stats.selection import Rule, Selection
    from simulation.executor import Results, RunOptions
    from simulation.scenario.load import Scenario


@dataclass(frozen=True)
class Choice:
    """The scenarios, the KPI that decides, and what was found."""

    scenarios: tuple[Scenario, ...]
    kpi: str
    seed: int
    rule: Rule
    found: Selection

    def document(self) -> dict[str, Any]:
        """Return the choice as JSON values."""
        found = self.found
        return {
            "kpi": self.kpi,
            "unit": CATALOGUE[self.kpi].unit.value,
            "seed": self.seed,
            "confidence": self.rule.confidence,
            "indifference": self.rule.indifference,
            "replications": found.replications,
            "decided": found.is_decided,
            "best": self.scenarios[found.best].source,
            "scenarios": [
                {
                    "scenario": scenario.source,
                    "name": scenario.document.name.model_dump(),
                    "scenario_sha256": scenario.sha256,
                    "model_sha256": scenario.model_sha256,
                    "mean": found.means[i] * _sign(self.kpi),
                    "replications": found.given_up.get(i, found.replications),
                    "given_up": i in found.given_up,
                }
                for i, scenario in enumerate(self.scenarios)
            ],
        }


def select(
    scenarios: Sequence[Scenario],
    *,
    kpi: str,
    rule: Rule,
    seed: int | None = None,
    options: RunOptions = DEFAULT_OPTIONS,
) -> Choice:
    """Find the best scenario; the seed defaults to that of the first.

    Raises:
        ScenarioInvalid: a case could never end.
        ChoicesRefused: a scenario has no value of the KPI in some replication.
        ValueError: fewer than two scenarios, no such KPI, or one that has no better direction.
        ExperimentCancelled: the options said so.
    """
    if len(scenarios) < 2:
        raise ValueError("a choice needs two scenarios or more")
    if kpi not in CATALOGUE or CATALOGUE[kpi].direction is Direction.BAND:
        raise ValueError(f"{kpi} cannot decide: it is no KPI, or neither way is better")
    for scenario in scenarios:
        ensure_runs(scenario)
    seed = scenarios[0].document.run.seed if seed is None else seed
    replications = _Replications(scenarios, kpi, Plan(rule.first, seed, options))
    found = select_best(replications.observe, len(scenarios), rule)
    return Choice(tuple(scenarios), kpi, seed, rule, found)


class _Replications:
    """Gives the procedure what it asks for, and nothing of what was given up.

    The progress is that of what is asked for: replications from before do not count again.
    """

    def __init__(self, scenarios: Sequence[Scenario], kpi: str, plan: Plan) -> None:
        self._scenarios = scenarios
        self._jobs = [Job(str(i), one, measure_for(kpi)) for i, one in enumerate(scenarios)]
        self._figure, self._sign, self._plan = Figure("kpi", kpi, ""), _sign(kpi), plan
        self._results: Results = {}

    def observe(self, systems: Sequence[int], replications: range) -> NDArray[np.float64]:
        jobs = [self._jobs[i] for i in systems]
        options = _without(len(jobs) * replications.start, self._plan.options)
        plan = replace(self._plan, replications=replications.stop, options=options)
        carry_out(jobs, plan, self._results)
        return np.array([self._values(i)[replications.start :] for i in systems])

    def _values(self, system: int) -> list[float]:
        found = self._results[self._jobs[system].key]
        values = [self._sign * replication.figures[self._figure] for replication in found]
        if not np.isfinite(values).all():
            name = self._scenarios[system].source
            raise ChoicesRefused(
                self._figure.member, f"{name} has no value of it in a replication: it cannot decide"
            )
        return values


def _without(known: int, options: RunOptions) -> RunOptions:
    """Return options whose progress leaves out replications that were there before."""
    if options.progress is None:
        return options
    tell = options.progress
    return replace(options, progress=lambda done, total: tell(done - known, total - known))


def _sign(kpi: str) -> float:
    """Return what makes smaller better."""
    return -1.0 if CATALOGUE[kpi].direction is Direction.HIGHER else 1.0
