"""AS-IS against TO-BE: every alternative paired with the baseline on the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpis.stats.comparison import Verdict, paired
from simulation.bottleneck import BottleneckRow, add_one_jobs, bottleneck_of, bottlenecks
from simulation.errors import ExperimentCancelled
from simulation.executor import DEFAULT_OPTIONS
from simulation.experiment import CONFIDENCE, Experiment, ensure_runs, summed_up
from simulation.kpi_changes import KpiChange, difference_document, kpi_changes
from simulation.study import Study

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.executor import Results, RunOptions
    from simulation.scenario.load import Scenario


@dataclass(frozen=True)
class GateReason:
    """Why an alternative does not pass."""

    code: str
    reason: str  # "worse" or "lost" (a guarded KPI), or "missed" (a target)
    text: str


@dataclass(frozen=True)
class Alternative:
    """An alternative against the baseline."""

    experiment: Experiment
    kpis: tuple[KpiChange, ...]
    gate: tuple[GateReason, ...]  # empty: passed

    @property
    def is_passed(self) -> bool:
        """Whether no guarded KPI got worse and no target is missed."""
        return not self.gate


@dataclass(frozen=True)
class ComparisonReport:
    """What a comparison found; the first experiment is the baseline."""

    experiments: tuple[Experiment, ...]
    bottlenecks: tuple[list[BottleneckRow], ...]
    alternatives: tuple[Alternative, ...]

    @property
    def is_passed(self) -> bool:
        """Whether every alternative passes its gate."""
        return all(alternative.is_passed for alternative in self.alternatives)

    def document(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        baseline = self.experiments[0]
        return {
            "baseline": baseline.scenario.source,
            "seed": baseline.seed,
            "replications": len(baseline.replications),
            "confidence": CONFIDENCE,
            "scenarios": [
                {
                    **experiment.document(),
                    "bottleneck": [row.document() for row in rows],
                    "bottleneck_role": bottleneck_of(rows),
                }
                for experiment, rows in zip(self.experiments, self.bottlenecks, strict=True)
            ],
            "alternatives": [self._alternative(i) for i in range(len(self.alternatives))],
            "gate": "pass" if self.is_passed else "fail",
        }

    def _alternative(self, index: int) -> dict[str, Any]:
        alternative, baseline = self.alternatives[index], self.experiments[0]
        before, after = (bottleneck_of(self.bottlenecks[i]) for i in (0, index + 1))
        return {
            "scenario": alternative.experiment.scenario.source,
            "name": alternative.experiment.scenario.document.name.model_dump(),
            "kpis": {change.code: change.document() for change in alternative.kpis},
            "activities": _waits(baseline, alternative.experiment),
            "bottleneck_moved": {"from": before, "to": after, "moved": before != after},
            "guards": list(alternative.experiment.scenario.document.guards),
            "gate": {
                "result": "pass" if alternative.is_passed else "fail",
                "reasons": [
                    {"kpi": r.code, "reason": r.reason, "text": r.text} for r in alternative.gate
                ],
            },
        }


class ComparisonStopped(ExperimentCancelled):
    """A comparison that is stopped early still tells what is finished."""

    def __init__(self, stop: ExperimentCancelled, report: ComparisonReport) -> None:
        super().__init__(stop.finished, stop.planned)
        self.report = report


def compare(
    scenarios: Sequence[Scenario],
    *,
    replications: int | None = None,
    seed: int | None = None,
    options: RunOptions = DEFAULT_OPTIONS,
) -> ComparisonReport:
    """Compare alternatives with the first scenario, the baseline, on common random numbers.

    Number (or precision) and seed of the replications default to those of the baseline. The
    same scenarios and seed give the same bytes, whoever does the work.

    Raises:
        ScenarioInvalid: a case could never end.
        ComparisonStopped: the options said so; it carries what is finished.
        ExperimentCancelled: likewise, but fewer than two replications were finished.
        ValueError: fewer than two scenarios or replications.
    """
    if len(scenarios) < 2:
        raise ValueError("a comparison needs two scenarios and two replications or more")
    for scenario in scenarios:
        ensure_runs(scenario)
    named = {str(i): scenario for i, scenario in enumerate(scenarios)}
    study = Study(named, replications=replications, seed=seed, options=options)
    if study.plan.replications < 2:
        raise ValueError("a comparison needs two scenarios and two replications or more")
    try:
        study.carry_out(add_one_jobs)
    except ExperimentCancelled as stop:
        study.results = _finished_everywhere(study.results)
        if len(study.results.get("0", ())) < 2:
            raise
        raise ComparisonStopped(stop, _report(named, study)) from stop
    return _report(named, study)


def _finished_everywhere(results: Results) -> Results:
    """Return the replications that every job has finished: only these can be paired."""
    numbers = [{replication.number for replication in found} for found in results.values()]
    common = set.intersection(*numbers) if numbers else set()
    return {key: [r for r in found if r.number in common] for key, found in results.items()}


def _report(named: dict[str, Scenario], study: Study) -> ComparisonReport:
    results = study.results
    experiments = tuple(
        summed_up(scenario, results[key], seed=study.plan.seed, remarks=study.remarks)
        for key, scenario in named.items()
    )
    tables = tuple(bottlenecks(k, e, results) for k, e in zip(named, experiments, strict=True))
    return ComparisonReport(experiments, tables, _alternatives(experiments))


def _alternatives(experiments: tuple[Experiment, ...]) -> tuple[Alternative, ...]:
    changes = kpi_changes(experiments[0], experiments[1:])
    return tuple(
        Alternative(other, found, tuple(_gate(other, found)))
        for other, found in zip(experiments[1:], changes, strict=True)
    )


def _gate(experiment: Experiment, changes: tuple[KpiChange, ...]) -> list[GateReason]:
    """Return the guarded KPIs that got worse and the targets that are missed."""
    document = experiment.scenario.document
    reasons = [
        GateReason(change.code, "worse", f"{change.code} is guarded and gets worse")
        for change in changes
        if change.code in document.guards and change.verdict is Verdict.WORSE
    ]
    reasons += [
        GateReason(change.code, "lost", f"{change.code} is guarded and has no value any more")
        for change in changes
        if change.code in document.guards
        and change.alternative["mean"] is None
        and change.baseline["mean"] is not None
    ]
    for code, target in document.targets.items():
        mean = experiment.estimate("kpi", code)["mean"]
        if mean is None:
            reasons.append(GateReason(code, "missed", f"{code} has a target but no value"))
        elif target.max is not None and mean > target.max:
            text = f"{code} is {mean:.6g}, above its target of at most {target.max:.6g}"
            reasons.append(GateReason(code, "missed", text))
        elif target.min is not None and mean < target.min:
            text = f"{code} is {mean:.6g}, below its target of at least {target.min:.6g}"
            reasons.append(GateReason(code, "missed", text))
    return reasons


def _waits(baseline: Experiment, other: Experiment) -> dict[str, Any]:
    """Return how the mean wait changes at each activity that both scenarios have."""
    both = [name for name in baseline.members("element") if name in other.members("element")]
    return {
        name: {
            "wait": {
                "baseline": baseline.estimate("element", name, "wait"),
                "alternative": other.estimate("element", name, "wait"),
                **difference_document(
                    paired(
                        baseline.sample("element", name, "wait"),
                        other.sample("element", name, "wait"),
                        confidence=CONFIDENCE,
                    )
                ),
            }
        }
        for name in both
    }
