"""Which assumptions matter: every one a little larger and smaller, on the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.catalogue import CATALOGUE
from kpis.stats.comparison import PairedDifference, holm, paired
from kpis.stats.intervals import mean_interval
from simulation.executor import DEFAULT_OPTIONS, Plan, carry_out
from simulation.experiment import ensure_runs
from simulation.factors import Factor, factors, scaled
from simulation.job import Job
from simulation.replication import Figure, measure_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpis.stats.intervals import Interval
    from simulation.executor import Results, RunOptions
    from simulation.scenario.load import Scenario

_LEVELS = (-1.0, -1 / 3, 1 / 3, 1.0)  # of the change asked for: Morris' grid with p = 4
_STEP = 2  # levels that a factor jumps: p / 2, as Morris recommends


@dataclass(frozen=True)
class Question:
    """What is asked: the KPI, how far each assumption is moved, how often it is replicated."""

    kpi: str = "OP-CT"
    change: float = 0.1  # 0.1: ten percent more and less
    replications: int = 20
    seed: int | None = None  # None: that of the scenario

    def __post_init__(self) -> None:
        if self.kpi not in CATALOGUE:
            raise ValueError(f"{self.kpi} is no KPI")
        if not 0 < self.change < 1:
            raise ValueError(f"a change lies between 0 and 100%; got {self.change:.0%}")
        if self.replications < 2:
            raise ValueError("a difference needs two replications or more")


@dataclass(frozen=True)
class Swing:
    """What one assumption does to the KPI when it alone is smaller or larger."""

    field: str
    smaller: PairedDifference | None
    larger: PairedDifference | None
    is_clear: bool  # at least one of them, with all assumptions tested at once (Holm)

    @property
    def size(self) -> float:
        """The distance between both ends."""
        ends = [d.difference for d in (self.smaller, self.larger) if d is not None]
        return max(ends, default=0.0) - min(ends, default=0.0)

    def document(self) -> dict[str, Any]:
        """Return the swing as JSON values."""
        return {
            "field": self.field,
            "smaller": _difference(self.smaller),
            "larger": _difference(self.larger),
            "clear": self.is_clear,
        }


@dataclass(frozen=True)
class Effect:
    """What an assumption does anywhere in the range, alone and together with the others."""

    field: str
    mean: float  # of the elementary effects
    strength: Interval | None  # mean of their sizes: how much it matters
    spread: float  # their standard deviation: how much that depends on the others

    def document(self) -> dict[str, Any]:
        """Return the effect as JSON values."""
        strength = self.strength
        return {
            "field": self.field,
            "mean": self.mean,
            "strength": None if strength is None else strength.estimate,
            "half_width": None if strength is None else strength.half_width,
            "spread": self.spread,
        }


def tornado(
    scenario: Scenario, question: Question, *, options: RunOptions = DEFAULT_OPTIONS
) -> list[Swing]:
    """Move every assumption alone, one step down and one up; the widest swing comes first.

    Raises:
        ScenarioInvalid: a case could never end.
        ExperimentCancelled: the options said so.
    """
    known = factors(scenario)
    ends = (1 - question.change, 1 + question.change)
    points = [{}, *({factor: end} for factor in known for end in ends)]
    values = _values(scenario, points, question, options)
    found = [paired(values[0], value) for value in values[1:]]
    p_values = holm([np.nan if d is None else d.p_value for d in found]).tolist()
    swings = [
        Swing(
            factor.field,
            found[2 * i],
            found[2 * i + 1],
            is_clear=any(p < 0.05 for p in p_values[2 * i : 2 * i + 2]),  # NaN: no test
        )
        for i, factor in enumerate(known)
    ]
    return sorted(swings, key=lambda swing: -swing.size)


def morris(
    scenario: Scenario,
    question: Question,
    *,
    trajectories: int = 10,
    options: RunOptions = DEFAULT_OPTIONS,
) -> list[Effect]:
    """Screen all assumptions together by elementary effects; the strongest comes first.

    An effect is the change of the KPI when an assumption moves by the whole change asked for
    (from its value to that much more), at a random place within the range of all others.

    Source: Morris, Technometrics 33 (1991), 161; Campolongo, Cariboni and Saltelli,
    Environmental Modelling & Software 22 (2007), 1509 (the mean of sizes).

    Raises:
        ScenarioInvalid: a case could never end.
        ExperimentCancelled: the options said so.
        ValueError: fewer than two trajectories.
    """
    if trajectories < 2:
        raise ValueError("an interval needs two trajectories or more")
    known = factors(scenario)
    seed = scenario.document.run.seed if question.seed is None else question.seed
    paths = [_Path(len(known), np.random.default_rng((seed, i))) for i in range(trajectories)]
    points = [
        {
            factor: 1 + question.change * _LEVELS[level]
            for factor, level in zip(known, place, strict=True)
        }
        for path in paths
        for place in path.places
    ]
    means = [_mean(value) for value in _values(scenario, points, question, options)]
    effects = np.empty((len(known), trajectories))
    jump = _LEVELS[_STEP] - _LEVELS[0]
    for number, path in enumerate(paths):
        first = number * (len(known) + 1)
        for step, (which, direction) in enumerate(path.moves):
            change = means[first + step + 1] - means[first + step]
            effects[which, number] = direction * change / jump
    return sorted(
        (_effect(factor, effects[i]) for i, factor in enumerate(known)),
        key=lambda effect: -effect.strength.estimate if effect.strength else 0.0,
    )


class _Path:
    """A walk through the grid that moves every factor once, in random order."""

    def __init__(self, size: int, generator: np.random.Generator) -> None:
        place = generator.integers(0, len(_LEVELS), size)
        self.places: list[tuple[int, ...]] = [tuple(place.tolist())]
        self.moves: list[tuple[int, int]] = []  # factor, direction
        for which in generator.permutation(size).tolist():
            direction = 1 if place[which] < _STEP else -1
            place[which] += direction * _STEP
            self.places.append(tuple(place.tolist()))
            self.moves.append((which, direction))


def _effect(factor: Factor, effects: NDArray[np.float64]) -> Effect:
    known = effects[~np.isnan(effects)]
    return Effect(
        factor.field,
        mean=float(known.mean()) if known.size else float("nan"),
        strength=mean_interval(np.abs(known)),
        spread=float(known.std(ddof=1)) if known.size > 1 else float("nan"),
    )


def _values(
    scenario: Scenario,
    points: Sequence[dict[Factor, float]],
    question: Question,
    options: RunOptions,
) -> list[NDArray[np.float64]]:
    """Return the KPI of every replication at every point."""
    ensure_runs(scenario)
    measure = measure_for(question.kpi)
    jobs = [Job(str(i), scaled(scenario, point), measure) for i, point in enumerate(points)]
    seed = scenario.document.run.seed if question.seed is None else question.seed
    results: Results = carry_out(jobs, Plan(question.replications, seed, options))
    figure = Figure("kpi", question.kpi, "")
    return [np.array([r.figures[figure] for r in results[job.key]]) for job in jobs]


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _difference(change: PairedDifference | None) -> dict[str, float] | None:
    if change is None:
        return None
    return {"difference": change.difference, "half_width": change.half_width}
