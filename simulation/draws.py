"""The random numbers of one run, per node: by blocks of cases for the first visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.blocks import Column
from simulation.errors import SimulationFailed
from simulation.net import US, Node
from simulation.streams import Purpose, case_keys, child_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from simulation.distributions import Distribution
    from simulation.streams import Keys, Streams

_LONGEST_S = 1_000 * 366 * 86_400.0
_BY_BLOCKS = 4  # further visits are rare enough to be drawn one by one
_SPELLS = 64  # of a unit, drawn at once
MOST_VISITS = 10_000  # of one case to one node: more is a loop without end


class Draws:
    """Durations in µs and decisions of all cases of a replication."""

    def __init__(
        self, streams: Streams, keys: Keys, left: Mapping[tuple[int, str], int] | None = None
    ) -> None:
        """``left`` says, by case and element, how long a first visit takes that has begun."""
        self._streams, self._keys, self._left = streams, keys, left or {}
        self._columns: dict[tuple[str, str, int], Column] = {}  # by element, worker, visit
        self._patiences: dict[str, Column] = {}
        self._more: list[Keys] = []  # of the cases that messages started

    def add_case(self, sender: int, start: str, number: int) -> None:
        """Name the random numbers of a case that a message of another one started.

        ``number`` says the how-manieth at this start event the sender has started.
        """
        self._more.append(child_keys(self._key(sender), start, number))

    def thought(self, case: int, start: str, think: Distribution) -> int:
        """Return how long after a case the member of a closed population comes again."""
        keys = child_keys(self._key(case), start, 0)
        u = self._streams.uniforms(Purpose.ARRIVAL, start, keys)
        return _ticks(start, think.quantile(u))[0]

    def _key(self, case: int) -> Keys:
        known = len(self._keys)
        return self._keys[case : case + 1] if case < known else self._more[case - known]

    def durations(self, node: Node) -> Column:
        """Return how long the first visit of each case to a node takes."""
        return self._column(node, node.duration, visit=0)

    def duration(self, node: Node, case: int, visit: int) -> int:
        """Return how long one visit takes."""
        column = self._columns.get((node.element_id, "", visit))
        if column is None or case >= len(self._keys):
            return self._duration("", node.duration, node, case, visit)
        return column[case]

    def duration_by(
        self, worker: str, distribution: Distribution, node: Node, case: int, visit: int
    ) -> int:
        """Return how long one visit takes a worker with a distribution of its own."""
        return self._duration(worker, distribution, node, case, visit)

    def patience(self, element: str, distribution: Distribution, case: int, visit: int) -> int:
        """Return how long a case is ready to wait."""
        if visit or case >= len(self._keys):
            return self._patience(element, distribution, self._key(case), visit)[0]
        column = self._patiences.get(element)
        if column is None:
            column = self._patiences[element] = Column(
                len(self._keys),
                lambda low, high: self._patience(element, distribution, self._keys[low:high], 0),
            )
        return column[case]

    def spells(
        self, unit: str, up: Distribution, down: Distribution
    ) -> Callable[[int], list[tuple[int, int]]]:
        """Return what draws the times up and down of a unit, block by block."""
        keys = case_keys(f"unit {unit}", _SPELLS)

        def block(number: int) -> list[tuple[int, int]]:
            ups = up.quantile(self._streams.uniforms(Purpose.UP, unit, keys, visit=number))
            downs = down.quantile(self._streams.uniforms(Purpose.DOWN, unit, keys, visit=number))
            drawn = list(zip(_ticks(unit, ups), _ticks(unit, downs), strict=True))
            if not any(up for up, _ in drawn):
                raise SimulationFailed(unit, "its failures leave it no time up")
            return drawn

        return block

    def choices(self, node: Node) -> Column:
        """Return which way out each case takes at its first visit to a decision by shares."""
        return Column(
            len(self._keys), lambda low, high: self._choices(node, 0, self._keys[low:high])
        )

    def choice(self, node: Node, case: int, visit: int) -> int:
        """Return which way out one case takes."""
        ensure_no_endless_loop(node, visit)
        return self._choices(node, visit, self._key(case))[0]

    def several(self, node: Node, case: int, visit: int) -> list[int]:
        """Return which ways out a case takes: each by its own share, but at least one.

        Where no share is whole, the ways are drawn one after the other, given that there is one:
        P(way i | none before) = p_i ÷ (1 − Π_{j≥i} (1 − p_j)).
        """
        assert node.shares is not None
        ways: list[int] = []
        none_left = 1.0
        nones = [none_left := none_left * (1 - share) for share in reversed(node.shares)][::-1]
        for way, share in enumerate(node.shares):
            if share <= 0:
                continue
            odds = share if ways or node.default >= 0 else share / (1 - nones[way])
            if self._one(Purpose.BRANCH, node.flows[way], case, visit) < odds:
                ways.append(way)
        return ways or [node.default]

    def count(self, node: Node, case: int, visit: int) -> int:
        """Return how often a repeated activity is done at one visit."""
        assert node.repeat is not None
        assert node.repeat.count is not None
        u = self._one(Purpose.REPETITION, node.element_id, case, visit)
        return max(0, round(float(node.repeat.count.quantile(np.array([u]))[0])))

    def again(self, node: Node, case: int, visit: int) -> bool:
        """Return whether a repeated activity is done once more."""
        assert node.repeat is not None
        assert node.repeat.again is not None
        return self._one(Purpose.REPETITION, node.element_id, case, visit) < node.repeat.again

    def _one(self, purpose: Purpose, element: str, case: int, visit: int) -> float:
        keys = self._key(case)
        return float(self._streams.uniforms(purpose, element, keys, visit=visit)[0])

    def _duration(
        self, worker: str, distribution: Distribution, node: Node, case: int, visit: int
    ) -> int:
        if visit >= _BY_BLOCKS or case >= len(self._keys):
            ensure_no_endless_loop(node, visit)
            return self._times(node, distribution, visit, self._key(case))[0]
        key = (node.element_id, worker, visit)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = self._column(node, distribution, visit=visit)
        return column[case]

    def _column(self, node: Node, distribution: Distribution, *, visit: int) -> Column:
        left = {} if visit else self._left_at(node.element_id)

        def make(low: int, high: int) -> list[int]:
            times = self._times(node, distribution, visit, self._keys[low:high])
            for case, ticks in left.items():
                if low <= case < high:
                    times[case - low] = ticks
            return times

        return Column(len(self._keys), make)

    def _left_at(self, element: str) -> dict[int, int]:
        """Return by case what is left of visits to an element that have begun."""
        return {case: ticks for (case, at), ticks in self._left.items() if at == element}

    def _patience(
        self, element: str, distribution: Distribution, keys: Keys, visit: int
    ) -> list[int]:
        u = self._streams.uniforms(Purpose.PATIENCE, element, keys, visit=visit)
        return _ticks(element, distribution.quantile(u))

    def _times(self, node: Node, duration: Distribution, visit: int, keys: Keys) -> list[int]:
        u = self._streams.uniforms(Purpose.DURATION, node.element_id, keys, visit=visit)
        with np.errstate(over="ignore"):  # what becomes endless is refused
            seconds = duration.quantile(u)
        return _ticks(node.element_id, seconds)

    def _choices(self, node: Node, visit: int, keys: Keys) -> list[int]:
        assert node.shares is not None
        u = self._streams.uniforms(Purpose.BRANCH, node.element_id, keys, visit=visit)
        upper = np.cumsum(node.shares)
        last = max(i for i, share in enumerate(node.shares) if share > 0)
        ways: list[int] = np.minimum(np.searchsorted(upper, u, side="right"), last).tolist()
        return ways


def _ticks(where: str, seconds: NDArray[np.float64]) -> list[int]:
    if not (seconds <= _LONGEST_S).all():
        reason = "a duration of more than 1,000 years was drawn; is the distribution meant so?"
        raise SimulationFailed(where, reason)
    ticks: list[int] = np.rint(seconds * US).astype(np.int64).tolist()
    return ticks


def ensure_no_endless_loop(node: Node, visit: int) -> None:
    """Raise SimulationFailed if a case comes to a node again and again."""
    if visit >= MOST_VISITS:
        reason = f"a case comes here more than {MOST_VISITS} times; how does it get out?"
        raise SimulationFailed(node.element_id, reason)
