"""Which way cases go at each decision, with intervals, and by an attribute where it helps.

An attribute is used where it foretells the way of cases it was not learnt from: five-fold
cross-validation, log loss, better than the plain shares by more than chance.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.domain.process_graph import NodeType
from simulation.calibration.estimates import CONFIDENCE, share_of
from simulation.calibration.told import Told, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.process_graph import ProcessGraph
    from simulation.calibration.replay import Decision, Replay
    from simulation.calibration.work import Work

_FEW = 30
_SURE_WEIGHT = 0.5  # of a decision: more likely than any other
_FOLDS = 5
_MOST_LEVELS = 12
_RARE_SHARE = 0.01  # of cases: a level that is not told apart
_CLEARLY = 3.0  # standard errors
_GAIN = 0.02  # of the log loss


@dataclass(frozen=True, slots=True)
class FlowShare:
    """How many cases took a flow."""

    flow: str
    taken: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class BranchFound:
    """The decisions at one gateway."""

    gateway: str
    n: int
    is_inclusive: bool
    flows: tuple[FlowShare, ...]
    attribute: str | None = None
    gain: float = 0.0  # of the log loss, cross-validated
    levels: Mapping[str, tuple[FlowShare, ...]] = field(default_factory=dict)  # of the attribute
    warnings: tuple[Told, ...] = ()

    @property
    def table(self) -> dict[str, dict[str, float]]:
        """The shares by value of the attribute."""
        return {level: {s.flow: s.share for s in shares} for level, shares in self.levels.items()}


def learn_branches(
    replay: Replay, work: Work, graph: ProcessGraph, confidence: float = CONFIDENCE
) -> dict[str, BranchFound]:
    """Return the shares of every gateway that has several ways out."""
    found = {}
    for node in graph.nodes.values():
        flows = [flow.id for flow in graph.outgoing(node.id)]
        kinds = {NodeType.EXCLUSIVE_GATEWAY, NodeType.INCLUSIVE_GATEWAY}
        if node.type in kinds and len(flows) > 1:
            made = [d for d in replay.decisions if d.gateway == node.id]
            is_inclusive = node.type is NodeType.INCLUSIVE_GATEWAY
            at = _Gateway(node.id, flows, replay.worth, confidence)
            found[node.id] = _learn(at, made, work, is_inclusive=is_inclusive)
    return found


class _Gateway(NamedTuple):
    """A gateway, its ways, and what a decision for each of them is worth."""

    id: str
    flows: list[str]
    worth: Mapping[tuple[str, str], float]
    confidence: float

    def share(self, flow: str, taken: float, n: float) -> FlowShare:
        if n <= 0:
            return FlowShare(flow, 0, 1 / len(self.flows), 0.0, 1.0)
        worth = self.worth.get((self.id, flow), 1.0)
        found = share_of(min(taken / n, 1.0), n * worth, self.confidence)
        return FlowShare(flow, round(taken), found.value, found.low, found.high)


def _learn(at: _Gateway, made: list[Decision], work: Work, *, is_inclusive: bool) -> BranchFound:
    every = sum(decision.weight for decision in made)
    n, flows = round(every), at.flows
    taken = {f: sum(d.weight for d in made if f in d.flows) for f in flows}
    shares = tuple(at.share(flow, taken[flow], every) for flow in flows)
    warnings = []
    if n == 0:
        warnings.append(told("no_decisions"))
    elif n < _FEW:
        warnings.append(told("few_decisions", n=n))
    warnings += [
        told("way_not_taken", flow=s.flow, name=s.flow) for s in shares if n and not s.taken
    ]
    plain = BranchFound(at.id, n, is_inclusive, shares, warnings=tuple(warnings))
    if is_inclusive or n < 2 * _FEW:
        return plain
    sure = [d for d in made if d.weight > _SURE_WEIGHT]
    tried = [
        _by_attribute(plain, at, name, values, sure) for name, values in work.attributes.items()
    ]
    return max((b for b in tried if b is not None), key=lambda b: b.gain, default=plain)


def _by_attribute(
    plain: BranchFound,
    at: _Gateway,
    name: str,
    values: tuple[str | None, ...],
    made: list[Decision],
) -> BranchFound | None:
    """Return the branch by an attribute, or None where it does not help."""
    levels = _levels(values)
    if levels is None:
        return None
    flows = [share.flow for share in plain.flows]
    way = np.array([flows.index(decision.flows[0]) for decision in made])
    level_of = {level: i for i, level in enumerate(levels)}
    level = np.array([level_of.get(str(values[case]), len(levels)) for case, *_ in made])
    fold = np.array([decision.case % _FOLDS for decision in made])
    gain = np.zeros(len(made))
    for k in range(_FOLDS):
        train, test = fold != k, fold == k
        table = _odds(level[train], way[train], len(levels) + 1, len(flows))
        shares = _odds(np.zeros(train.sum(), dtype=np.intp), way[train], 1, len(flows))[0]
        gain[test] = np.log(table[level[test], way[test]]) - np.log(shares[way[test]])
    error = gain.std() / np.sqrt(len(gain))
    loss = -np.log(np.bincount(way, minlength=len(flows))[way] / len(way)).mean()
    if gain.mean() <= _CLEARLY * error or gain.mean() < _GAIN * loss:
        return None
    counts = {lv: np.bincount(way[level == i], minlength=len(flows)) for lv, i in level_of.items()}
    of_level = {
        lv: tuple(at.share(flow, int(k), int(c.sum())) for flow, k in zip(flows, c, strict=True))
        for lv, c in counts.items()
        if c.sum()
    }
    share = float(gain.mean() / loss) if loss > 0 else 0.0
    return replace(plain, attribute=name, gain=share, levels=of_level)


def _levels(values: tuple[str | None, ...]) -> list[str] | None:
    """Return the values of an attribute that are told apart; None: too many."""
    counts = Counter(value for value in values if value is not None)
    often = [v for v, n in counts.most_common() if n >= max(5, _RARE_SHARE * len(values))]
    covered = sum(counts[v] for v in often)
    is_good = 2 <= len(often) <= _MOST_LEVELS and covered >= 0.9 * len(values)
    return often if is_good else None


def _odds(level: np.ndarray, way: np.ndarray, levels: int, ways: int) -> np.ndarray:
    """Return the shares by level, drawn a little towards equal odds (Laplace)."""
    counts = np.full((levels, ways), 0.5)
    np.add.at(counts, (level, way), 1)
    return np.asarray(counts / counts.sum(1, keepdims=True))
