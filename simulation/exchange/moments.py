"""Mean and spread of a law of any kind: to add laws up, and for formats that know fewer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulation.exchange import laws
from simulation.scenario.distribution import DurationSpec, build

if TYPE_CHECKING:
    from simulation.exchange.laws import Law
    from simulation.scenario.distribution import Basic

_POINTS = 20_000


def moments(spec: Basic[float]) -> tuple[float, float]:
    """Return the mean and the standard deviation of a distribution, in seconds."""
    found = build(spec, floor=0.0)
    points = found.quantile((np.arange(_POINTS) + 0.5) / _POINTS)
    return float(found.mean), float(np.std(points))


def moments_of(law: Law) -> tuple[float, float]:
    """Return the mean and the standard deviation of a law in seconds."""
    return moments_of_written(laws.written(law))


def moments_of_written(law: Law) -> tuple[float, float]:
    """Return the mean and the standard deviation of a law as a scenario writes it."""
    return moments(DurationSpec.model_validate(law))


def summed(parts: list[Law]) -> tuple[Law, str | None]:
    """Return the sum of independent laws; its words say if only mean and spread are right."""
    if len(parts) == 1:
        return parts[0], None
    found = [moments_of(part) for part in parts]
    mean = math.fsum(mean for mean, _ in found)
    sd = math.sqrt(math.fsum(sd**2 for _, sd in found))
    law = laws.spread("gamma", mean, sd)
    words = "added up" if "constant" in law else "added up: mean and spread of the sum, as a gamma"
    return law, words
