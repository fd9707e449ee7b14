"""The cases of a replication: those that arrived, and what becomes of them."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulation.errors import SimulationFailed

if TYPE_CHECKING:
    from simulation.arrivals import Arrivals

_MOST_IN_A_TALK = 10_000  # cases that messages start, before no end is expected any more


class Cases:
    """The data of the cases, and when each of them ended.

    Those that messages start come behind those that arrive. They have the data of the case that
    sent the message, and are in one conversation with it.
    """

    def __init__(self, arrivals: Arrivals) -> None:
        self.arrivals = arrivals
        self.ended = array("q", [-1]) * len(arrivals)
        self._started: list[tuple[str, int, int]] = []  # start event, moment, conversation
        self._numbers: Counter[tuple[int, str]] = Counter()
        self._in_talk: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self.ended)

    def add(self, start: str, sender: int, now: int) -> int:
        """Add a case that another one started; return its number."""
        self._started.append((start, now, self.conversation(sender)))
        self.ended.append(-1)
        return len(self.ended) - 1

    def ensure_talk_ends(self, sender: int, start: str) -> None:
        """Count a case that a message starts; raise SimulationFailed for far too many."""
        talk = self.conversation(sender)
        self._in_talk[talk] += 1
        if self._in_talk[talk] >= _MOST_IN_A_TALK:
            words = f"messages start more than {_MOST_IN_A_TALK:,} cases in one conversation"
            raise SimulationFailed(start, f"{words}; how does that end?")

    def next_of(self, sender: int, start: str) -> int:
        """Return how many cases a case has started at a start event before."""
        number = self._numbers[sender, start]
        self._numbers[sender, start] = number + 1
        return number

    def values(self, case: int) -> dict[str, object]:
        """Return the data of one case."""
        return self.arrivals.values(self.conversation(case))

    def start_of(self, case: int) -> str:
        """Return the start event of a case."""
        known = len(self.arrivals)
        return self.arrivals.starts[case] if case < known else self._started[case - known][0]

    def began(self, case: int) -> int:
        """Return when a case began."""
        known = len(self.arrivals)
        return int(self.arrivals.times[case]) if case < known else self._started[case - known][1]

    def conversation(self, case: int) -> int:
        """Return the number of the case that began the conversation of a case."""
        known = len(self.arrivals)
        return case if case < known else self._started[case - known][2]

    def all(self) -> Arrivals:
        """Return the cases that arrived and those that messages started."""
        if not self._started:
            return self.arrivals
        given = self.arrivals
        talks = [talk for _, _, talk in self._started]
        times = np.array([moment for _, moment, _ in self._started], dtype=np.int64)
        return replace(
            given,
            times=np.concatenate([given.times, times]),
            starts=(*given.starts, *(start for start, _, _ in self._started)),
            keys=np.concatenate([given.keys, given.keys[talks]]),
            attributes={
                name: [*column, *(column[talk] for talk in talks)]
                for name, column in given.attributes.items()
            },
        )


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
