"""What a study of each kind carries out: from its request and scenarios to the result document."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.catalogue import CATALOGUE
from kpis.stats.selection import Rule
from simulation import forecast, sensitivity
from simulation.comparison import compare
from simulation.executor import Plan
from simulation.executor import carry_out as replicate
from simulation.experiment import estimate
from simulation.job import Job
from simulation.optimiser import search
from simulation.optimiser.design import Choices, Design
from simulation.optimiser.front import front
from simulation.optimiser.trials import Aim, Trials
from simulation.replication import Figure, measure_for
from simulation.selection import select
from web.experiment_files import Kind
from web.forecast_cases import from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulation.executor import RunOptions
    from simulation.scenario.load import Scenario
    from web.experiment_files import StudyRequest

    Document = dict[str, Any]
    Study = Callable[[StudyRequest, Sequence[Scenario], RunOptions], Document]


FIRST_OF_CHOICE = 10  # replications of every scenario before any is given up


def carry_out(
    request: StudyRequest, scenarios: Sequence[Scenario], options: RunOptions
) -> Document:
    """Carry out a study and return what it found. Raises SimulationError."""
    return _STUDIES[request.kind](request, scenarios, options)


def counts_ahead(kind: Kind) -> bool:
    """Whether a study knows how many replications it takes; a search finds out on the way."""
    return kind not in {Kind.SELECTION, Kind.STAFFING}


def _comparison(
    request: StudyRequest, scenarios: Sequence[Scenario], options: RunOptions
) -> Document:
    report = compare(
        scenarios, replications=request.replications, seed=request.seed, options=options
    )
    return report.document()


def _sensitivity(
    request: StudyRequest, scenarios: Sequence[Scenario], options: RunOptions
) -> Document:
    question, (scenario, *_) = _question(request), scenarios
    swings = sensitivity.tornado(scenario, question, options=options)
    return {
        **_facts(request, scenario),
        "change": question.change,
        "replications": question.replications,
        "today": _today(request, scenario, options),
        "swings": [swing.document() for swing in swings],
    }


def _screening(
    request: StudyRequest, scenarios: Sequence[Scenario], options: RunOptions
) -> Document:
    question, (scenario, *_) = _question(request), scenarios
    paths = request.question["paths"]
    effects = sensitivity.morris(scenario, question, trajectories=paths, options=options)
    return {
        **_facts(request, scenario),
        "change": question.change,
        "replications": question.replications,
        "paths": paths,
        "effects": [effect.document() for effect in effects],
    }


def _question(request: StudyRequest) -> sensitivity.Question:
    asked = request.question
    assert request.replications is not None
    return sensitivity.Question(asked["kpi"], asked["change"], request.replications, request.seed)


def _selection(
    request: StudyRequest, scenarios: Sequence[Scenario], options: RunOptions
) -> Document:
    asked, most = request.question, request.replications
    assert most is not None
    rule = Rule(asked["indifference"], first=min(FIRST_OF_CHOICE, most), most=most)
    choice = select(
        scenarios, kpi=asked["kpi"], rule=rule, seed=request.seed, options=options
    ).document()
    return choice | {"currency": scenarios[0].document.currency}


def _today(request: StudyRequest, scenario: Scenario, options: RunOptions) -> Any:
    """Return the KPI of the scenario as it is; the study has simulated it, so it is kept."""
    kpi, seed = request.question["kpi"], _seed(request, scenario)
    assert request.replications is not None
    job = Job("today", scenario.patched({}), measure_for(kpi))
    found = replicate([job], Plan(request.replications, seed, options))["today"]
    return estimate(np.array([r.figures[Figure("kpi", kpi, "")] for r in found]))


def _staffing(
    request: StudyRequest, scenarios: Sequence[Scenario], options: RunOptions
) -> Document:
    asked, (scenario, *_) = request.question, scenarios
    assert request.replications is not None
    ranges = {role: range(low, high + 1) for role, (low, high) in asked["units"].items()}
    aim = Aim(asked["kpi"], request.replications, request.seed)
    trials = Trials(scenario, Choices(ranges), aim, options)
    facts = {**_facts(request, scenario), "goal": asked["goal"], "amount": asked.get("amount")}
    facts["today"] = _staff_today(Trials(scenario, trials.choices, aim, options))
    if asked["goal"] == "limit":
        return facts | search.cheapest(trials, limit=asked["amount"]).document()
    if asked["goal"] == "budget":
        return facts | search.quickest(trials, budget=asked["amount"]).document()
    return facts | front(trials).document()


def _staff_today(trials: Trials) -> Document:
    """Return what the staff of today costs and does; trials of its own: it need not be in range."""
    resources = trials.scenario.document.resources
    design = Design.of({role: resources[role].units for role in trials.choices.units})
    (today,) = trials.of([design])
    return today.document()


def _forecast(
    request: StudyRequest, scenarios: Sequence[Scenario], options: RunOptions
) -> Document:
    asked, (scenario, *_) = request.question, scenarios
    assert request.replications is not None
    now = datetime.fromisoformat(asked["now"])
    question = forecast.Question(now, asked["hours"], request.replications, request.seed)
    cases = [from_json(values) for values in asked["cases"]]
    found = forecast.forecast(scenario, cases, question, options=options).document()
    return found | {"left_out": asked["left_out"], "hours": question.hours}


def _learning(
    request: StudyRequest, scenarios: Sequence[Scenario], options: RunOptions
) -> Document:
    from web.learning import learn_from_log  # slow: no other study waits for it

    (scenario, *_) = scenarios
    model = Path(request.baseline.path).parent / scenario.document.model
    found: Document = learn_from_log(request, model, Path(request.question["log"]), options)
    return found


def _facts(request: StudyRequest, scenario: Scenario) -> Document:
    """Return what it takes to get the same figures again."""
    kpi = request.question["kpi"]
    return {
        "scenario": scenario.source,
        "name": scenario.document.name.model_dump(),
        "scenario_sha256": scenario.sha256,
        "model_sha256": scenario.model_sha256,
        "seed": _seed(request, scenario),
        "kpi": kpi,
        "unit": CATALOGUE[kpi].unit.value,
        "currency": scenario.document.currency,
    }


def _seed(request: StudyRequest, scenario: Scenario) -> int:
    return scenario.document.run.seed if request.seed is None else request.seed


_STUDIES: dict[Kind, Study] = {
    Kind.COMPARISON: _comparison,
    Kind.SENSITIVITY: _sensitivity,
    Kind.SCREENING: _screening,
    Kind.SELECTION: _selection,
    Kind.STAFFING: _staffing,
    Kind.FORECAST: _forecast,
    Kind.LEARNING: _learning,
}
