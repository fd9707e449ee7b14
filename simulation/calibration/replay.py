"""Replay of a log on its model: who waited since when, what was decided, which cases deviate.

A token carries the time at which it came to where it waits. When the log does not tell since
when an activity was enabled, it is the time of its token: the end of what the model says must
come before it, whatever else went on in the case at the time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.domain.process_graph import NodeType
from simulation.calibration.alignment import Aligner
from simulation.calibration.ways import choices, weights, worth

if TYPE_CHECKING:
    from engine.domain.process_graph import ProcessGraph
    from simulation.calibration.alignment import Alignment, Step
    from simulation.calibration.work import Floats, Work

_OPEN_QUANTILE = 0.95
_MOST_DEVIATIONS_SHARE = 0.34  # of a trace: beyond that its decisions are not counted


class Decision(NamedTuple):
    """What a gateway decided for a case; ``weight`` is less than 1 if it may have been another."""

    case: int
    gateway: str
    flows: tuple[str, ...]
    weight: float = 1.0


@dataclass(eq=False)
class Replay:
    """What the replay of a whole log found."""

    enabled_s: Floats  # per row of the work; NaN: the model cannot tell
    after_event: dict[int, str]  # row → the event that its token waited at before
    decisions: list[Decision] = field(default_factory=list)
    worth: dict[tuple[str, str], float] = field(default_factory=dict)  # of a decision: see ways
    starts: Counter[str] = field(default_factory=Counter)
    start_of: dict[int, str] = field(default_factory=dict)  # case → start event
    boundary: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
    fitting: int = 0
    open: int = 0
    deviating: list[int] = field(default_factory=list)  # cases
    only_log: Counter[str] = field(default_factory=Counter)  # activities out of turn
    only_model: Counter[str] = field(default_factory=Counter)  # activities skipped

    @property
    def cases(self) -> int:
        """How many cases were replayed."""
        return self.fitting + len(self.deviating)


def replay(work: Work, graph: ProcessGraph) -> Replay:
    """Replay every undamaged case; the rest of the log is left as it is."""
    aligner = Aligner(graph, frozenset(work.activities))
    found = Replay(np.full(len(work), np.nan), {})
    first = work.first_rows()
    is_open = _may_be_open(work)
    ids = [work.activities[i] for i in work.activity.tolist()]
    ways_of: dict[int, tuple[Alignment, ...]] = {}
    for case in np.flatnonzero(~work.is_damaged).tolist():
        trace = tuple(ids[first[case] : first[case + 1]])
        if not trace:
            continue
        ways = aligner.align(trace)
        if is_open[case] and (not ways or ways[0].deviations):
            ways = aligner.align(trace, is_open=True)
            found.open += bool(ways) and not ways[0].deviations
        ways_of[case] = ways
    variants = Counter(ways for ways in ways_of.values() if ways)
    likely = weights(variants)
    found.worth = worth(variants, likely)
    for case, ways in ways_of.items():
        rows = range(int(first[case]), int(first[case + 1]))
        _take(found, work, graph, _Case(case, rows, ways, likely.get(ways, [])))
    return found


def _may_be_open(work: Work) -> list[bool]:
    """Say which cases the end of the log may have cut off."""
    last = np.zeros(len(work.case_ids))
    np.maximum.at(last, work.case, work.ended_s)
    length = np.maximum(last - work.arrived_s, 0)
    typical = float(np.quantile(length, _OPEN_QUANTILE)) if len(length) else 0.0
    is_recent: list[bool] = (last > float(work.ended_s.max()) - typical).tolist()
    return is_recent


class _Case(NamedTuple):
    """A case, its rows, and the ways that explain it, each as likely as it is."""

    number: int
    rows: range
    ways: tuple[Alignment, ...]
    likely: list[float]


def _take(found: Replay, work: Work, graph: ProcessGraph, case: _Case) -> None:
    if not case.ways or case.ways[0].deviations:
        found.deviating.append(case.number)
    else:
        found.fitting += 1
    if not case.ways:
        return
    way = case.ways[case.likely.index(max(case.likely))]
    _count_deviations(found, work, case.rows, way)
    if way.deviations > max(1, _MOST_DEVIATIONS_SHARE * len(case.rows)):
        return
    found.starts[way.start_event] += 1
    found.start_of[case.number] = way.start_event
    for other, weight in zip(case.ways, case.likely, strict=True):
        for gateway, flows in choices(other):
            found.decisions.append(Decision(case.number, gateway, flows, weight))
    _Play(found, work, graph, case.number, case.rows).run(way)


def _count_deviations(found: Replay, work: Work, rows: range, alignment: Alignment) -> None:
    in_step = {step.event for step in alignment.steps}
    for place, row in enumerate(rows):
        if place not in in_step:
            found.only_log[work.activities[int(work.activity[row])]] += 1
    for step in alignment.steps:
        if step.move.is_visible and step.event is None:
            found.only_model[step.move.node_id] += 1


class _Token(NamedTuple):
    at_s: float
    event: str | None = None  # the catching event it went through last


class _Play:
    """Moves the tokens of one case along its alignment."""

    def __init__(
        self, found: Replay, work: Work, graph: ProcessGraph, case: int, rows: range
    ) -> None:
        self.found, self.work, self.graph, self.case, self.rows = found, work, graph, case, rows
        self.tokens: dict[str, list[_Token]] = defaultdict(list)

    def run(self, alignment: Alignment) -> None:
        arrived = _Token(float(self.work.arrived_s[self.case]))
        for flow in self.graph.outgoing(alignment.start_event):
            self.tokens[flow.id].append(arrived)
        for step in alignment.steps:
            self._move(step)

    def _move(self, step: Step) -> None:
        move = step.move
        taken = [self.tokens[flow].pop(0) for flow in move.takes if self.tokens[flow]]
        token = max(taken, default=_Token(float("nan")))
        if step.event is not None:
            token = self._work(self.rows[step.event], token)
            if move.gives == move.takes:
                self.found.repeats[move.node_id] += 1
        elif not move.is_visible:
            token = self._pass(step, token)
        for flow in move.gives:
            self.tokens[flow].append(token)

    def _work(self, row: int, token: _Token) -> _Token:
        """Note since when an activity was enabled."""
        if token.event is not None:
            self.found.after_event[row] = token.event
        begun_s = self.work.started_s[row]
        begun_s = self.work.ended_s[row] if np.isnan(begun_s) else begun_s
        self.found.enabled_s[row] = min(token.at_s, float(begun_s))
        return _Token(float(self.work.ended_s[row]))

    def _pass(self, step: Step, token: _Token) -> _Token:
        node = self.graph.nodes[step.move.node_id]
        if node.type is NodeType.BOUNDARY_EVENT:
            self.found.boundary[node.id] += 1
        if node.type is NodeType.INTERMEDIATE_CATCH_EVENT:
            return _Token(token.at_s, node.id)
        return token
