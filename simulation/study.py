"""Scenarios carried out together: one warm-up, the same replications, to the same precision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulation.executor import Plan, carry_out
from simulation.job import Job
from simulation.precision import is_reached, replications_to_try
from simulation.static_checks import Warned
from simulation.warm_up import find_warm_up, with_warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulation.executor import Results, RunOptions
    from simulation.scenario.load import Scenario
    from simulation.scenario.run import Precision

    MoreJobs = Callable[[str, Scenario], list[Job]]


class Study:
    """Scenarios under common random numbers; the first one's ``run`` holds for all."""

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        *,
        replications: int | None,
        seed: int | None,
        options: RunOptions,
    ) -> None:
        """Take number and seed from the first scenario where they are None."""
        self.scenarios = dict(scenarios)
        run = next(iter(scenarios.values())).document.run
        self.rule: Precision | None = run.precision if replications is None else None
        count = run.replications if replications is None else replications
        self.plan = Plan(count, run.seed if seed is None else seed, options)
        self.results: Results = {}
        self.remarks: list[Warned] = []

    def carry_out(self, more: MoreJobs | None = None) -> Results:
        """Replicate the scenarios, and with them the further jobs of each.

        Raises:
            ExperimentCancelled: the options said so; ``results`` has what is finished.
        """
        self._settle_warm_up()
        jobs = [Job(key, scenario) for key, scenario in self.scenarios.items()]
        if self.rule is not None:
            self._reach(jobs, self.rule)
        if more is not None:
            jobs += [job for key, scenario in self.scenarios.items() for job in more(key, scenario)]
        return carry_out(jobs, self.plan, self.results)

    def _settle_warm_up(self) -> None:
        if not any(scenario.document.run.is_warm_up_found for scenario in self.scenarios.values()):
            return
        found = find_warm_up(self.scenarios, self.plan)
        self.scenarios = {key: with_warm_up(one, found) for key, one in self.scenarios.items()}
        text = f"MSER-5 leaves out the first {found.seconds / 3600:.3g} h of every replication"
        if not found.is_found:
            text = "no steady state was found within the first half of the run: make it longer"
        self.remarks.append(Warned("warm_up" if found.is_found else "not_steady", text, "run"))

    def _reach(self, jobs: list[Job], rule: Precision) -> None:
        """Add replications until every scenario is known well enough."""
        count: int | None = self.plan.replications
        while count is not None:
            self.plan = replace(self.plan, replications=count)
            carry_out(jobs, self.plan, self.results)
            count = replications_to_try((self.results[job.key] for job in jobs), rule)
        if not all(is_reached(self.results[job.key], rule) for job in jobs):
            text = (
                f"{rule.max} replications do not bring the half-width of {rule.kpi}"
                f" down to {rule.half_width:.3g} of its mean"
            )
            self.remarks.append(Warned("not_precise", text, "run.replications"))
