"""Confidence intervals: for means, proportions, quantiles and ratios.

Where a sample is too small for an honest interval the answer is None, never a guess.
Computed with ``scipy.special``: importing ``scipy.stats`` would cost each worker process half
a second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the interval that covers the truth with the given confidence."""

    estimate: float
    low: float
    high: float
    n: int
    confidence: float = 0.95

    @property
    def half_width(self) -> float:
        """Half the width; the distance to both ends where the interval is symmetric."""
        return (self.high - self.low) / 2


def mean_interval(sample: ArrayLike, *, confidence: float = 0.95) -> Interval | None:
    """Student-t interval for the mean of independent values; None for fewer than two.

    Source: Law, Simulation Modeling and Analysis (2015), section 4.5.
    """
    values = _checked(sample, confidence)
    if values.size < 2:
        return None
    standard_error = float(values.std(ddof=1)) / math.sqrt(values.size)
    half_width = t_quantile(values.size - 1, confidence) * standard_error
    return _around(float(values.mean()), half_width, values.size, confidence)


def proportion_interval(successes: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Wilson score interval for a share; None without any trial.

    Source: Wilson, JASA 22 (1927), 209; keeps its coverage near 0 and 1, where Wald fails.
    """
    ensure_confidence(confidence)
    if not 0 <= successes <= n:
        raise ValueError(f"need 0 <= successes <= n; got {successes} of {n}")
    if n == 0:
        return None
    z = float(special.ndtri((1 + confidence) / 2))
    share = successes / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half_width = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    # rounding must not push a bound past the certain ends
    low = 0.0 if successes == 0 else centre - half_width
    high = 1.0 if successes == n else centre + half_width
    return Interval(share, low, high, n, confidence)


def quantile_interval(
    sample: ArrayLike, share: float, *, confidence: float = 0.95
) -> Interval | None:
    """Interval for a quantile between two order statistics, for any distribution.

    None where the sample is too small to hold both bounds: the 90th percentile at 95 %
    confidence takes 36 values. Conservative: covers with at least the confidence asked for.

    Source: Conover, Practical Nonparametric Statistics (1999), section 3.2.
    """
    values = np.sort(_checked(sample, confidence))
    _ensure_share(share)
    tail = (1 - confidence) / 2
    at_most = special.bdtr(np.arange(values.size + 1), values.size, share)
    low_rank = int(np.searchsorted(at_most, tail)) - 1
    high_rank = int(np.searchsorted(at_most, 1 - tail))
    if values.size == 0 or low_rank < 0 or high_rank >= values.size:
        return None
    estimate = float(np.quantile(values, share))
    return Interval(
        estimate, float(values[low_rank]), float(values[high_rank]), values.size, confidence
    )


def ratio_interval(
    numerators: ArrayLike, denominators: ArrayLike, *, confidence: float = 0.95
) -> Interval | None:
    """Jackknife interval for Σ numerators ÷ Σ denominators over independent pairs.

    None for fewer than two pairs or where leaving one pair out leaves nothing to divide by.

    Source: Efron, The Jackknife, the Bootstrap and Other Resampling Plans (1982), chapter 3.
    """
    above, below = _checked(numerators, confidence), _checked(denominators, confidence)
    if above.shape != below.shape:
        raise ValueError(f"need pairs; got {above.size} and {below.size} values")
    left_out = below.sum() - below
    if above.size < 2 or np.any(left_out == 0) or below.sum() == 0:
        return None
    replicates = (above.sum() - above) / left_out
    return _jackknifed(float(above.sum() / below.sum()), replicates, confidence)


def grouped_quantile_interval(
    sample: ArrayLike, groups: ArrayLike, share: float, *, confidence: float = 0.95
) -> Interval | None:
    """Jackknife interval for a quantile of values that depend on each other within groups.

    Leaves out one group at a time. ``groups`` are integers, one per value. None for fewer
    than two groups. The groups should hold several values each: for single values the
    jackknife of a quantile is not consistent, and ``quantile_interval`` is exact.

    Source: Shao and Tu, The Jackknife and Bootstrap (1995), section 2.3.
    """
    values, group = _checked(sample, confidence), np.asarray(groups)
    _ensure_share(share)
    if values.shape != group.shape:
        raise ValueError(f"need a group per value; got {values.size} and {group.size}")
    names = np.unique(group)
    if names.size < 2:
        return None
    order = np.argsort(values, kind="stable")
    values, group = values[order], group[order]
    replicates = np.array([_sorted_quantile(values[group != name], share) for name in names])
    return _jackknifed(_sorted_quantile(values, share), replicates, confidence)


def t_quantile(degrees: int, confidence: float) -> float:
    """Return the half-width of a central Student-t interval in standard errors."""
    return float(special.stdtrit(degrees, (1 + confidence) / 2))


def ensure_confidence(confidence: float) -> None:
    """Refuse a confidence in per cent, or one that nobody can have."""
    if not 0 < confidence < 1:
        raise ValueError(f"need a confidence between 0 and 1, such as 0.95; got {confidence}")


def _jackknifed(estimate: float, replicates: NDArray[np.float64], confidence: float) -> Interval:
    """Put an interval around an estimate, from the estimates that leave one part out each."""
    n = replicates.size
    spread = float(np.square(replicates - replicates.mean()).sum())
    standard_error = math.sqrt((n - 1) / n * spread)
    return _around(estimate, t_quantile(n - 1, confidence) * standard_error, n, confidence)


def _sorted_quantile(values: NDArray[np.float64], share: float) -> float:
    """Interpolate between order statistics as ``np.quantile`` does, without sorting again."""
    place = share * (values.size - 1)
    below = int(place)
    above = min(below + 1, values.size - 1)
    return float(values[below] + (place - below) * (values[above] - values[below]))


def _ensure_share(share: float) -> None:
    if not 0 < share < 1:
        raise ValueError(f"need a share between 0 and 1; got {share}")


def _around(estimate: float, half_width: float, n: int, confidence: float) -> Interval:
    return Interval(estimate, estimate - half_width, estimate + half_width, n, confidence)


def _checked(sample: ArrayLike, confidence: float) -> NDArray[np.float64]:
    ensure_confidence(confidence)
    values = np.asarray(sample, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError(f"need a flat sample of finite values; got shape {values.shape}")
    return values
