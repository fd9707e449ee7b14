"""Families of distributions, each fitted to values by maximum likelihood or by shape."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import special, stats
from scipy.optimize import brentq

from simulation import distributions as d

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


LUMP_SHARE = 0.2  # of values alike, yet no constant: no smooth family


class Candidate(NamedTuple):
    """A family with its parameters."""

    family: str
    distribution: d.Distribution
    spec: dict[str, Any]
    log_likelihood: float
    parameters: int


def seconds(value: float) -> str:
    """Write a duration as a scenario takes it, in the unit that suits it."""
    for limit, divisor, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if value < limit:
            return f"{_plain(value / divisor)}{unit}"
    return f"{_plain(value / 86_400)}d"


def _plain(number: float) -> str:
    """Write a number with six digits and without an exponent."""
    text = f"{number:.6g}"
    return f"{number:.6f}" if "e" in text else text


def constant(value: float) -> Candidate:
    """Return what is always the same."""
    return Candidate("constant", d.Constant(value), {"constant": seconds(value)}, 0.0, 1)


def empirical(values: Floats) -> Candidate:
    """Return the values themselves."""
    written = [seconds(v) for v in values.tolist()]
    spec = {"empirical": {"values": written}}
    return Candidate("empirical", d.Empirical(tuple(values.tolist())), spec, 0.0, len(values))


def lumped(values: Floats, share: float) -> Candidate:
    """Return up to a hundred of the values that stand for all, lumps and zeros included."""
    size = min(len(values), 100)
    kept = values[((np.arange(size) + 0.5) / size * len(values)).astype(np.intp)]
    ratio = values.mean() / kept.mean() if kept.mean() > 0 else 1.0
    return empirical(kept if share > LUMP_SHARE else kept * ratio)


def histogram(values: Floats) -> Candidate:
    """Return bins of equal weight, finer in the tail, with the mean of the values."""
    bins = int(np.clip(len(values) // 10, 5, 30))
    shares = np.concatenate([np.linspace(0, 1, bins + 1)[:-1], [1 - 0.3 / bins, 1.0]])
    edges = np.quantile(values, shares)
    keep = np.concatenate([[True], np.diff(edges) > 0])
    edges, weights = edges[keep], np.diff(shares[keep])
    found = d.Histogram(tuple(edges.tolist()), tuple(weights.tolist()))
    edges = edges * (values.mean() / found.mean)
    found = d.Histogram(tuple(edges.tolist()), found.weights)
    written = {
        "edges": [seconds(edge) for edge in edges.tolist()],
        "weights": [round(weight, 6) for weight in weights.tolist()],
    }
    return Candidate("histogram", found, {"histogram": written}, 0.0, len(edges))


def candidates(values: Floats) -> list[Candidate]:
    """Fit every smooth family; values are positive and in order."""
    families = [_exponential, _lognormal, _gamma, _weibull, _uniform, _triangular]
    if values.mean() > 3 * values.std():
        families.append(_normal)
    return [family(values) for family in families]


def _exponential(x: Floats) -> Candidate:
    mean = float(x.mean())
    likelihood = -len(x) * (math.log(mean) + 1)
    spec = {"exponential": {"mean": seconds(mean)}}
    return Candidate("exponential", d.Exponential(mean), spec, likelihood, 1)


def _normal(x: Floats) -> Candidate:
    mean, sd = float(x.mean()), float(x.std())
    likelihood = -len(x) * (math.log(sd * math.sqrt(2 * math.pi)) + 0.5)
    spec = {"normal": {"mean": seconds(mean), "sd": seconds(sd)}}
    return Candidate("normal", d.Normal(mean, sd, 0.0), spec, likelihood, 2)


def _lognormal(x: Floats) -> Candidate:
    logs = np.log(x)
    mu, sigma = float(logs.mean()), max(float(logs.std()), 1e-9)
    mean = math.exp(mu + sigma**2 / 2)
    sd = mean * math.sqrt(math.expm1(sigma**2))
    likelihood = -len(x) * (math.log(sigma * math.sqrt(2 * math.pi)) + 0.5) - logs.sum()
    spec = {"lognormal": {"mean": seconds(mean), "sd": seconds(sd)}}
    return Candidate("lognormal", d.LogNormal(mean, sd), spec, float(likelihood), 2)


def _gamma(x: Floats) -> Candidate:
    mean, gap = float(x.mean()), float(math.log(x.mean()) - np.log(x).mean())

    def score(log_shape: float) -> float:
        shape = math.exp(log_shape)
        return log_shape - float(special.digamma(shape)) - gap

    shape = math.exp(float(brentq(score, -7, 14))) if score(14) < 0 < score(-7) else 1.0
    likelihood = float(stats.gamma.logpdf(x, shape, scale=mean / shape).sum())
    spec = {"gamma": {"mean": seconds(mean), "sd": seconds(mean / math.sqrt(shape))}}
    return Candidate("gamma", d.Gamma(mean, shape), spec, likelihood, 2)


def _weibull(x: Floats) -> Candidate:
    scaled, logs = x / x.max(), np.log(x / x.max())

    def score(shape: float) -> float:
        power = scaled**shape
        return float((power * logs).sum() / power.sum() - 1 / shape - logs.mean())

    shape = float(brentq(score, 0.05, 200)) if score(0.05) < 0 < score(200) else 1.0
    scale = float(x.max() * (scaled**shape).mean() ** (1 / shape))
    likelihood = float(stats.weibull_min.logpdf(x, shape, scale=scale).sum())
    spec = {"weibull": {"shape": float(f"{shape:.6g}"), "scale": seconds(scale)}}
    return Candidate("weibull", d.Weibull(shape, scale), spec, likelihood, 2)


def _bounds(x: Floats) -> tuple[float, float]:
    """Return where a bounded variable begins and ends: a little beyond what was seen."""
    gap = float(x[-1] - x[0]) / (len(x) - 1)
    return max(0.0, float(x[0]) - gap), float(x[-1]) + gap


def _uniform(x: Floats) -> Candidate:
    low, high = _bounds(x)
    spec = {"uniform": {"min": seconds(low), "max": seconds(high)}}
    return Candidate("uniform", d.Uniform(low, high), spec, -len(x) * math.log(high - low), 3)


def _triangular(x: Floats) -> Candidate:
    """Choose the mode among 31 by likelihood; the ends by extrapolating the square root."""
    low, high = _bounds(x)
    width = high - low
    low, high = max(0.0, low - 0.02 * width), high + 0.02 * width
    best = (-math.inf, low)
    for mode in np.linspace(low, high, 31).tolist():
        rising = (x - low) / max(mode - low, 1e-12)
        falling = (high - x) / max(high - mode, 1e-12)
        density = 2 / (high - low) * np.where(x < mode, rising, falling)
        best = max(best, (float(np.log(density.clip(1e-12)).sum()), mode))
    likelihood, mode = best
    spec = {"triangular": {"min": seconds(low), "mode": seconds(mode), "max": seconds(high)}}
    return Candidate("triangular", d.Triangular(low, mode, high), spec, likelihood, 4)


AGAIN: dict[str, Callable[[Floats], Candidate]] = {
    "exponential": _exponential,
    "normal": _normal,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "uniform": _uniform,
    "triangular": _triangular,
}


def spread(distribution: d.Distribution) -> float:
    """Return the standard deviation of a smooth family."""
    match distribution:
        case d.Exponential(mean=mean):
            return mean
        case d.Normal(sd=sd) | d.LogNormal(sd=sd):
            return sd
        case d.Gamma(mean=mean, shape=shape):
            return mean / math.sqrt(shape)
        case d.Weibull(shape=shape, scale=scale):
            squared = math.gamma(1 + 2 / shape) - math.gamma(1 + 1 / shape) ** 2
            return scale * math.sqrt(max(squared, 0.0))
        case d.Uniform(min=low, max=high):
            return (high - low) / math.sqrt(12)
        case d.Triangular(min=low, mode=mode, max=high):
            square = low**2 + mode**2 + high**2 - low * mode - low * high - mode * high
            return math.sqrt(max(square, 0.0) / 18)
    raise TypeError(f"{type(distribution).__name__} is no smooth family")
