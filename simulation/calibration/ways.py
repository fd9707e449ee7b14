"""Which of several ways a case went, where the log fits more than one.

A model may reach the same activities by different decisions: solved, but opened again, or not
solved at first. The shares of ways are then those under which the whole log is most likely, by
expectation maximisation (Dempster, Laird, Rubin 1977): each case counts for its ways by how
likely they are under the shares so far. A decision that may have been another tells less than one
that is sure: how much less follows from the scores of the cases (observed information).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulation.calibration.alignment import Alignment

    Ways = tuple[Alignment, ...]  # that explain the same cases
    Outcome = tuple[str, tuple[str, ...]]  # gateway, flows that it chose

_ROUNDS = 50
_SMALL = 1e-9
_STILL = 1e-6
_RARE = 1e-6  # share of an outcome that nothing can be said of


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


def worth(
    variants: Mapping[Ways, int], likely: Mapping[Ways, Sequence[float]]
) -> dict[tuple[str, str], float]:
    """Return what part of a sure decision one is worth, by gateway and flow; left out: all."""
    taken = {ways: [choices(way) for way in ways] for ways in variants}
    doubtful = {o[0] for ways, of in taken.items() if len(ways) > 1 for way in of for o in way}
    if not doubtful:
        return {}
    shares = _shares(variants, taken, likely)
    every = {o: s for o, s in shares.items() if o[0] in doubtful and s > _RARE}
    last = {outcome[0]: outcome for outcome in sorted(every)}
    free = [outcome for outcome in sorted(every) if last[outcome[0]] != outcome]
    information = np.zeros((len(free), len(free)))
    visits: Counter[str] = Counter()
    for ways, cases in variants.items():
        told: Counter[Outcome] = Counter()
        for outcomes, weight in zip(taken[ways], likely[ways], strict=True):
            for outcome in outcomes:
                told[outcome] += weight  # type: ignore[assignment] # parts of cases
                visits[outcome[0]] += cases * weight  # type: ignore[assignment]
        parts = {o: told[o] / share for o, share in every.items()}
        score = np.array([parts[o] - parts[last[o[0]]] for o in free])
        information += cases * np.outer(score, score)
    variance = np.linalg.pinv(information)
    found = {}
    for gateway, flow in {(o[0], flow) for o in every for flow in o[1]}:
        share = sum(s for o, s in every.items() if o[0] == gateway and flow in o[1])
        side = np.array([_side(o, last[o[0]], gateway, flow) for o in free])
        seen = float(side @ variance @ side)
        sure = share * (1 - share) / visits[gateway]
        found[gateway, flow] = min(1.0, sure / seen) if seen > 0 else 1.0
    return found


def _side(outcome: Outcome, last: Outcome, gateway: str, flow: str) -> float:
    """Return how the share of a flow grows with that of an outcome, at the cost of the last."""
    return float(flow in outcome[1]) - float(flow in last[1]) if outcome[0] == gateway else 0.0


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
