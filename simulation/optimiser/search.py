"""Add one, remove one: the cheapest staff that keeps a limit, the quickest within a budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kpis.stats.comparison import paired
from kpis.stats.selection import Rule, select_best
from simulation.errors import ChoicesRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from kpis.stats.comparison import PairedDifference
    from kpis.stats.selection import Selection
    from simulation.optimiser.design import Design
    from simulation.optimiser.trials import Trial, Trials

_FINALISTS = 5
_INDIFFERENT = 0.01


@dataclass(frozen=True)
class Step:
    """One move of the search: to a design, and what it changed against the one before."""

    trial: Trial
    change: PairedDifference | None  # of the KPI; None: the beginning
    reason: str  # begin, add, remove

    def document(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        change = self.change
        return {
            **self.trial.document(),
            "reason": self.reason,
            "difference": None if change is None else change.difference,
            "difference_half_width": None if change is None else change.half_width,
        }


@dataclass(frozen=True)
class Found:
    """Where a search ended, and how it came there."""

    best: Trial | None  # None: no design keeps the limit or the budget
    steps: tuple[Step, ...]
    designs: int  # tried in all
    final: Selection | None = None  # the last choice among the best; None: there was none

    def document(self) -> dict[str, Any]:
        """Return what was found as JSON values."""
        return {
            "best": None if self.best is None else self.best.document(),
            "decided": self.final is None or self.final.is_decided,
            "designs": self.designs,
            "steps": [step.document() for step in self.steps],
        }


def cheapest(trials: Trials, *, limit: float) -> Found:
    """Find the cheapest staff whose KPI keeps a limit with its whole interval.

    From the fluid bound, the hire that brings most for its cost is added until the limit is
    kept; then whoever is not needed is taken away again, the dearest first.
    """
    walk = _Walk(trials)
    while not walk.here.is_within(limit):
        better = walk.better(trials.choices.neighbours(walk.here.design, step=1))
        if not better:
            return Found(None, tuple(walk.steps), len(trials.tried))
        walk.go(max(better, key=walk.gain_per_cost), "add")
    while True:
        fewer = walk.try_all(trials.choices.neighbours(walk.here.design, step=-1))
        enough = [t for t in fewer if t.cost < walk.here.cost and t.is_within(limit)]
        if not enough:
            return Found(walk.here, tuple(walk.steps), len(trials.tried))
        walk.go(min(enough, key=lambda trial: (trial.cost, trial.mean)), "remove")


def quickest(trials: Trials, *, budget: float, indifference: float | None = None) -> Found:
    """Find the staff with the best KPI that costs no more than a budget.

    Adds the hire that brings most for its cost while there is money, then exchanges one for
    another while that helps. The best five go into a last round, in which Kim and Nelson's
    procedure chooses: none of them is better than the winner by more than the indifference (by
    default a hundredth of the best KPI found).
    """
    walk = _Walk(trials)
    if walk.here.cost > budget:
        return Found(None, tuple(walk.steps), len(trials.tried))
    while True:
        hires = trials.choices.neighbours(walk.here.design, step=1)
        better = walk.better(d for d in hires if trials.cost_of(d) <= budget)
        if better:
            walk.go(max(better, key=walk.gain_per_cost), "add")
            continue
        swaps = [d for d in _exchanges(trials, walk.here.design) if trials.cost_of(d) <= budget]
        better = walk.better(swaps)
        if not better:
            break
        walk.go(min(better, key=lambda trial: trial.mean), "exchange")
    final = _last_round(trials, budget, indifference)
    return Found(final[0], tuple(walk.steps), len(trials.tried), final[1])


def _exchanges(trials: Trials, design: Design) -> list[Design]:
    """Return the designs with one unit less of a role and one more of another."""
    choices = trials.choices
    return [
        more
        for fewer in choices.neighbours(design, step=-1)
        for more in choices.neighbours(fewer, step=1)
        if more != design
    ]


def _last_round(
    trials: Trials, budget: float, indifference: float | None
) -> tuple[Trial, Selection | None]:
    affordable = [trial for trial in trials.tried.values() if trial.cost <= budget]
    finalists = sorted(affordable, key=lambda trial: trial.mean)[:_FINALISTS]
    if len(finalists) == 1:
        return finalists[0], None
    designs = [trial.design for trial in finalists]

    def observe(systems: Sequence[int], replications: range) -> NDArray[np.float64]:
        chosen = [designs[i] for i in systems]
        trials.of(chosen, replications=replications.stop)
        return np.array([trials.values(d)[replications.start : replications.stop] for d in chosen])

    indifference = indifference or max(abs(finalists[0].mean), 1e-9) * _INDIFFERENT
    rule = Rule(indifference, first=trials.aim.replications, most=50 * trials.aim.replications)
    found = select_best(observe, len(designs), rule)
    return trials.tried[designs[found.best]], found


class _Walk:
    """Where the search stands, and what its moves are worth."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        (self.here,) = trials.of([trials.choices.smallest(trials.scenario)])
        if self.here.kpi is None:
            words = "has no value in some replication; simulate more cases"
            raise ChoicesRefused(trials.aim.kpi, words)
        self.steps = [Step(self.here, None, "begin")]

    def try_all(self, designs: Iterable[Design]) -> list[Trial]:
        return self.trials.of(designs)

    def better(self, designs: Iterable[Design]) -> list[Trial]:
        """Return the trials that certainly improve the KPI: the paired interval says so."""
        return [trial for trial in self.try_all(designs) if self._is_better(trial)]

    def gain_per_cost(self, trial: Trial) -> float:
        """Return by how much the KPI falls for each unit of money; free hires come first."""
        gain, price = self.here.mean - trial.mean, trial.cost - self.here.cost
        return gain / price if price > 0 else float("inf")

    def go(self, trial: Trial, reason: str) -> None:
        change = self._change(trial)
        self.here = trial
        self.steps.append(Step(trial, change, reason))

    def _change(self, trial: Trial) -> PairedDifference | None:
        before, after = (self.trials.values(t.design) for t in (self.here, trial))
        count = min(len(before), len(after))
        return paired(before[:count], after[:count])

    def _is_better(self, trial: Trial) -> bool:
        change = self._change(trial)
        return change is not None and change.high < 0
