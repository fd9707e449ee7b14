"""Probability distributions, each by its natural parameters, drawn by inverse transform.

One uniform number in (0, 1) gives one value, so that common random numbers stay common when
a parameter changes. Values are seconds, or plain numbers for case attributes. No randomness
lives here: see ``simulation.streams``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SMALLEST_U = 2.0**-54
_LARGEST_U = 1.0 - 2.0**-53


class Distribution(Protocol):
    """A random variable with a finite mean."""

    def quantile(self, u: Floats) -> Floats:
        """Return the values that belong to uniform numbers in (0, 1)."""
        ...

    @property
    def mean(self) -> float:
        """Return the expected value."""
        ...


@dataclass(frozen=True)
class Constant:
    """Always the same value."""

    value: float

    def quantile(self, u: Floats) -> Floats:
        """Return the value, once per uniform number."""
        return np.full(u.shape, self.value)

    @property
    def mean(self) -> float:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class Exponential:
    """Memoryless; by its mean."""

    mean: float

    def quantile(self, u: Floats) -> Floats:
        """Invert 1 − exp(−x / mean)."""
        return np.asarray(-self.mean * np.log1p(-u))


@dataclass(frozen=True)
class Normal:
    """By mean and sd; with ``floor`` a value below it is redrawn (a truncated normal)."""

    location: float
    sd: float
    floor: float | None = None

    @cached_property
    def _below(self) -> float:
        if self.floor is None or self.sd == 0:
            return 0.0
        return float(special.ndtr((self.floor - self.location) / self.sd))

    def quantile(self, u: Floats) -> Floats:
        """Invert the distribution above the floor."""
        kept = np.clip(self._below + u * (1.0 - self._below), _SMALLEST_U, _LARGEST_U)
        return np.asarray(self.location + self.sd * special.ndtri(kept))

    @property
    def mean(self) -> float:
        """Return the mean that results after redrawing (Johnson, Kotz 1970, §13.7)."""
        if self.floor is None or self.sd == 0:
            return self.location
        z = (self.floor - self.location) / self.sd
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return self.location + self.sd * density / (1.0 - self._below)


@dataclass(frozen=True)
class LogNormal:
    """By mean and sd of the variable itself, not of its logarithm."""

    mean: float
    sd: float

    @cached_property
    def sigma(self) -> float:
        """Return the sd of the logarithm."""
        return math.sqrt(math.log1p((self.sd / self.mean) ** 2))

    def quantile(self, u: Floats) -> Floats:
        """Exponentiate the normal quantile."""
        location = math.log(self.mean) - self.sigma**2 / 2
        return np.asarray(np.exp(location + self.sigma * special.ndtri(u)))


@dataclass(frozen=True)
class Triangular:
    """From min to max with the mode between."""

    min: float
    mode: float
    max: float

    def quantile(self, u: Floats) -> Floats:
        """Invert the two parabolas."""
        width = self.max - self.min
        rising = self.mode - self.min
        low = self.min + np.sqrt(u * width * rising)
        high = self.max - np.sqrt((1.0 - u) * width * (width - rising))
        return np.asarray(np.where(u * width < rising, low, high))

    @property
    def mean(self) -> float:
        """Return the mean of the three corners."""
        return (self.min + self.mode + self.max) / 3


@dataclass(frozen=True)
class Uniform:
    """All values between min and max alike."""

    min: float
    max: float

    def quantile(self, u: Floats) -> Floats:
        """Stretch the uniform number."""
        return np.asarray(self.min + (self.max - self.min) * u)

    @property
    def mean(self) -> float:
        """Return the middle."""
        return (self.min + self.max) / 2


@dataclass(frozen=True)
class Gamma:
    """By mean and shape; an Erlang variable of k phases has shape k."""

    mean: float
    shape: float

    @classmethod
    def by_sd(cls, mean: float, sd: float) -> Gamma:
        """Return the gamma variable with this mean and standard deviation."""
        return cls(mean, (mean / sd) ** 2)

    def quantile(self, u: Floats) -> Floats:
        """Invert the regularised incomplete gamma function."""
        return np.asarray(special.gammaincinv(self.shape, u) * (self.mean / self.shape))


@dataclass(frozen=True)
class Weibull:
    """By shape and scale."""

    shape: float
    scale: float

    def quantile(self, u: Floats) -> Floats:
        """Invert 1 − exp(−(x / scale)^shape)."""
        return np.asarray(self.scale * (-np.log1p(-u)) ** (1.0 / self.shape))

    @property
    def mean(self) -> float:
        """Return scale · Γ(1 + 1 / shape)."""
        return self.scale * math.gamma(1 + 1 / self.shape)


@dataclass(frozen=True)
class Beta:
    """Between min and max, by mean and sd of the variable itself."""

    min: float
    max: float
    mean: float
    sd: float

    @cached_property
    def shapes(self) -> tuple[float, float]:
        """Return alpha and beta of the variable scaled to 0–1 (method of moments)."""
        width = self.max - self.min
        centre = (self.mean - self.min) / width
        spread = centre * (1 - centre) / (self.sd / width) ** 2 - 1
        return centre * spread, (1 - centre) * spread

    def quantile(self, u: Floats) -> Floats:
        """Invert the regularised incomplete beta function."""
        alpha, beta = self.shapes
        scaled = special.betaincinv(alpha, beta, u)
        return np.asarray(self.min + (self.max - self.min) * scaled)


@dataclass(frozen=True)
class Empirical:
    """One of the observed values, each equally likely."""

    values: tuple[float, ...]

    @cached_property
    def _sorted(self) -> Floats:
        return np.sort(np.asarray(self.values, dtype=np.float64))

    def quantile(self, u: Floats) -> Floats:
        """Pick from the sorted values."""
        position = np.minimum((u * len(self.values)).astype(np.int64), len(self.values) - 1)
        return np.asarray(self._sorted[position])

    @property
    def mean(self) -> float:
        """Return the mean of the observed values."""
        return math.fsum(self.values) / len(self.values)


@dataclass(frozen=True)
class Histogram:
    """Uniform within each bin; weight i belongs to the bin from edge i to edge i + 1."""

    edges: tuple[float, ...]
    weights: tuple[float, ...]

    def quantile(self, u: Floats) -> Floats:
        """Invert the piecewise linear distribution function."""
        shares = np.concatenate([[0.0], np.cumsum(self.weights)]) / math.fsum(self.weights)
        return np.asarray(np.interp(u, shares, self.edges))

    @property
    def mean(self) -> float:
        """Return the weighted mean of the middles."""
        bins = zip(self.edges, self.edges[1:], self.weights, strict=False)
        total = math.fsum(weight * (low + high) / 2 for low, high, weight in bins)
        return total / math.fsum(self.weights)


@dataclass(frozen=True)
class Mixture:
    """One of several distributions, chosen by weight."""

    weights: tuple[float, ...]
    components: tuple[Distribution, ...]

    def quantile(self, u: Floats) -> Floats:
        """Let the uniform number choose the component, then use what is left of it."""
        shares = np.asarray(self.weights) / math.fsum(self.weights)
        upper = np.cumsum(shares)
        chosen = np.minimum(np.searchsorted(upper, u, side="right"), len(shares) - 1)
        values = np.empty(u.shape)
        for k, component in enumerate(self.components):
            mine = chosen == k
            left = (u[mine] - (upper[k] - shares[k])) / shares[k] if shares[k] else u[mine]
            values[mine] = component.quantile(np.clip(left, _SMALLEST_U, _LARGEST_U))
        return values

    @property
    def mean(self) -> float:
        """Return the weighted mean of the components."""
        parts = zip(self.weights, self.components, strict=True)
        return math.fsum(w * part.mean for w, part in parts) / math.fsum(self.weights)
