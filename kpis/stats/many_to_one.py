"""Several alternatives against one baseline, all intervals right at the same time.

Replications share their random numbers across *all* systems, so that the differences to the
baseline are correlated; the correlation is estimated from the same replications and used.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from kpis.stats.comparison import PairedDifference, t_p_value
from kpis.stats.intervals import ensure_confidence, t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_DRAWS = 20_000  # the 95 % point is then known within one percent
_SEED = 20_260_302


def many_to_one(
    baseline: ArrayLike, alternatives: ArrayLike, *, confidence: float = 0.95
) -> list[PairedDifference] | None:
    """Compare every alternative (a row each) with the baseline, replication by replication.

    The half-widths use the point that the largest of the |t| exceeds with probability
    1 - confidence; p-values are those of the largest |t|, resolved to 1 in 20,000. A
    replication in which any system has no value (NaN) is left out; None if fewer than two
    remain.

    Source: Dunnett, JASA 50 (1955), 1096, with the estimated correlation of paired
    differences; Hothorn, Bretz and Westfall, Biometrical Journal 50 (2008), 346.
    """
    before = np.asarray(baseline, dtype=np.float64)
    after = np.atleast_2d(np.asarray(alternatives, dtype=np.float64))
    ensure_confidence(confidence)
    if before.ndim != 1 or after.shape[1:] != before.shape:
        raise ValueError(f"need a row per alternative; got shapes {before.shape}, {after.shape}")
    differences = after - before
    differences = differences[:, ~np.isnan(differences).any(axis=0)]
    n = differences.shape[1]
    if n < 2:
        return None
    means = differences.mean(axis=1)
    errors = differences.std(axis=1, ddof=1) / math.sqrt(n)
    largest = _largest_t(differences - means[:, None], errors)
    point = float(np.quantile(largest, confidence)) if largest.size else 0.0
    point = max(point, t_quantile(n - 1, confidence))
    return [
        PairedDifference(
            difference=difference,
            half_width=point * error,
            p_value=_p_value(difference, error, largest, n),
            n=n,
            confidence=confidence,
        )
        for difference, error in zip(means.tolist(), errors.tolist(), strict=True)
    ]


def _largest_t(centred: NDArray[np.float64], errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return draws of the largest |t| of the alternatives that vary, sorted."""
    varies = errors > 0
    if not varies.any():
        return np.empty(0)
    n = centred.shape[1]
    scaled = centred[varies] / (errors[varies, None] * math.sqrt(n * (n - 1)))
    # rows of unit length: their scalar products are the correlations of the differences
    basis = np.linalg.qr(scaled.T).R.T if len(scaled) < n else scaled
    normals, chi = _draws(basis.shape[1], n - 1)
    largest = np.abs(normals @ basis.T).max(axis=1) / chi
    return np.asarray(np.sort(largest))


@lru_cache(maxsize=8)
def _draws(size: int, degrees: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return standard normals (draws x size) and √(χ²/degrees) of as many draws."""
    generator = np.random.default_rng(_SEED)
    chi = np.sqrt(generator.chisquare(degrees, _DRAWS) / degrees)
    return generator.standard_normal((_DRAWS, size)), chi


def _p_value(difference: float, error: float, largest: NDArray[np.float64], n: int) -> float:
    alone = t_p_value(difference, error, n - 1)
    if error == 0:
        return alone
    t = abs(difference) / error
    # draws say nothing below 1 in their number; the single test bounds the answer there
    return max(float(largest.size - np.searchsorted(largest, t)) / largest.size, alone)
