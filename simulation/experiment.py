"""An experiment: one scenario, replicated and summed up with confidence intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.catalogue import CATALOGUE
from kpis.stats.intervals import mean_interval
from simulation.arrivals import draw
from simulation.checks import CHECKS
from simulation.errors import ArrivalsRefused, ExperimentCancelled, Problem, ScenarioInvalid
from simulation.executor import DEFAULT_OPTIONS
from simulation.net import compile_net
from simulation.offered import offers
from simulation.replication import PER_CASE, QUANTILES, Figure
from simulation.static_checks import Warned, dead_ends, warnings
from simulation.streams import Streams
from simulation.study import Study
from simulation.waiting import CAUSES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from simulation.executor import RunOptions
    from simulation.replication import Replication
    from simulation.scenario.load import Scenario

CONFIDENCE = 0.95
Estimate = dict[str, float | None]


@dataclass(frozen=True)
class Experiment:
    """The replications of a scenario and what they say together."""

    scenario: Scenario
    seed: int
    replications: tuple[Replication, ...]
    offered_loads: dict[str, float] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()

    @cached_property
    def samples(self) -> dict[Figure, NDArray[np.float64]]:
        """One value per replication of each figure; NaN where there was nothing to measure."""
        names = dict.fromkeys(key for r in self.replications for key in r.figures)
        return {
            key: np.array([r.figures.get(key, np.nan) for r in self.replications]) for key in names
        }

    @property
    def kpi_frame(self) -> pd.DataFrame:
        """One row per replication, one column per KPI."""
        import pandas as pd  # takes a second to load, and only a table of a run asks for it

        columns = {k.member: v for k, v in self.samples.items() if k.group == "kpi"}
        numbers = [replication.number for replication in self.replications]
        return pd.DataFrame(columns, index=pd.Index(numbers, name="replication"))

    def members(self, group: str) -> list[str]:
        """Return the elements or roles that have figures."""
        return list(dict.fromkeys(key.member for key in self.samples if key.group == group))

    def sample(self, group: str, member: str, name: str = "") -> NDArray[np.float64]:
        """Return the values of one figure over the replications."""
        missing = np.full(len(self.replications), np.nan)
        return self.samples.get(Figure(group, member, name), missing)

    def estimate(self, group: str, member: str, name: str = "") -> Estimate:
        """Return mean and half-width of one figure."""
        return estimate(self.sample(group, member, name))

    def document(self) -> dict[str, Any]:
        """Return the result as JSON values, as the scenario format describes it."""
        return {
            "scenario": self.scenario.source,
            "name": self.scenario.document.name.model_dump(),
            "scenario_sha256": self.scenario.sha256,
            "model_sha256": self.scenario.model_sha256,
            "process": self.scenario.graph.key,
            "currency": self.scenario.document.currency,
            "seed": self.seed,
            "engine": "simpy",
            "replications": len(self.replications),
            "confidence": CONFIDENCE,
            "cases": self._cases(),
            "kpis": {code: self._kpi(code) for code in CATALOGUE},
            **self._processes(),
            "activities": {name: self._activity(name) for name in self.members("element")},
            **self._events(),
            "resources": {name: self._resource(name) for name in self.members("role")},
            "checks": dict.fromkeys(CHECKS, "ok"),
            "warnings": [{"code": w.code, "text": w.text, "where": w.where} for w in self.warnings],
        }

    def _cases(self) -> dict[str, Any]:
        started, abandoned = (
            self.sample("case", "", "started"),
            self.sample("case", "", "abandoned"),
        )
        share = np.divide(abandoned, started, out=np.zeros_like(started), where=started > 0)
        return {
            "started": estimate(started),
            "completed": self.estimate("case", "", "completed"),
            "abandoned": {
                **estimate(abandoned),
                "share": estimate(share),
                "wait": self.estimate("case", "", "abandoned_wait"),
            },
            "wait_by_cause": self._causes("case", ""),
        }

    def _processes(self) -> dict[str, Any]:
        """Return figures per case of each process, where there are several."""
        found = {}
        for name in self.members("process"):
            kpis = {code: self.estimate("process", name, code) for code in PER_CASE}
            found[name] = {
                "cases": {
                    key: self.estimate("process", name, key)
                    for key in ("started", "completed", "abandoned")
                },
                "kpis": {c: {"unit": CATALOGUE[c].unit.value, **e} for c, e in kpis.items()},
            }
        return {"processes": found} if found else {}

    def _kpi(self, code: str) -> dict[str, Any]:
        values = self.sample("kpi", code)
        entry: dict[str, Any] = {"unit": CATALOGUE[code].unit.value, **estimate(values)}
        entry["n"] = int((~np.isnan(values)).sum())
        if code == "OP-CT":
            entry["quantiles"] = {
                str(q): self.estimate("quantile", code, str(q))["mean"] for q in QUANTILES
            }
        return entry

    def _activity(self, name: str) -> dict[str, Any]:
        wait: dict[str, Any] = {**self.estimate("element", name, "wait")}
        wait["share_waiting"] = self.estimate("element", name, "share_waiting")
        wait["quantiles"] = {
            str(q): self.estimate("element", name, f"wait_q{q}")["mean"] for q in QUANTILES
        }
        return {
            "visits": self.estimate("element", name, "visits"),
            "wait": wait,
            "wait_by_cause": self._causes("element", name),
            "work": self.estimate("element", name, "work"),
            "suspended": self.estimate("element", name, "suspended"),
            "left": {
                "visits": self.estimate("element", name, "left"),
                "wait": self.estimate("element", name, "left_wait"),
            },
        }

    def _events(self) -> dict[str, Any]:
        """Return for how long cases waited for events, where they do."""
        found = {
            name: {
                "visits": self.estimate("event", name, "visits"),
                "wait": self.estimate("event", name, "wait"),
                "wait_by_cause": {
                    "other_party": self.estimate("event", name, "wait_other_party"),
                },
            }
            for name in self.members("event")
        }
        return {"events": found} if found else {}

    def _causes(self, group: str, name: str) -> dict[str, Any]:
        """Return what was waited for: the mean wait by cause."""
        return {cause: self.estimate(group, name, f"wait_{cause}") for cause in CAUSES}

    def _resource(self, name: str) -> dict[str, Any]:
        maxima = self.sample("role", name, "queue_length_max")
        load = self.offered_loads.get(name, math.inf)
        return {
            "units": self.scenario.document.resources[name].units,
            "utilisation": self.estimate("role", name, "utilisation"),
            "overtime": self.estimate("role", name, "overtime"),
            "wait": self.estimate("role", name, "wait"),
            "wait_by_cause": self._causes("role", name),
            "queue_length": {
                **self.estimate("role", name, "queue_length"),
                "max": int(maxima.max()),
            },
            "cost": self.estimate("role", name, "cost"),
            "offered_load": load if math.isfinite(load) else None,  # inf: nobody is there
            "share_of_waiting": self.estimate("role", name, "share_of_waiting"),
            "active_period_share": self.estimate("role", name, "active_period_share"),
        }


def run(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    options: RunOptions = DEFAULT_OPTIONS,
) -> Experiment:
    """Replicate a scenario; number (or precision) and seed default to those of its file.

    The same scenario, seed and number give the same bytes, whoever does the work. When it is
    cancelled, what two or more finished replications say is kept, with a warning.

    Raises:
        ScenarioInvalid: a case could never end.
        ExperimentCancelled: fewer than two replications were finished.
    """
    ensure_runs(scenario)
    study = Study({"scenario": scenario}, replications=replications, seed=seed, options=options)
    try:
        study.carry_out()
    except ExperimentCancelled as stop:
        if len(study.results.get("scenario", ())) < 2:
            raise
        study.remarks.append(Warned("stopped", str(stop), "run"))
    return summed_up(
        scenario, study.results["scenario"], seed=study.plan.seed, remarks=study.remarks
    )


def ensure_runs(scenario: Scenario) -> None:
    """Raise ScenarioInvalid if a case could never end, or if too many would arrive."""
    net = compile_net(scenario)
    try:
        draw(net, Streams(0, 0))
    except ArrivalsRefused as error:
        field = f"arrivals.{error.start_event}"
        raise ScenarioInvalid([Problem(scenario.source, field, None, error.reason)]) from error
    if found := dead_ends(net):
        raise ScenarioInvalid(
            [Problem(scenario.source, f"model.{where}", None, words) for where, words in found]
        )


def summed_up(
    scenario: Scenario,
    replications: list[Replication],
    *,
    seed: int,
    remarks: list[Warned] | None = None,
) -> Experiment:
    """Return finished replications as an experiment, with what to know before relying on it."""
    net = compile_net(scenario)
    asked = offers(net)
    loads = {role: offer.load for role, offer in asked.items()}
    remarks = [*(remarks or []), *warnings(net, asked)]
    if len(replications) < 2:
        text = "one replication has no interval: run more to see how sure the figures are"
        remarks.append(Warned("one_replication", text, "run"))
    experiment = Experiment(scenario, seed, tuple(replications), loads, tuple(remarks))
    if empty := _without_completed(experiment):
        return replace(experiment, warnings=(*experiment.warnings, empty))
    return experiment


def _without_completed(experiment: Experiment) -> Warned | None:
    """Say that replications have no figures per case: those that stand are of the others."""
    started = experiment.sample("case", "", "started") > 0
    none = int((started & (experiment.sample("case", "", "completed") == 0)).sum())
    if not none:
        return None
    count = len(experiment.replications)
    if none == count:
        text = "no case was completed: there are no figures per case"
        return Warned("none_completed", text, "run")
    text = (
        f"in {none} of {count} replications no case was completed; figures per case are those of "
        "the others, and flatter"
    )
    return Warned("some_completed", text, "run")


def estimate(values: NDArray[np.float64]) -> Estimate:
    """Return the mean over replications and half its interval; None: not known."""
    known = values[~np.isnan(values)]
    if not known.size:
        return {"mean": None, "half_width": None}
    interval = mean_interval(known, confidence=CONFIDENCE)
    return {
        "mean": float(known.mean()),
        "half_width": None if interval is None else interval.half_width,
    }
