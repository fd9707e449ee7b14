"""The momentary bottleneck: which pool has been fully busy for longest at each moment.

Source: Roser, Nakano, Tanaka, "Comparison of bottleneck detection methods for AGV systems",
WSC 2003; a pool counts as active while none of its units is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.holds import Holds
    from simulation.run_record import SimulatedRun

    Ints = NDArray[np.int64]


def active_period_shares(run: SimulatedRun, held: Holds) -> dict[str, float]:
    """Return the share of the window in which each pool is the momentary bottleneck."""
    begin, end = run.net.warm_up, run.horizon
    if end <= begin:
        return {}
    spans = [_full_spans(run, held, pool, begin, end) for pool in range(len(run.net.pools))]
    edges = np.unique(np.concatenate([np.array([begin, end]), *(s.ravel() for s in spans)]))
    lengths = np.array([_length_at(pool_spans, edges[:-1]) for pool_spans in spans])
    if not lengths.size:
        return {}
    leader = lengths.argmax(axis=0)
    busy = lengths.max(axis=0) > 0
    pieces = np.diff(edges)
    return {
        plan.role: float(pieces[busy & (leader == pool)].sum() / (end - begin))
        for pool, plan in enumerate(run.net.pools)
    }


def _full_spans(run: SimulatedRun, held: Holds, pool: int, begin: int, end: int) -> Ints:
    """Return the periods in which every unit of a pool holds a task, as rows (begin, end)."""
    mine = held.pool == pool
    taken, left = held.begin[mine], held.end[mine]
    times = np.clip(np.concatenate([taken, left]), begin, end)
    steps = np.concatenate([np.ones(taken.size, np.int64), -np.ones(left.size, np.int64)])
    moments, place = np.unique(times, return_inverse=True)
    bound = np.cumsum(np.bincount(place, weights=steps, minlength=moments.size))
    full = np.concatenate([[False], bound >= run.net.pools[pool].units, [False]])
    rises = np.flatnonzero(~full[:-1] & full[1:])
    falls = np.flatnonzero(full[:-1] & ~full[1:])
    bounded = np.append(moments, end)
    return np.column_stack([bounded[rises], bounded[falls]]).astype(np.int64)


def _length_at(spans: Ints, moments: Ints) -> Ints:
    """Return the length of the span that covers each moment; 0 where none does."""
    if not len(spans):
        return np.zeros(len(moments), dtype=np.int64)
    place = np.searchsorted(spans[:, 0], moments, side="right") - 1
    inside = (place >= 0) & (moments < spans[place, 1])
    return np.where(inside, spans[place, 1] - spans[place, 0], 0)
