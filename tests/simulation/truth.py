"""What the tests against queueing theory share: samples, and the claim that they are exact.

Seeds are fixed, so that the tests either always pass or never; were they free, each would fail
once in a hundred runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kpis.stats.intervals import mean_interval
from simulation.net import US
from simulation.scenario.distribution import build
from tests.simulation.builders import a_run, a_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulation.run_record import SimulatedRun

MINUTE = 60 * US
REPLICATIONS = 20


def exponential(minutes):
    """Return a distribution that replaces the constant of the base document."""
    return {"exponential": {"mean": f"{minutes}min"}, "constant": None}


def arriving(minutes, **more):
    """Return Poisson arrivals, one every so many minutes on average."""
    return {"start": {"interval": exponential(minutes), **more}}


def runs(process=None, *, cases: int, seed: int, **patch) -> Iterable[SimulatedRun]:
    """Run the replications of a scenario that begins empty."""
    given = {"run": {"until": None, "cases": cases}, **patch}
    scenario = a_scenario(**given) if process is None else a_scenario(process, **given)
    return (a_run(scenario, seed=seed, replication=r) for r in range(REPLICATIONS))


def means(simulated: Iterable[SimulatedRun], values: Callable[[SimulatedRun], np.ndarray]):
    """Return the mean of each run without its first tenth, controlled for its load."""
    return controlled(simulated, lambda run: np.mean(settled(values(run))))


def controlled(simulated: Iterable[SimulatedRun], value: Callable[[SimulatedRun], float]):
    """Return a value of each run, less what its chance load explains.

    The load is how far the drawn work and intervals are from their means, whose expectation is
    zero: a control variate (Law 2015, §11.4).
    """
    pairs = np.array([(value(run), _excess_load(run)) for run in simulated])
    values, excess = pairs.T
    slope = np.cov(values, excess)[0, 1] / excess.var(ddof=1)
    return values - slope * excess


def uncontrolled(simulated: Iterable[SimulatedRun], values: Callable[[SimulatedRun], np.ndarray]):
    """Return the mean of each run without its first tenth."""
    return [float(np.mean(settled(values(run)))) for run in simulated]


def settled(values: np.ndarray) -> np.ndarray:
    """Return values without their first tenth."""
    return values[len(values) // 10 :]


def _excess_load(run: SimulatedRun) -> float:
    """Return mean work ÷ its expectation less mean interval ÷ its expectation."""
    (start,) = run.net.entries
    interval_s = build(run.net.document.arrivals[start].interval).mean
    work = next(node for node in run.net.nodes if node.duration.mean)
    done = (run.completed >= 0) & (run.net.nodes.index(work) == run.node)
    mean_work_s = run.work[done].mean() / US
    mean_interval_s = run.arrivals.times[-1] / US / len(run.arrivals)
    return float(mean_work_s / work.duration.mean - mean_interval_s / interval_s)


def waits(run: SimulatedRun):
    """Return the waits in minutes."""
    return (run.started - run.scheduled) / MINUTE


def sojourns(run: SimulatedRun):
    """Return the times from arrival to the end, in minutes."""
    return (run.ended - run.arrivals.times) / MINUTE


def is_vip(run: SimulatedRun) -> np.ndarray:
    """Tell which cases are urgent."""
    return np.array([value == "yes" for value in run.arrivals.attributes["vip"]])


def assert_exact(sample, truth: float) -> None:
    """Assert that the truth lies in the 99 % interval of a sample, which is narrow."""
    interval = mean_interval(np.asarray(sample), confidence=0.99)
    assert interval.low <= truth <= interval.high, f"{interval}, exact: {truth}"
    assert interval.half_width <= 0.02 * truth, f"{interval} says too little"
