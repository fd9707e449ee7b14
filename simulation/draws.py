"""The random numbers of one run, per node: whole columns for first visits, later ones on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.errors import SimulationFailed
from simulation.net import US, Node
from simulation.streams import Purpose

if TYPE_CHECKING:
    from simulation.streams import Keys, Streams

_LONGEST_S = 1_000 * 366 * 86_400.0
_WHOLE_COLUMNS = 4  # further visits are rare enough to be drawn one by one


MOST_VISITS = 10_000  # of one case to one node: more is a loop without end


class Draws:
    """Durations in µs and decisions of all cases of a replication."""

    def __init__(self, streams: Streams, keys: Keys) -> None:
        self._streams, self._keys = streams, keys
        self._columns: dict[tuple[str, int], list[int]] = {}

    def durations(self, node: Node) -> list[int]:
        """Return how long the first visit of each case to a node takes."""
        return self._durations(node, 0, self._keys)

    def duration(self, node: Node, case: int, visit: int) -> int:
        """Return how long one visit takes."""
        if visit >= _WHOLE_COLUMNS:
            ensure_no_endless_loop(node, visit)
            return self._durations(node, visit, self._keys[case : case + 1])[0]
        column = self._columns.get((node.element_id, visit))
        if column is None:
            column = self._durations(node, visit, self._keys)
            self._columns[node.element_id, visit] = column
        return column[case]

    def choices(self, node: Node) -> list[int]:
        """Return which way out each case takes at its first visit to a decision by shares."""
        return self._choices(node, 0, self._keys)

    def choice(self, node: Node, case: int, visit: int) -> int:
        """Return which way out one case takes."""
        ensure_no_endless_loop(node, visit)
        return self._choices(node, visit, self._keys[case : case + 1])[0]

    def _durations(self, node: Node, visit: int, keys: Keys) -> list[int]:
        u = self._streams.uniforms(Purpose.DURATION, node.element_id, keys, visit=visit)
        with np.errstate(over="ignore"):  # what becomes endless is refused
            seconds = node.duration.quantile(u)
        if not (seconds <= _LONGEST_S).all():
            reason = "a duration of more than 1,000 years was drawn; is the distribution meant so?"
            raise SimulationFailed(node.element_id, reason)
        ticks: list[int] = np.rint(seconds * US).astype(np.int64).tolist()
        return ticks

    def _choices(self, node: Node, visit: int, keys: Keys) -> list[int]:
        assert node.shares is not None
        u = self._streams.uniforms(Purpose.BRANCH, node.element_id, keys, visit=visit)
        upper = np.cumsum(node.shares)
        last = max(i for i, share in enumerate(node.shares) if share > 0)
        ways: list[int] = np.minimum(np.searchsorted(upper, u, side="right"), last).tolist()
        return ways


def ensure_no_endless_loop(node: Node, visit: int) -> None:
    """Raise SimulationFailed if a case comes to a node again and again."""
    if visit >= MOST_VISITS:
        reason = f"a case comes here more than {MOST_VISITS} times; how does it get out?"
        raise SimulationFailed(node.element_id, reason)
