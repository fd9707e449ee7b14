"""Distributions on their way: kinds and parameters as in a scenario, all of them in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from simulation.exchange.texts import time_text

if TYPE_CHECKING:
    from collections.abc import Callable

Law = dict[str, Any]  # {"exponential": {"mean": 600.0}}
NOT_TIMES = frozenset({"weight", "weights", "phases", "shape"})
_NEGLIGIBLE = 1e-4  # of the draws outside the bounds
_IMPOSSIBLE = 1e-9
_TAILS = (0.0001, 0.001, 0.005, 0.01, 0.02, 0.035)
_GRID = np.array(
    [0.0, *_TAILS, *np.arange(0.05, 0.951, 0.025), *(1 - p for p in reversed(_TAILS)), 1.0]
)


def constant(value: float) -> Law:
    """Return a law that always gives one value."""
    return {"constant": value}


def exponential(mean: float) -> Law:
    """Return the exponential law; of no length it is a constant."""
    return {"exponential": {"mean": mean}} if mean > 0 else constant(0.0)


def spread(kind: str, mean: float, sd: float) -> Law:
    """Return normal, lognormal or gamma; without spread it is a constant."""
    if sd <= 1e-5 * abs(mean) or (kind != "normal" and mean <= 0):
        return constant(max(mean, 0.0))
    return {kind: {"mean": mean, "sd": sd}}


def uniform(low: float, high: float) -> Law:
    """Return the uniform law."""
    return {"uniform": {"min": low, "max": high}} if low < high else constant(low)


def triangular(low: float, mode: float, high: float) -> Law:
    """Return the triangular law."""
    if low == high:
        return constant(low)
    return {"triangular": {"min": low, "mode": mode, "max": high}}


def bounded(law: Law | None, frozen: Any, low: float, high: float) -> tuple[Law, str | None]:
    """Return a law whose draws outside its bounds are redrawn, and what had to be done to it.

    ``frozen`` is the same law of scipy. Scenarios have no bounds: where they cut something off,
    a histogram of quantiles stands for the law. ``law`` is None if a scenario does not know it.

    Raises:
        ValueError: when nothing is within the bounds.
    """
    low = max(low, 0.0)  # what is negative is redrawn on both sides
    with np.errstate(all="ignore"):
        below, possible = float(frozen.cdf(low)), float(frozen.sf(0.0))
        within = float(frozen.cdf(high)) - below
        if not within > _IMPOSSIBLE:
            raise ValueError(f"draws nothing between its bounds {low:g} and {high:g}")
        if law is not None and 1 - within / possible < _NEGLIGIBLE:
            return law, None
        return histogram(lambda p: frozen.ppf(below + p * within), low, high)


def histogram(quantile: Callable[[Any], Any], low: float, high: float) -> tuple[Law, str]:
    """Return a histogram with the quantiles of a law."""
    found = np.asarray(quantile(_GRID), dtype=float)
    if not np.all(np.isfinite(found[1:-1])):
        raise ValueError("has parameters with which nothing can be computed")
    found[0] = found[0] if np.isfinite(found[0]) else found[1]
    if not np.isfinite(found[-1]):
        found[-1] = float(quantile(np.array([0.99999]))[0])
    edges, weights = [max(*_short(found[:1]), 0.0)], []
    for edge, weight in zip(_short(found[1:]), np.diff(_GRID).tolist(), strict=True):
        if edge - edges[-1] > 1e-6:
            edges.append(edge)
            weights.append(weight)
        elif weights:
            weights[-1] += weight
    if not weights:
        return constant(edges[0]), "is a constant"
    bins = {"edges": edges, "weights": [round(weight, 6) for weight in weights]}
    return {"histogram": bins}, f"a histogram of its quantiles within {low:g} s and {high:g} s"


def _short(values: Any) -> list[float]:
    """Return values with as many digits as a reader can bear."""
    return [float(f"{value:.5g}") for value in values.tolist()]


def written(law: Law) -> Law:
    """Return the law as a scenario writes it: times with their unit."""
    result: Law = _written(law)
    return result


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: v if k in NOT_TIMES else _written(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_written(item) for item in value]
    return time_text(value)


def frozen_normal(mean: float, sd: float) -> Any:
    """Return the normal law of scipy."""
    return stats.norm(loc=mean, scale=max(sd, 1e-12))


def frozen_lognormal(mean: float, sd: float) -> Any:
    """Return the lognormal law with this mean and standard deviation."""
    variance = np.log1p((sd / mean) ** 2)
    return stats.lognorm(np.sqrt(variance), scale=mean / np.exp(variance / 2))


def frozen_gamma(mean: float, sd: float) -> Any:
    """Return the gamma law with this mean and standard deviation."""
    return stats.gamma((mean / sd) ** 2, scale=sd**2 / mean)
