"""How many replications are enough: until the interval of a KPI is narrow enough."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kpis.stats.intervals import mean_interval
from simulation.replication import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulation.replication import Replication
    from simulation.scenario.run import Precision

_GROWTH = 2  # at most doubled at a time: the first estimates of the spread are rough


def replications_to_try(found: Iterable[Sequence[Replication]], rule: Precision) -> int | None:
    """Return how many replications to have next; None: every scenario is known well enough.

    ``found`` has the replications of each scenario, the same number of each. At ``rule.max``
    the answer is None as well.

    Source: Law, Simulation Modeling and Analysis (2015), section 9.4.1: the sequential
    procedure for a relative error, here with the number that the spread so far asks for.
    """
    samples = [[r.figures[Figure("kpi", rule.kpi, "")] for r in one] for one in found]
    have = len(samples[0])
    wanted = max(_wanted(sample, rule) for sample in samples)
    if wanted <= have or have >= rule.max:
        return None
    return int(min(max(wanted, have + 1), _GROWTH * have, rule.max))


def is_reached(replications: Sequence[Replication], rule: Precision) -> bool:
    """Whether the interval of the KPI is narrow enough."""
    sample = [r.figures[Figure("kpi", rule.kpi, "")] for r in replications]
    return _wanted(sample, rule) <= len(sample)


def _wanted(sample: list[float], rule: Precision) -> float:
    """Return the number of replications at which the half-width would be small enough."""
    known = [value for value in sample if not math.isnan(value)]
    interval = mean_interval(known)
    if interval is None or len(known) < len(sample):
        return math.inf  # a mean over fewer replications than asked for is not known better
    allowed = rule.half_width * abs(interval.estimate)
    if interval.half_width <= allowed:
        return len(sample)
    if allowed == 0:
        return math.inf
    return math.ceil(len(sample) * (interval.half_width / allowed) ** 2)
