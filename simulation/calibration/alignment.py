"""The cheapest way to explain what a log says of a case by what the model allows.

Dijkstra's search over (place in the trace, marking): an activity in step with the log costs
nothing, a silent move next to nothing, an activity that only the log or only the model has
costs 1 (Adriansyah 2014, ch. 4, standard costs). Each way of working is searched once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from simulation.calibration.marking import Marking, Move, Moves, fire

if TYPE_CHECKING:
    from engine.domain.process_graph import ProcessGraph

_SILENT = 1e-4
_EXPANSIONS = 20_000  # of one variant; beyond that a case is not explained
_MOST_TOKENS = 60
_MOST_WAYS = 6  # that explain the same trace by other decisions
_SLACK = 20 * _SILENT  # silent moves more than the shortest way has


@dataclass(frozen=True, slots=True)
class Step:
    """A move, and the place in the trace it is in step with (None: in the model only)."""

    move: Move
    event: int | None


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a trace runs through the model; ``deviations`` is 0 for one that fits."""

    start_event: str
    steps: tuple[Step, ...]
    deviations: int


class Aligner:
    """Aligns traces (ids of activities) with one process."""

    def __init__(self, graph: ProcessGraph, visible: frozenset[str]) -> None:
        self.moves = Moves(graph, visible)
        self._known: dict[tuple[tuple[str, ...], bool], tuple[Alignment, ...]] = {}

    def align(self, trace: tuple[str, ...], *, is_open: bool = False) -> tuple[Alignment, ...]:
        """Return the cheapest alignments, one for each way to decide; none: too far off.

        An open case may stop anywhere.
        """
        key = (trace, is_open)
        if key not in self._known:
            self._known[key] = _Search(self.moves, trace, is_open=is_open).found()
        return self._known[key]


class _State(NamedTuple):
    """How far a search has come, and by which last step from which state."""

    cost: float
    ticket: int
    place: int
    marking: Marking
    start_event: str
    before: _State | None = None
    step: Step | None = None


class _Search:
    """One search; states are taken in the order of their cost."""

    def __init__(self, moves: Moves, trace: tuple[str, ...], *, is_open: bool) -> None:
        self.moves, self.trace, self.is_open = moves, trace, is_open
        self.heap: list[_State] = []
        self.tickets = 0
        for start, marking in moves.starts():
            self.heap.append(_State(0.0, len(self.heap), 0, marking, start))
        self.tickets = len(self.heap)

    def found(self) -> tuple[Alignment, ...]:
        """Return the alignments; none when too many states were looked at."""
        seen: Counter[tuple[int, Marking]] = Counter()
        ways: dict[object, Alignment] = {}
        limit = float("inf")
        for _ in range(_EXPANSIONS):
            if not self.heap or self.heap[0].cost > limit or len(ways) == _MOST_WAYS:
                break
            state = heappop(self.heap)
            is_over = state.place == len(self.trace)
            if is_over and (self.is_open or not state.marking):
                limit = min(limit, state.cost + _SLACK)
                way = Alignment(state.start_event, _steps(state), int(state.cost + 0.5))
                ways.setdefault(_decided(way), way)
                continue
            seen[state.place, state.marking] += 1
            if seen[state.place, state.marking] <= (_MOST_WAYS if state.cost < 1 else 1):
                self._expand(state)
        return tuple(ways.values())

    def _expand(self, state: _State) -> None:
        here = self.trace[state.place] if state.place < len(self.trace) else None
        for move in self.moves.at(state.marking):
            after = fire(state.marking, move)
            if len(after) > _MOST_TOKENS:
                continue
            if move.is_visible and move.node_id == here:
                self._push(state, 0.0, after, Step(move, state.place))
            self._push(state, 1.0 if move.is_visible else _SILENT, after, Step(move, None))
        if here is not None:
            self._push(state, 1.0, state.marking, None)

    def _push(self, state: _State, cost: float, after: Marking, step: Step | None) -> None:
        is_on = step is None or step.event is not None
        place = state.place + 1 if is_on else state.place
        self.tickets += 1
        reached = (state.cost + cost, self.tickets, place, after, state.start_event, state, step)
        heappush(self.heap, _State(*reached))


def _decided(way: Alignment) -> object:
    """Return what tells ways apart: where a case began, and what was decided how often."""
    chosen = Counter((s.move.node_id, s.move.chosen) for s in way.steps if s.move.chosen)
    return way.start_event, frozenset(chosen.items())


def _steps(state: _State) -> tuple[Step, ...]:
    steps = []
    at: _State | None = state
    while at is not None:
        if at.step is not None:
            steps.append(at.step)
        at = at.before
    return tuple(reversed(steps))
