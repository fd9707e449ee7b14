"""How long a visit waited while somebody who came later was served.

At every moment the one who came last of those who are served tells who is overtaken: all who
wait and came before. The sum over the wait is a sum over the stretches between begins and ends of
service, of those whose last-comer came after the one who waits: counted in a Fenwick tree, from
the latest comer to the earliest (Fenwick 1994).
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from simulation.spans import time_until

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Served:
    """Stretches of service, and when the visit that is served had come."""

    begin: Ints
    end: Ints
    came: Ints


def overtaken(served: Served, came: Ints, queued: Ints, begun: Ints, counted: Ints) -> Ints:
    """Return how long each wait, from ``queued`` to ``begun``, was spent being overtaken.

    Only moments in the spans ``counted`` count.
    """
    edges = np.unique(np.concatenate([served.begin, served.end, queued, begun]))
    lengths = np.diff(time_until(counted, edges))
    latest = _latest_comers(served, edges)
    first, last = np.searchsorted(edges, queued), np.searchsorted(edges, begun)
    return _sums_above(latest, lengths, came, first, last)


def _latest_comers(served: Served, edges: Ints) -> list[int]:
    """Return for each stretch between edges when the last-comer in service had come; -1: none."""
    order = np.argsort(served.begin, kind="stable").tolist()
    begin, end, came = served.begin.tolist(), served.end.tolist(), served.came.tolist()
    heap: list[tuple[int, int]] = []
    latest, place = [], 0
    for edge in edges[:-1].tolist():
        while place < len(order) and begin[order[place]] <= edge:
            heappush(heap, (-came[order[place]], end[order[place]]))
            place += 1
        while heap and heap[0][1] <= edge:
            heappop(heap)
        latest.append(-heap[0][0] if heap else -1)
    return latest


def _sums_above(latest: list[int], lengths: Ints, came: Ints, first: Ints, last: Ints) -> Ints:
    """Return for each wait the length of the stretches first … last with a later comer."""
    size, sums = len(latest), np.zeros(len(came), dtype=np.int64)
    tree, length = [0] * (size + 1), lengths.tolist()
    waiting = np.argsort(-came, kind="stable").tolist()
    stretches = iter(sorted(range(size), key=lambda i: -latest[i]))
    following = next(stretches, None)
    for wait in waiting:
        while following is not None and latest[following] > came[wait]:
            _add(tree, following, length[following])
            following = next(stretches, None)
        sums[wait] = _sum_before(tree, int(last[wait])) - _sum_before(tree, int(first[wait]))
    return sums


def _add(tree: list[int], place: int, amount: int) -> None:
    place += 1
    while place < len(tree):
        tree[place] += amount
        place += place & -place


def _sum_before(tree: list[int], place: int) -> int:
    total = 0
    while place:
        total += tree[place]
        place &= place - 1
    return total
