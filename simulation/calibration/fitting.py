"""Which distribution values follow, how well, and how sure its mean is.

Families are fitted by maximum likelihood and compared by BIC. The one chosen is tested by
Kolmogorov–Smirnov with a parametric bootstrap (Stute, Manteiga, Quindimil 1993), because its
parameters come from the same values. One that fails, and by more than a trifle, gives way to
the histogram of the values; what is always the same is a constant. The same bootstrap tells how
sure the spread is; that of a histogram by the kurtosis of its values (Bonett 2006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import special, stats

from simulation.calibration.estimates import CONFIDENCE, Estimate, mean_of, normal_width
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
    spread,
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
_UNSURE = 1 + 1 / math.sqrt(2 * (_BOOTSTRAP - 1))  # so few samples may show too little spread
_SURE = 1 / (_BOOTSTRAP + 1)  # farther off than every sample of the family
_TRIFLE = 0.03  # of the mean: a distance nobody will notice
_FEW = 20
_OTHER_MEAN = 0.25


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
    sd: Estimate  # of the fitted distribution, in seconds

    @property
    def is_thin(self) -> bool:
        """Whether it rests on few values."""
        return self.n < _FEW


def fit(values: Floats, confidence: float = CONFIDENCE) -> Fit:
    """Fit a distribution to values that are not negative, with intervals for mean and spread."""
    values = np.sort(values[np.isfinite(values)].clip(0))
    if not len(values):
        raise ValueError("there is nothing to fit")
    if values[0] <= 0 < values[-1] and (values <= 0).mean() < _RARE_ZEROS:
        values = np.maximum(values, values[values > 0].min())
    common, share = _most_common(values)
    if share >= _SAME_SHARE or len(values) == 1:
        return _described(constant(common), values, confidence)
    if len(values) < 5 or values[-1] <= 0:
        return _described(empirical(values), values, confidence)
    if share > LUMP_SHARE or values[0] <= 0:
        return _described(lumped(values, share), values, confidence)
    price = math.log(len(values))
    sound = [c for c in candidates(values) if _is_sound(c, values)]
    if not sound:
        return _described(histogram(values), values, confidence)
    best = min(sound, key=lambda c: price * c.parameters - 2 * c.log_likelihood)
    tested = _tested(best, values)
    trifle = max(_TRIFLE * values.mean(), values.std() / math.sqrt(len(values)))
    if tested.p_value <= _SURE and _distance(best, values) > trifle and len(values) >= 50:
        return _described(histogram(values), values, confidence)
    return _described(best, values, confidence, tested)


def scaled(spec: Any, factor: float) -> Any:
    """Return a written distribution with every duration so many times as long."""
    if isinstance(spec, dict):
        return {key: scaled(value, factor) for key, value in spec.items()}
    if isinstance(spec, list):
        return [scaled(value, factor) for value in spec]
    return seconds(duration_s(spec) * factor) if isinstance(spec, str) else spec


class _Tested(NamedTuple):
    """What a bootstrap tells of a fitted family."""

    p_value: float
    log_sd_error: float  # of the standard deviation, as a share
    log_sd_bias: float


def _described(
    candidate: Candidate, values: Floats, confidence: float, tested: _Tested | None = None
) -> Fit:
    n, mean = len(values), mean_of(values, confidence)
    return Fit(
        family=candidate.family,
        spec=candidate.spec,
        distribution=candidate.distribution,
        n=n,
        mean_s=mean.value,
        mean_low_s=mean.low,
        mean_high_s=mean.high,
        ks=_ks(candidate.distribution, values),
        p_value=float("nan") if tested is None else tested.p_value,
        distance_share=_distance(candidate, values) / mean.value if mean.value > 0 else 0.0,
        sd=spread_of(candidate, values, confidence, tested),
    )


def spread_of(
    candidate: Candidate,
    values: Floats,
    confidence: float = CONFIDENCE,
    tested: _Tested | None = None,
) -> Estimate:
    """Return the standard deviation; its logarithm has the more symmetric interval."""
    if tested is None and candidate.family in AGAIN:
        tested = _tested(candidate, values)
    if candidate.family == "constant":
        return Estimate(0.0, 0.0, 0.0)
    if tested is None:
        return _bonett(values, confidence)
    sd = spread(candidate.distribution)
    half = float(special.stdtrit(_BOOTSTRAP - 1, (1 + confidence) / 2)) * tested.log_sd_error
    low, high = (sd * math.exp(-tested.log_sd_bias + side * half) for side in (-1, 1))
    return Estimate(sd, min(sd, low), max(sd, high))


def _bonett(values: Floats, confidence: float) -> Estimate:
    """Return the standard deviation of any values (Bonett 2006)."""
    n, sd = len(values), float(values.std(ddof=1)) if len(values) > 1 else 0.0
    if n < 5 or sd <= 0:
        return Estimate(sd, 0.0, math.inf if sd > 0 else 0.0)
    centre = stats.trim_mean(values, 1 / (2 * math.sqrt(n - 4))) if n > 5 else values.mean()
    fourth = float(((values - centre) ** 4).sum())
    kurtosis = n * fourth / float(((values - values.mean()) ** 2).sum()) ** 2
    z = normal_width(confidence)
    small = n / (n - z) if n > z + 1 else n
    half = z * small * math.sqrt(max(kurtosis - (n - 3) / n, 0.0) / (n - 1))
    low, high = (sd * math.exp((math.log(small) + side * half) / 2) for side in (-1, 1))
    return Estimate(sd, min(sd, low), max(sd, high))


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
    upto, below = (np.searchsorted(model, values, side) / len(model) for side in ("right", "left"))
    steps = np.arange(len(values) + 1) / len(values)
    is_last = np.append(values[1:] > values[:-1], True)  # of values alike
    is_first = np.append(True, is_last[:-1])
    above = np.abs(steps[1:] - upto)[is_last].max()
    return float(max(above, np.abs(steps[:-1] - below)[is_first].max()))


def _is_sound(candidate: Candidate, values: Floats) -> bool:
    """Whether a family has about the mean of the values; a long tail may have any."""
    mean = candidate.distribution.mean
    return bool(abs(mean - values.mean()) <= _OTHER_MEAN * values.mean())


def _tested(candidate: Candidate, values: Floats) -> _Tested:
    """Fit the family to samples of itself: how many lie as far off, and how the spread varies."""
    kept = values[:: max(1, len(values) // _MOST_TESTED)]
    again, random = AGAIN[candidate.family], np.random.default_rng(len(values))
    seen = _ks(again(kept).distribution, kept)
    worse, logs = 1, []
    for _ in range(_BOOTSTRAP):
        sample = np.sort(candidate.distribution.quantile(random.uniform(size=len(kept))))
        fitted = again(np.maximum(sample, 1e-9)).distribution
        worse += _ks(fitted, sample) >= seen
        logs.append(math.log(max(spread(fitted), 1e-12)))
    part = len(kept) / len(values)
    error = float(np.std(logs, ddof=1)) * math.sqrt(part) * _UNSURE
    bias = (float(np.mean(logs)) - math.log(spread(candidate.distribution))) * part
    return _Tested(worse / (_BOOTSTRAP + 1), error, bias)


def _distance(candidate: Candidate, values: Floats) -> float:
    model = candidate.distribution.quantile(_grid(min(2_000, max(200, len(values)))))
    return float(stats.wasserstein_distance(values, model))
