"""Is the alternative better? Paired comparison on common random numbers, and its verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from kpis.catalogue import Direction
from kpis.stats.intervals import ensure_confidence, t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Verdict(StrEnum):
    """What can be said about an alternative in one KPI."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The mean of TO-BE − AS-IS over replications that share their random numbers.

    Where it is one of several (``many_to_one``), all intervals hold together with the
    confidence, and so do the p-values.
    """

    difference: float
    half_width: float
    p_value: float
    n: int
    confidence: float = 0.95

    @property
    def low(self) -> float:
        """The lower end of the interval of the difference."""
        return self.difference - self.half_width

    @property
    def high(self) -> float:
        """The upper end of the interval of the difference."""
        return self.difference + self.half_width


def paired(
    as_is: ArrayLike, to_be: ArrayLike, *, confidence: float = 0.95
) -> PairedDifference | None:
    """Compare replication by replication with the paired t test (two-sided).

    Pairs in which a value is NaN (nothing was measured) are left out; None if fewer than two
    remain.

    Source: Student, Biometrika 6 (1908), 1; Law (2015), section 10.2.1.
    """
    ensure_confidence(confidence)
    before, after = np.asarray(as_is, dtype=np.float64), np.asarray(to_be, dtype=np.float64)
    if before.ndim != 1 or before.shape != after.shape:
        raise ValueError(f"need pairs of replications; got shapes {before.shape}, {after.shape}")
    differences = after - before
    differences = differences[~np.isnan(differences)]
    n = differences.size
    if n < 2:
        return None
    difference = float(differences.mean())
    standard_error = float(differences.std(ddof=1)) / math.sqrt(n)
    return PairedDifference(
        difference=difference,
        half_width=t_quantile(n - 1, confidence) * standard_error,
        p_value=t_p_value(difference, standard_error, n - 1),
        n=n,
        confidence=confidence,
    )


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values so that the chance of any false alarm among them stays at the level.

    NaN (no test was possible) stays NaN and does not count as a test.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979), 65.
    """
    given = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(given.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    if np.any((given[tested] < 0) | (given[tested] > 1)):
        raise ValueError("a p-value lies between 0 and 1")
    order = tested[np.argsort(given[tested], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * given[order]), 1.0)
    return adjusted


def verdict(
    direction: Direction, difference: float, p_value: float, *, confidence: float = 0.95
) -> Verdict:
    """Say what a difference means, given its (adjusted) p-value.

    A KPI that is best inside a band is neither better nor worse for having moved.
    """
    is_significant = p_value < 1 - confidence  # false for NaN: no test, no claim
    if direction is Direction.BAND or not is_significant or difference == 0:
        return Verdict.UNCLEAR
    is_lower_better = direction is Direction.LOWER
    return Verdict.BETTER if (difference < 0) == is_lower_better else Verdict.WORSE


def t_p_value(difference: float, standard_error: float, degrees: int) -> float:
    """Return the two-sided p-value of Student's t test that a difference is 0."""
    if standard_error == 0:
        # all pairs differ by the same amount: certain, if by anything at all
        return 1.0 if difference == 0 else 0.0
    return float(2 * special.stdtr(degrees, -abs(difference) / standard_error))
