"""People's means drawn together, with intervals that know how little a few people tell.

Partial pooling: each person's mean (its logarithm, as slower people vary more) is drawn from a
normal distribution over people. How much people differ is itself uncertain, above all with three
of them; so it is integrated out (Gelman 2006: half-Cauchy prior for the spread among people)
instead of being taken for known. The interval of a person holds what pooling says and what
their own tasks say, so that it is true of somebody unlike all others, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_PRIOR_SCALE = 0.5  # of the logarithm: people often differ by a factor of up to 1.6
_GRID = 5.0 * np.linspace(0.01, 1, 60) ** 2
_HALVINGS = 36


class Pooled(NamedTuple):
    """Means of people, drawn together, with intervals."""

    mean: Floats
    low: Floats
    high: Floats


def pooled(samples: Sequence[Floats], confidence: float) -> Pooled:
    """Draw the means of people together; every sample has two values or more."""
    n = np.array([len(sample) for sample in samples], dtype=np.float64)
    means = np.array([sample.mean() for sample in samples])
    scale = max(float(means.mean()), 1e-12)
    means = np.maximum(means, 1e-3 * scale)
    within = sum(
        float(((s / m - s.mean() / m) ** 2).sum()) for s, m in zip(samples, means, strict=True)
    ) / max(float(n.sum()) - len(n), 1)
    noise = np.maximum(within, 1e-9) / n  # of a logarithm, by the delta method
    centred = np.log(means) + noise / 2
    found = _posterior(centred, noise)
    tail = (1 - confidence) / 2
    mean, low, high = (found.quantile(u) for u in (0.5, tail, 1 - tail))
    own = special.stdtrit(n - 1, 1 - tail) * np.sqrt(noise)
    ends = np.minimum(low, centred - own), np.maximum(high, centred + own)
    return Pooled(np.exp(mean), *map(np.exp, ends))


class _Mixture(NamedTuple):
    """For each person a mixture of normal distributions, one for each spread among people."""

    weight: Floats  # by spread
    mean: Floats  # by spread and person
    sd: Floats

    def quantile(self, u: float) -> Floats:
        """Invert the distribution functions by halving."""
        low = (self.mean - 12 * self.sd).min(0)
        high = (self.mean + 12 * self.sd).max(0)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            below = self.weight @ special.ndtr((middle - self.mean) / self.sd)
            low, high = np.where(below < u, middle, low), np.where(below < u, high, middle)
        return np.asarray((low + high) / 2)


def _posterior(values: Floats, noise: Floats) -> _Mixture:
    between = _GRID[:, None] ** 2
    total = noise + between
    precision = (1 / total).sum(1)
    centre = (values / total).sum(1) / precision
    misfit = ((values - centre[:, None]) ** 2 / total).sum(1)
    density = -0.5 * (np.log(precision) + np.log(total).sum(1) + misfit)
    density += np.log(np.gradient(_GRID) / (1 + (_GRID / _PRIOR_SCALE) ** 2))
    weight = np.exp(density - density.max())
    pull = noise / total  # towards the centre
    mean = values + pull * (centre[:, None] - values)
    variance = noise * (1 - pull) + pull**2 / precision[:, None]
    return _Mixture(weight / weight.sum(), mean, np.sqrt(variance))
