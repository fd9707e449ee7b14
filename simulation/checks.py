"""Checks that every run must pass: identities that hold whatever the scenario says.

Each is computed by a second way through the columns, so that a fault of the engine shows: a run
that breaks one is an error, not a result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.errors import CheckFailed
from simulation.holds import holds
from simulation.net import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.run_record import SimulatedRun

    Ints = NDArray[np.int64]

CHECKS = ("little", "utilisation_law", "flow", "work_conservation")


def check(run: SimulatedRun) -> dict[str, bool]:
    """Return which of the checks hold."""
    return {
        "little": _little(run),
        "utilisation_law": _utilisation_law(run),
        "flow": _flow(run),
        "work_conservation": _work_conservation(run),
    }


def ensure_sound(run: SimulatedRun, *, seed: int, replication: int) -> None:
    """Raise CheckFailed if a run breaks a law that holds for every run."""
    broken = [name for name, holds in check(run).items() if not holds]
    if broken:
        raise CheckFailed(broken, seed=seed, replication=replication)


def _little(run: SimulatedRun) -> bool:
    """L = λW: the area under "cases present" is the sum of their times (Little 1961).

    The same for the queue of every pool: its area is the sum of the waits.
    """
    ended = run.ended >= 0
    spans = [(run.arrivals.times[ended], run.ended[ended])]
    started = run.started >= 0
    for pool in range(len(run.net.pools)):
        mine = started & (_pools(run) == pool)
        spans.append((run.scheduled[mine], run.started[mine]))
    return all(_area(begin, end) == int((end - begin).sum()) for begin, end in spans)


def _area(begin: Ints, end: Ints) -> int:
    """Return the area under the number present, by sweeping over time."""
    times = np.concatenate([begin, end])
    steps = np.concatenate([np.ones(len(begin), np.int64), -np.ones(len(end), np.int64)])
    order = np.argsort(times, kind="stable")
    present = np.cumsum(steps[order])[:-1]
    return int((present * np.diff(times[order])).sum())


def _utilisation_law(run: SimulatedRun) -> bool:
    """ρ = λE[S]/c: no unit does two things at once, and nobody works longer than they hold."""
    held = holds(run)
    length = held.end - held.begin
    if (held.work > length).any() or (length < 0).any():
        return False
    order = np.lexsort((held.end, held.begin, held.unit))
    unit, begin, end = held.unit[order], held.begin[order], held.end[order]
    same = unit[1:] == unit[:-1]
    return not (same & (begin[1:] < end[:-1])).any()


def _flow(run: SimulatedRun) -> bool:
    """As many tokens enter a node as its ways in bring."""
    if not run.net.document.run.drain:
        return True  # tokens are under way when the run is cut
    nodes, brought = run.net.nodes, [0] * len(run.net.nodes)
    for start, edge in run.net.entries.items():
        brought[edge.target] += run.arrivals.starts.count(start)
    completed = np.bincount(run.node[run.completed >= 0], minlength=len(nodes)).tolist()
    for index, node in enumerate(nodes):
        left = run.taken[index] if node.kind is Kind.DECISION else None
        if node.kind in {Kind.WORK, Kind.DELAY}:
            left = (completed[index],) * len(node.outs)
        for edge, tokens in zip(node.outs, left or (), strict=False):
            brought[edge.target] += tokens
    scheduled = np.bincount(run.node, minlength=len(nodes)).tolist()
    feeds = _fed_by_parallel(run)
    return all(
        scheduled[i] == brought[i]
        for i, node in enumerate(nodes)
        if node.kind in {Kind.WORK, Kind.DELAY} and i not in feeds
    ) and all(
        sum(run.taken[i]) == brought[i]
        for i, node in enumerate(nodes)
        if node.kind is Kind.DECISION and i not in feeds
    )


def _work_conservation(run: SimulatedRun) -> bool:
    """Nobody waits while a unit of an open pool of alike units is idle."""
    if not run.net.document.run.drain:
        return True  # the last rows lack the moment at which they would have begun
    pools = _pools(run)
    return all(
        _is_conserving(run, pools == index, plan.units)
        for index, plan in enumerate(run.net.pools)
        if plan.calendar is None and run.net.staff.group_of(index) is None
    )


def _is_conserving(run: SimulatedRun, mine: NDArray[np.bool_], units: int) -> bool:
    """Sweep over time: while somebody waits, every unit of the pool is busy."""
    queued, begun, done = run.scheduled[mine], run.started[mine], run.completed[mine]
    times = np.concatenate([queued, begun, done])
    waits = np.repeat([1, -1, 0], len(queued))
    works = np.repeat([0, 1, -1], len(queued))
    order = np.argsort(times, kind="stable")
    lasts = np.diff(times[order]) > 0
    waiting, busy = np.cumsum(waits[order])[:-1], np.cumsum(works[order])[:-1]
    return not (lasts & (waiting > 0) & (busy < units)).any()


def _fed_by_parallel(run: SimulatedRun) -> set[int]:
    """Nodes behind a parallel gateway, whose tokens are counted by their activities alone."""
    return {
        edge.target for node in run.net.nodes if node.kind is Kind.PARALLEL for edge in node.outs
    }


def _pools(run: SimulatedRun) -> Ints:
    pool_of = np.array([node.pool for node in run.net.nodes], dtype=np.int64)
    return pool_of[run.node]
