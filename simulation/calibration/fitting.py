"""Which distribution values follow, how well, and how sure its mean is.

Families are fitted by maximum likelihood and compared by BIC. The one chosen is tested by
Kolmogorov–Smirnov with a parametric bootstrap (Stute, Manteiga, Quindimil 1993), because its
parameters come from the same values. One that fails, and by more than a trifle, gives way to
the histogram of the values; what is always the same is a constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import special, stats
from scipy.optimize import brentq

from simulation import distributions as d

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SAME_SHARE = 0.95  # of values alike: a constant
_ALIKE = 0.002  # relative
_LUMP_SHARE = 0.2  # of values alike, yet no constant: no smooth family
_RARE_ZEROS = 0.02  # of values: measured too coarsely, not nothing
_BOOTSTRAP = 99
_MOST_TESTED = 600
_SURE = 1 / (_BOOTSTRAP + 1)  # farther off than every sample of the family
_TRIFLE = 0.03  # of the mean: a distance nobody will notice
_FEW = 20
CONFIDENCE = 0.95


class Candidate(NamedTuple):
    """A family with its parameters."""

    family: str
    distribution: d.Distribution
    spec: dict[str, Any]
    log_likelihood: float
    parameters: int


@dataclass(frozen=True)
class Fit:
    """A fitted distribution and how good it is; times in seconds."""

    family: str
    spec: dict[str, Any]  # as a scenario writes it
    distribution: d.Distribution
    n: int
    mean_s: float
    mean_low_s: float
    mean_high_s: float
    ks: float
    p_value: float  # NaN: not tested
    distance_share: float  # Wasserstein distance to the values, as a share of their mean
    warning: str = ""


def fit(values: Floats) -> Fit:
    """Fit a distribution to values that are not negative."""
    values = np.sort(values[np.isfinite(values)].clip(0))
    if not len(values):
        raise ValueError("there is nothing to fit")
    if values[0] <= 0 < values[-1] and (values <= 0).mean() < _RARE_ZEROS:
        values = np.maximum(values, values[values > 0].min())
    common, share = _most_common(values)
    if share >= _SAME_SHARE or len(values) == 1:
        return _described(_constant(common), values, float("nan"))
    if len(values) < 5 or values[-1] <= 0:
        return _described(_empirical(values), values, float("nan"))
    if share > _LUMP_SHARE or values[0] <= 0:
        return _described(_lumped(values, share), values, float("nan"))
    price = math.log(len(values))
    best = min(_candidates(values), key=lambda c: price * c.parameters - 2 * c.log_likelihood)
    p_value = _p_value(best, values)
    trifle = max(_TRIFLE * values.mean(), values.std() / math.sqrt(len(values)))
    if p_value <= _SURE and _distance(best, values) > trifle and len(values) >= 50:
        return _described(_histogram(values), values, float("nan"))
    return _described(best, values, p_value)


def mean_interval(values: Floats, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Student's interval of a mean; one value has none."""
    mean = float(values.mean())
    if len(values) < 2:
        return mean, mean
    half = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1) * stats.sem(values))
    return max(0.0, mean - half), mean + half


def seconds(value: float) -> str:
    """Write a duration as a scenario takes it, in the unit that suits it."""
    for limit, divisor, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if value < limit:
            return f"{value / divisor:.6g}{unit}"
    return f"{value / 86_400:.6g}d"


def _described(candidate: Candidate, values: Floats, p_value: float) -> Fit:
    n, mean = len(values), float(values.mean())
    low, high = mean_interval(values)
    warning = f"only {n} observations" if n < _FEW else ""
    return Fit(
        family=candidate.family,
        spec=candidate.spec,
        distribution=candidate.distribution,
        n=n,
        mean_s=mean,
        mean_low_s=low,
        mean_high_s=high,
        ks=_ks(candidate.distribution, values),
        p_value=p_value,
        distance_share=_distance(candidate, values) / mean if mean > 0 else 0.0,
        warning=warning,
    )


def _most_common(values: Floats) -> tuple[float, float]:
    """Return the value most are near, and the share of them; values are in order."""
    tolerance = np.maximum(values * _ALIKE, 1e-3)
    near = np.searchsorted(values, values + tolerance, "right") - np.searchsorted(
        values, values - tolerance, "left"
    )
    place = int(np.argmax(near))
    return float(np.median(values[np.abs(values - values[place]) <= tolerance[place]])), float(
        near[place] / len(values)
    )


def _constant(value: float) -> Candidate:
    return Candidate("constant", d.Constant(value), {"constant": seconds(value)}, 0.0, 1)


def _empirical(values: Floats) -> Candidate:
    written = [seconds(v) for v in values.tolist()]
    spec = {"empirical": {"values": written}}
    return Candidate("empirical", d.Empirical(tuple(values.tolist())), spec, 0.0, len(values))


def _lumped(values: Floats, share: float) -> Candidate:
    """Return up to a hundred of the values that stand for all, lumps and zeros included."""
    size = min(len(values), 100)
    kept = values[((np.arange(size) + 0.5) / size * len(values)).astype(np.intp)]
    ratio = values.mean() / kept.mean() if kept.mean() > 0 else 1.0
    return _empirical(kept if share > _LUMP_SHARE else kept * ratio)


def _histogram(values: Floats) -> Candidate:
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


def _candidates(values: Floats) -> list[Candidate]:
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


_AGAIN: dict[str, Callable[[Floats], Candidate]] = {
    "exponential": _exponential,
    "normal": _normal,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "uniform": _uniform,
    "triangular": _triangular,
}


def _grid(size: int) -> Floats:
    return (np.arange(size) + 0.5) / size


def _ks(distribution: d.Distribution, values: Floats) -> float:
    """The largest gap between the values' distribution function and the fitted one."""
    model = distribution.quantile(_grid(1_000))
    both = np.concatenate([values, model])
    of_values = np.searchsorted(values, both, "right") / len(values)
    of_model = np.searchsorted(model, both, "right") / len(model)
    return float(np.abs(of_values - of_model).max())


def _p_value(candidate: Candidate, values: Floats) -> float:
    """Return the share of samples of the fitted family that lie as far off when fitted."""
    kept = values[:: max(1, len(values) // _MOST_TESTED)]
    again, random = _AGAIN[candidate.family], np.random.default_rng(len(values))
    seen = _ks(again(kept).distribution, kept)
    worse = 1
    for _ in range(_BOOTSTRAP):
        sample = np.sort(candidate.distribution.quantile(random.uniform(size=len(kept))))
        sample = np.maximum(sample, 1e-9)
        worse += _ks(again(sample).distribution, sample) >= seen
    return worse / (_BOOTSTRAP + 1)


def _distance(candidate: Candidate, values: Floats) -> float:
    model = candidate.distribution.quantile(_grid(min(2_000, max(200, len(values)))))
    return float(stats.wasserstein_distance(values, model))
