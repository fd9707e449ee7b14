"""Estimates with intervals: of means, shares and rates, each at the confidence asked for.

Wilson's interval for shares takes any number of trials, because decisions that may have been
others count for less than one. Garwood's (1936) interval for rates is exact for Poisson counts,
never too short for others; where counts vary more than that, it is that of fewer events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special, stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE = 0.95
_NEARLY_NO_SPREAD = 1e-6


@dataclass(frozen=True, slots=True)
class Estimate:
    """A parameter and the interval that holds its true value with the confidence asked for."""

    value: float
    low: float
    high: float

    def document(self) -> dict[str, float]:
        """Return it as a page takes it."""
        return {"mean": self.value, "low": self.low, "high": self.high}


def mean_of(values: Floats, confidence: float = CONFIDENCE) -> Estimate:
    """Return a mean that is not negative with Student's interval; one value has none."""
    mean = float(values.mean())
    if len(values) < 2:
        return Estimate(mean, mean, mean)
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    half = float(special.stdtrit(len(values) - 1, (1 + confidence) / 2)) * error
    return Estimate(mean, max(0.0, mean - half), mean + half)


def share_of(share: float, trials: float, confidence: float = CONFIDENCE) -> Estimate:
    """Return a share with Wilson's interval; nothing is known without a trial."""
    if trials <= 0:
        return Estimate(share, 0.0, 1.0)
    z = normal_width(confidence)
    scale = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / scale
    low = 0.0 if share <= 0 else min(share, max(0.0, centre - half))
    high = 1.0 if share >= 1 else max(share, min(1.0, centre + half))
    return Estimate(share, float(low), float(high))


def rate_of(
    count: Floats, exposure: Floats, confidence: float = CONFIDENCE, dispersion: float = 1.0
) -> tuple[Floats, Floats, Floats]:
    """Return rates and the ends of Garwood's interval; ``dispersion`` is variance by mean."""
    spread = max(dispersion, _NEARLY_NO_SPREAD)
    events, seen = count / spread, np.maximum(exposure, 1e-12)
    tail = (1 - confidence) / 2
    low = np.where(events > 0, stats.chi2.ppf(tail, 2 * np.maximum(events, 1e-9)) / 2, 0.0)
    high = stats.chi2.isf(tail, 2 * events + 2) / 2
    return count / seen, low * spread / seen, high * spread / seen


def normal_width(confidence: float) -> float:
    """Return the half-width of a central normal interval in standard errors."""
    return float(special.ndtri((1 + confidence) / 2))
