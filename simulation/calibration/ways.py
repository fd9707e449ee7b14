"""Which of several ways a case went, where the log fits more than one.

A model may reach the same activities by different decisions: solved, but opened again, or not
solved at first. The shares of ways are then those under which the whole log is most likely, by
expectation maximisation (Dempster, Laird, Rubin 1977): each case counts for its ways by how
likely they are under the shares so far.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulation.calibration.alignment import Alignment

    Ways = tuple[Alignment, ...]  # that explain the same cases
    Outcome = tuple[str, tuple[str, ...]]  # gateway, flows that it chose

_ROUNDS = 50
_SMALL = 1e-9
_STILL = 1e-6


def choices(alignment: Alignment) -> tuple[Outcome, ...]:
    """Return the decisions of a way."""
    return tuple((s.move.node_id, s.move.chosen) for s in alignment.steps if s.move.chosen)


def weights(variants: Mapping[Ways, int]) -> dict[Ways, list[float]]:
    """Return, for each group of ways that explain the same cases, how likely each way is."""
    taken = {ways: [choices(way) for way in ways] for ways in variants}
    found = {ways: [1 / len(ways)] * len(ways) for ways in variants}
    if all(len(ways) == 1 for ways in variants):
        return found
    for _ in range(_ROUNDS):
        shares = _shares(variants, taken, found)
        change = 0.0
        for ways, of_ways in taken.items():
            if len(ways) > 1:
                likely = _likely(of_ways, shares)
                change = max(
                    change, *(abs(a - b) for a, b in zip(likely, found[ways], strict=True))
                )
                found[ways] = likely
        if change < _STILL:
            break
    return found


def _shares(
    variants: Mapping[Ways, int],
    taken: Mapping[Ways, Sequence[Sequence[Outcome]]],
    found: Mapping[Ways, Sequence[float]],
) -> dict[Outcome, float]:
    """Return the share of each outcome among those of its gateway."""
    counts: Counter[Outcome] = Counter()
    totals: dict[str, float] = defaultdict(float)
    for ways, cases in variants.items():
        for outcomes, weight in zip(taken[ways], found[ways], strict=True):
            for outcome in outcomes:
                counts[outcome] += cases * weight  # type: ignore[assignment] # parts of cases
                totals[outcome[0]] += cases * weight
    return {o: n / totals[o[0]] for o, n in counts.items() if totals[o[0]] > 0}


def _likely(of_ways: Sequence[Sequence[Outcome]], shares: Mapping[Outcome, float]) -> list[float]:
    logs = [sum(math.log(max(shares.get(o, 0), _SMALL)) for o in outcomes) for outcomes in of_ways]
    most = max(logs)
    parts = [math.exp(value - most) for value in logs]
    return [part / sum(parts) for part in parts]
