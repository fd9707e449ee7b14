"""The front of cost and KPI by NSGA-II: no design on it is beaten in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.errors import ChoicesRefused
from simulation.optimiser.design import Design

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulation.optimiser.design import Choices
    from simulation.optimiser.trials import Trial, Trials


@dataclass(frozen=True)
class Front:
    """The designs that no other one beats, the cheapest first; each with its interval."""

    trials: tuple[Trial, ...]
    designs: int  # tried in all

    def document(self) -> dict[str, Any]:
        """Return the front as JSON values."""
        return {"designs": self.designs, "front": [trial.document() for trial in self.trials]}


def front(
    trials: Trials, *, population: int = 24, generations: int = 12, confirm: int = 3
) -> Front:
    """Search for the front; its designs are then simulated ``confirm`` times as often.

    Source: Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6
    (2002), 182, as pymoo implements it (the extra ``optimiser``).

    Raises:
        ChoicesRefused: pymoo is not installed.
        ExperimentCancelled: the options of the trials said so.
    """
    genes = _Genes(trials.choices)
    for designs in _generations(trials, genes, population, generations):
        trials.of(designs)
    promising = [trial.design for trial in undominated(trials.tried.values())]
    trials.of(promising, replications=confirm * trials.aim.replications)
    return Front(tuple(undominated(trials.tried[d] for d in promising)), len(trials.tried))


def undominated(trials: Any) -> list[Trial]:
    """Return the trials that no other one beats in cost and mean, the cheapest first."""
    kept: list[Trial] = []
    for trial in sorted(trials, key=lambda trial: (trial.cost, trial.mean)):
        if trial.kpi is not None and (not kept or trial.mean < kept[-1].mean):
            kept.append(trial)
    return kept


class _Genes:
    """Designs as vectors of whole numbers: units of each role, then the place of its calendar."""

    def __init__(self, choices: Choices) -> None:
        self.roles, self.shifts = sorted(choices.units), sorted(choices.calendars)
        self._choices = choices
        lows = [choices.units[role].start for role in self.roles]
        highs = [choices.units[role].stop - 1 for role in self.roles]
        self.lows = np.array(lows + [0] * len(self.shifts))
        self.highs = np.array(highs + [len(choices.calendars[r]) - 1 for r in self.shifts])

    def design(self, vector: Sequence[int]) -> Design:
        units = {role: int(n) for role, n in zip(self.roles, vector, strict=False)}
        places = vector[len(self.roles) :]
        names = {
            role: self._choices.calendars[role][int(place)]
            for role, place in zip(self.shifts, places, strict=True)
        }
        return Design.of(units, names)


def _generations(trials: Trials, genes: _Genes, population: int, generations: int) -> Any:
    """Yield the designs of each generation; they must be tried before the next one is asked."""
    try:
        from pymoo.algorithms.moo.nsga2 import NSGA2
        from pymoo.core.evaluator import Evaluator
        from pymoo.core.problem import Problem
        from pymoo.operators.crossover.sbx import SBX
        from pymoo.operators.mutation.pm import PM
        from pymoo.operators.repair.rounding import RoundingRepair
        from pymoo.operators.sampling.rnd import IntegerRandomSampling
        from pymoo.problems.static import StaticProblem
    except ImportError as error:
        words = "needs pymoo; install twinflow[optimiser]"
        raise ChoicesRefused("front", words) from error
    problem = Problem(n_var=len(genes.lows), n_obj=2, xl=genes.lows, xu=genes.highs, vtype=int)
    algorithm = NSGA2(
        pop_size=population,
        sampling=IntegerRandomSampling(),
        crossover=SBX(prob=0.9, eta=3, vtype=float, repair=RoundingRepair()),
        mutation=PM(prob=0.9, eta=3, vtype=float, repair=RoundingRepair()),
        eliminate_duplicates=True,
    )
    seed = trials.scenario.document.run.seed % 2**31
    algorithm.setup(problem, termination=("n_gen", generations), seed=seed, verbose=False)
    while algorithm.has_next():
        asked = algorithm.ask()
        if asked is None or not len(asked):
            return
        designs = [genes.design(vector) for vector in asked.get("X")]
        yield designs
        values = _objectives([trials.tried[design] for design in designs])
        Evaluator().eval(StaticProblem(problem, F=values), asked)
        algorithm.tell(infills=asked)


def _objectives(trials: Sequence[Trial]) -> NDArray[np.float64]:
    return np.array([[trial.cost, min(trial.mean, 1e300)] for trial in trials])
