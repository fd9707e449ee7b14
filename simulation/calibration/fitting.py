"""Which distribution values follow, how well, and how sure its mean is.

Families are fitted by maximum likelihood and compared by BIC. The one chosen is tested by
Kolmogorov–Smirnov with a parametric bootstrap (Stute, Manteiga, Quindimil 1993), because its
parameters come from the same values. One that fails, and by more than a trifle, gives way to
the histogram of the values; what is always the same is a constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from simulation.calibration.families import (
    AGAIN,
    LUMP_SHARE,
    Candidate,
    candidates,
    constant,
    empirical,
    histogram,
    lumped,
    seconds,
)
from simulation.scenario.values import duration_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.distributions import Distribution

    Floats = NDArray[np.float64]

_SAME_SHARE = 0.95  # of values alike: a constant
_ALIKE = 0.002  # relative
_RARE_ZEROS = 0.02  # of values: measured too coarsely, not nothing
_BOOTSTRAP = 99
_MOST_TESTED = 600
_SURE = 1 / (_BOOTSTRAP + 1)  # farther off than every sample of the family
_TRIFLE = 0.03  # of the mean: a distance nobody will notice
_FEW = 20
_OTHER_MEAN = 0.25
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Fit:
    """A fitted distribution and how good it is; times in seconds."""

    family: str
    spec: dict[str, Any]  # as a scenario writes it
    distribution: Distribution
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
        return _described(constant(common), values, float("nan"))
    if len(values) < 5 or values[-1] <= 0:
        return _described(empirical(values), values, float("nan"))
    if share > LUMP_SHARE or values[0] <= 0:
        return _described(lumped(values, share), values, float("nan"))
    price = math.log(len(values))
    sound = [c for c in candidates(values) if _is_sound(c, values)]
    if not sound:
        return _described(histogram(values), values, float("nan"))
    best = min(sound, key=lambda c: price * c.parameters - 2 * c.log_likelihood)
    p_value = _p_value(best, values)
    trifle = max(_TRIFLE * values.mean(), values.std() / math.sqrt(len(values)))
    if p_value <= _SURE and _distance(best, values) > trifle and len(values) >= 50:
        return _described(histogram(values), values, float("nan"))
    return _described(best, values, p_value)


def mean_interval(values: Floats, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Student's interval of a mean; one value has none."""
    mean = float(values.mean())
    if len(values) < 2:
        return mean, mean
    half = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1) * stats.sem(values))
    return max(0.0, mean - half), mean + half


def scaled(spec: Any, factor: float) -> Any:
    """Return a written distribution with every duration so many times as long."""
    if isinstance(spec, dict):
        return {key: scaled(value, factor) for key, value in spec.items()}
    if isinstance(spec, list):
        return [scaled(value, factor) for value in spec]
    return seconds(duration_s(spec) * factor) if isinstance(spec, str) else spec


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


def _grid(size: int) -> Floats:
    return (np.arange(size) + 0.5) / size


def _ks(distribution: Distribution, values: Floats) -> float:
    """The largest gap between the values' distribution function and the fitted one."""
    model = distribution.quantile(_grid(1_000))
    both = np.concatenate([values, model])
    of_values = np.searchsorted(values, both, "right") / len(values)
    of_model = np.searchsorted(model, both, "right") / len(model)
    return float(np.abs(of_values - of_model).max())


def _is_sound(candidate: Candidate, values: Floats) -> bool:
    """Whether a family has about the mean of the values; a long tail may have any."""
    mean = candidate.distribution.mean
    return bool(abs(mean - values.mean()) <= _OTHER_MEAN * values.mean())


def _p_value(candidate: Candidate, values: Floats) -> float:
    """Return the share of samples of the fitted family that lie as far off when fitted."""
    kept = values[:: max(1, len(values) // _MOST_TESTED)]
    again, random = AGAIN[candidate.family], np.random.default_rng(len(values))
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
