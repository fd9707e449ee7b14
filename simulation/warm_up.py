"""The warm-up that the data show: MSER-5 on the mean course of pilot replications."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kpis.stats.warm_up import BATCH, mser5
from simulation.executor import carry_out
from simulation.job import Job
from simulation.replication import COURSE, COURSE_AT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.executor import Plan
    from simulation.replication import Replication
    from simulation.scenario.load import Scenario

_PILOTS = 10


@dataclass(frozen=True, slots=True)
class WarmUp:
    """When the start of a run no longer shows, in seconds after it."""

    seconds: float
    is_found: bool  # false: the run is too short to tell, or never becomes steady


def find_warm_up(scenarios: Mapping[str, Scenario], plan: Plan) -> WarmUp:
    """Return one warm-up for all scenarios, that of the slowest: they share what is observed.

    Cases are taken in the order of their arrival; their cycle times are averaged over the
    pilot replications before MSER-5 looks at them.

    Source: Hoad, Robinson and Davies, Journal of the Operational Research Society 61 (2010).
    """
    jobs = [Job(key, scenario, measure="course") for key, scenario in scenarios.items()]
    pilots = carry_out(jobs, replace(plan, replications=_PILOTS))
    found = [_of(replications) for replications in pilots.values()]
    return WarmUp(max(one.seconds for one in found), all(one.is_found for one in found))


def with_warm_up(scenario: Scenario, warm_up: WarmUp) -> Scenario:
    """Return the scenario with the warm-up in the place of the rule."""
    return scenario.patched({"run": {"warm_up": f"{warm_up.seconds:.6f}s"}})


def _of(replications: list[Replication]) -> WarmUp:
    courses = [_columns(replication) for replication in replications]
    length = min(len(values) for values, _ in courses)
    values = np.mean([values[:length] for values, _ in courses], axis=0)
    moments = np.mean([moments[:length] for _, moments in courses], axis=0)
    cut = mser5(np.repeat(values, BATCH))  # the course is in batches already
    first = cut.count // BATCH
    return WarmUp(float(moments[first]) if first else 0.0, cut.is_found)


def _columns(replication: Replication) -> tuple[list[float], list[float]]:
    figures = replication.figures
    return (
        [value for figure, value in figures.items() if figure.group == COURSE],
        [value for figure, value in figures.items() if figure.group == COURSE_AT],
    )
