"""The cases of a replication: those that arrived, and what becomes of them."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.arrivals import Arrivals


class Cases:
    """The data of the cases, and when each of them ended."""

    def __init__(self, arrivals: Arrivals) -> None:
        self.arrivals = arrivals
        self.ended = [-1] * len(arrivals)

    def __len__(self) -> int:
        return len(self.ended)

    def values(self, case: int) -> dict[str, object]:
        """Return the data of one case."""
        return self.arrivals.values(case)

    def start_of(self, case: int) -> str:
        """Return the start event of a case."""
        return self.arrivals.starts[case]

    def conversation(self, case: int) -> int:
        """Return the number that a case shares with those that exchange messages with it."""
        return case


class Visits:
    """Counts the visits of each case to an element, from 0."""

    __slots__ = ("_seen",)

    def __init__(self, cases: int) -> None:
        self._seen = array("i", bytes(4 * cases))

    def next(self, case: int) -> int:
        """Return the number of a visit that begins."""
        seen = self._seen
        while case >= len(seen):  # a case that a message started
            seen.append(0)
        visit = seen[case]
        seen[case] = visit + 1
        return visit
