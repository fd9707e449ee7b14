"""Which of several systems is best? The fully sequential procedure of Kim and Nelson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kpis.stats.intervals import ensure_confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Observe(Protocol):
    """Gives the values of some systems in some replications."""

    def __call__(self, systems: Sequence[int], replications: range) -> NDArray[np.float64]:
        """Return a row per system, a column per replication; smaller is better."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """The system that was found best, and when each other one was given up.

    With the confidence asked for, no system is better than ``best`` by more than the
    indifference. ``is_decided`` is false if the replications ran out before; then several
    ``remaining`` systems cannot be told apart yet and ``best`` has the smallest mean of them.
    """

    best: int
    remaining: tuple[int, ...]
    given_up: dict[int, int]  # system -> replications it took
    means: tuple[float, ...]  # over the replications that each system got
    replications: int

    @property
    def is_decided(self) -> bool:
        """Whether one system remained."""
        return len(self.remaining) == 1


@dataclass(frozen=True, slots=True)
class Rule:
    """How sure the choice must be, and when it is given up."""

    indifference: float  # a difference that nobody would care about, in the unit of the values
    confidence: float = 0.95
    first: int = 10  # replications of every system before any is given up
    most: int = 1_000
    step: int = 4  # replications asked for at a time; the outcome does not depend on it

    def __post_init__(self) -> None:
        if not self.indifference > 0:
            raise ValueError(f"need an indifference above 0; got {self.indifference}")
        ensure_confidence(self.confidence)
        if not (2 <= self.first <= self.most and self.step >= 1):
            raise ValueError("need 2 <= first <= most, and a step of at least 1")


def select_best(observe: Observe, systems: int, rule: Rule) -> Selection:
    """Find the system with the smallest mean, giving up the others as soon as they are beaten.

    Valid with common random numbers, which make it the quicker. Values must be finite.

    Source: Kim and Nelson, ACM TOMACS 11 (2001), 251 (procedure KN, c = 1).
    """
    if systems < 1:
        raise ValueError("need at least one system")
    values = np.full((systems, rule.most), np.nan)
    values[:, : rule.first] = _finite(observe(range(systems), range(rule.first)))
    limit = _limit(values[:, : rule.first], rule)
    remaining, given_up = list(range(systems)), dict[int, int]()
    count = known = rule.first
    while True:
        means = values[remaining, :count].mean(axis=1)
        lead = np.maximum(0.0, limit[np.ix_(remaining, remaining)] / count - rule.indifference / 2)
        beaten = (means[:, None] > means[None, :] + lead).any(axis=1)
        given_up.update({remaining[i]: count for i in np.flatnonzero(beaten)})
        remaining = [system for i, system in enumerate(remaining) if not beaten[i]]
        if len(remaining) == 1 or count == rule.most:
            break
        if count == known:
            known = min(known + rule.step, rule.most)
            values[remaining, count:known] = _finite(observe(remaining, range(count, known)))
        count += 1
    used = [given_up.get(system, count) for system in range(systems)]
    every = tuple(float(values[i, :n].mean()) for i, n in enumerate(used))
    best = min(remaining, key=lambda system: every[system])
    return Selection(best, tuple(remaining), given_up, every, count)


def _limit(first: NDArray[np.float64], rule: Rule) -> NDArray[np.float64]:
    """Return h²S²/2δ of each pair: the lead a system needs is this ÷ replications - δ/2."""
    systems, n = first.shape
    if systems == 1:
        return np.zeros((1, 1))
    eta = ((2 * (1 - rule.confidence) / (systems - 1)) ** (-2 / (n - 1)) - 1) / 2
    variances = np.var(first[:, None, :] - first[None, :, :], axis=2, ddof=1)
    return np.asarray(2 * eta * (n - 1) * variances / (2 * rule.indifference))


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if not np.isfinite(values).all():
        raise ValueError("a system has no value in a replication; nothing can be selected")
    return values
