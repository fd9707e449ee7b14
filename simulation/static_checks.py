"""What can be said about a net before it runs: where cases are lost, who is overloaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineError
from simulation.arrivals import draw
from simulation.expressions import choose
from simulation.net import US, Kind, Net, Node
from simulation.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulation.arrivals import Arrivals

_TIGHT = 0.95
_DRAWS = 20
_MANY = 50_000  # so many arrivals tell enough in one draw


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know before a result is relied on."""

    code: str
    text: str
    where: str


def offered_loads(net: Net) -> dict[str, float]:
    """Return the work that arrives ÷ the time the units are there, per role.

    Expected visits solve the balance of flows v = λ + Pᵀv; arrivals are the mean of drawn
    replications, so that every kind of arrival is taken as it is.
    """
    draws = [draw(net, Streams(0, 0))]
    if net.until is not None and len(draws[0]) <= _MANY:
        draws += [draw(net, Streams(0, r)) for r in range(1, _DRAWS)]
    ends = [int(arrivals.times[-1]) for arrivals in draws if len(arrivals)]
    horizon = net.until if net.until is not None else max(ends, default=0)
    visits = np.mean([_expected_visits(net, arrivals) for arrivals in draws], axis=0).tolist()
    loads = {}
    for index, plan in enumerate(net.pools):
        mine = [i for i, node in enumerate(net.nodes) if node.pool == index]
        work_s = sum(visits[i] * net.nodes[i].duration.mean for i in mine)
        end = net.epoch + timedelta(microseconds=horizon)
        open_s = (
            horizon / US
            if plan.calendar is None
            else plan.calendar.between(net.epoch, end).total_seconds()
        )
        if mine:
            loads[plan.role] = work_s / (plan.units * open_s) if open_s else float("inf")
    return loads


def warnings(net: Net, loads: dict[str, float]) -> list[Warned]:
    """Return what is doubtful about a net that can run."""
    found = []
    for role, load in loads.items():
        if load >= 1:
            text = (
                f"{role}: {load:.0%} of the available time is asked for;"
                " the queue grows as long as cases arrive"
            )
            found.append(Warned("overload", text, role))
        elif load > _TIGHT:
            text = f"{role}: {load:.0%} of the available time is asked for; waits vary widely"
            found.append(Warned("high_load", text, role))
    reached = _reached(net, [edge.target for edge in net.entries.values()])
    for index, node in enumerate(net.nodes):
        if index not in reached and node.kind is not Kind.END:
            text = f"{node.element_id}: no case ever gets here"
            found.append(Warned("unreachable", text, node.element_id))
    return found


def dead_ends(net: Net) -> list[tuple[str, str]]:
    """Return the elements a case never leaves, each with the reason."""
    starts = [edge.target for edge in net.entries.values()]
    rings = [
        (net.nodes[i].element_id, "gateways lead back here without any activity between")
        for i in _rings(net)
    ]
    finish = {i for i, node in enumerate(net.nodes) if not node.outs}
    reached = _reached(net, starts)
    lost = [
        (net.nodes[i].element_id, "no end event can be reached from here")
        for i in sorted(reached)
        if not finish & _reached(net, [i])
    ]
    return rings + lost


def _ways(node: Node) -> list[int]:
    return [
        edge.target for k, edge in enumerate(node.outs) if node.shares is None or node.shares[k] > 0
    ]


def _reached(net: Net, starts: Iterable[int]) -> set[int]:
    seen: set[int] = set()
    todo = list(starts)
    while todo:
        index = todo.pop()
        if index not in seen:
            seen.add(index)
            todo += _ways(net.nodes[index])
    return seen


def _rings(net: Net) -> list[int]:
    """Return the gateways from which a token may come back without spending time."""
    instant = {Kind.DECISION, Kind.PARALLEL}
    found = []
    for start, node in enumerate(net.nodes):
        if node.kind not in instant:
            continue
        seen: set[int] = set()
        todo = _ways(node)
        while todo:
            index = todo.pop()
            if index not in seen and net.nodes[index].kind in instant:
                seen.add(index)
                todo += _ways(net.nodes[index])
        if start in seen:
            found.append(start)
    return found


def _expected_visits(net: Net, arrivals: Arrivals) -> list[float]:
    size = len(net.nodes)
    inflow, moves = np.zeros(size), np.zeros((size, size))
    for start, edge in net.entries.items():
        inflow[edge.target] += arrivals.starts.count(start) / _ways_in(net.nodes[edge.target])
    for index, node in enumerate(net.nodes):
        for edge, share in zip(node.outs, _odds(node, arrivals), strict=True):
            moves[index, edge.target] += share / _ways_in(net.nodes[edge.target])
    try:
        visits: list[float] = np.linalg.solve(np.eye(size) - moves.T, inflow).tolist()
    except np.linalg.LinAlgError:  # a loop without exit; reported elsewhere
        return [0.0] * size
    return visits


def _ways_in(node: Node) -> int:
    return node.ways_in if node.kind is Kind.PARALLEL else 1


def _odds(node: Node, arrivals: Arrivals) -> list[float]:
    """Return the chance that a token takes each way out."""
    if node.kind is not Kind.DECISION:
        return [1.0] * len(node.outs)
    if node.shares is not None:
        return list(node.shares)
    counts = [0] * len(node.outs)
    sample = range(min(len(arrivals), 500))
    try:
        for case in sample:
            counts[choose(node, arrivals.values(case))] += 1
    except EngineError:
        pass
    total = sum(counts)
    return [count / total if total else 1 / len(counts) for count in counts]
