"""Checks that every run must pass: identities that hold whatever the scenario says.

Each is computed by a second way through the columns, so that a fault of the engine shows: a run
that breaks one is an error, not a result.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulation.errors import CheckFailed
from simulation.holds import holds
from simulation.money import total_by_unit, visit_costs
from simulation.net import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.holds import Holds
    from simulation.net import Net
    from simulation.recorder import Ints
    from simulation.run_record import SimulatedRun

_TIMED = frozenset({Kind.WORK, Kind.DELAY})
_COUNTED = _TIMED | {Kind.DECISION}
CHECKS = ("little", "utilisation_law", "flow", "work_conservation", "cost_sums")


def check(run: SimulatedRun) -> dict[str, bool]:
    """Return which of the checks hold."""
    return {
        "little": _little(run),
        "utilisation_law": _utilisation_law(run),
        "flow": _flow(run),
        "work_conservation": _work_conservation(run),
        "cost_sums": _cost_sums(run),
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
    if not _is_little(run.arrivals.times[ended], run.ended[ended]):
        return False
    started, pools = run.started >= 0, _pools(run)
    queues = (started & (pools == pool) for pool in range(len(run.net.pools)))
    return all(_is_little(run.scheduled[mine], run.started[mine]) for mine in queues)


def _is_little(begin: Ints, end: Ints) -> bool:
    """Whether the area under the number present, swept over time, is the sum of the times."""
    times = np.concatenate([begin, end])
    order = np.argsort(times, kind="stable")
    present = np.cumsum(_steps(order, len(begin), (1, -1)), dtype=np.int32)[:-1]
    passed = np.diff(times[order])
    passed *= present
    return int(passed.sum()) == int(end.sum()) - int(begin.sum())


def _steps(order: Ints, size: int, kinds: tuple[int, ...]) -> NDArray[np.int8]:
    """Return what each moment changes, in order: a kind for each so many of the moments."""
    return np.array(kinds, dtype=np.int8)[order // max(size, 1)]


def _utilisation_law(run: SimulatedRun) -> bool:
    """ρ = λE[S]/c ≤ 1: no unit does two things at once, or works longer than it holds or is there.

    Nobody works beyond the shift, but at activities that are finished after it.
    """
    held = holds(run)
    length = held.end - held.begin
    if (held.work > length).any() or (length < 0).any():
        return False
    works_on = np.array([node.works_on for node in run.net.nodes], dtype=np.bool_)
    if not works_on[run.node[held.row[held.overtime > 0]]].all() or not _is_in_shifts(run, held):
        return False
    order = np.lexsort((held.end, held.begin, held.unit)).astype(np.int32)
    unit = held.unit[order]
    overlaps = held.begin[order[1:]] < held.end[order[:-1]]
    return not (overlaps & (unit[1:] == unit[:-1])).any()


def _is_in_shifts(run: SimulatedRun, held: Holds) -> bool:
    """Whether the work of each unit that is no overtime fits into its shifts."""
    shifts, units = run.shifts, len(run.net.staff.names)
    number, latest = np.arange(units), np.full(units, shifts.latest)
    there = shifts.overlap(number, np.zeros(units, dtype=np.int64), latest)
    work = np.bincount(held.unit, weights=held.work - held.overtime, minlength=units)
    return bool((work <= there).all())


def _cost_sums(run: SimulatedRun) -> bool:
    """What all visits cost is what all units and activities cost."""
    held = holds(run)
    by_unit, by_visit = total_by_unit(run, held), float(visit_costs(run, held).sum())
    return math.isclose(by_unit, by_visit, rel_tol=1e-9, abs_tol=1e-6)


def _flow(run: SimulatedRun) -> bool:
    """As many tokens enter a node as its ways in bring, wherever each of them is counted."""
    if not run.net.document.run.drain:
        return True  # tokens are under way when the run is cut
    nodes, brought = run.net.nodes, _begun(run)
    completed = np.bincount(run.node[run.completed >= 0], minlength=len(nodes)).tolist()
    for index, node in enumerate(nodes):
        left = run.taken[index] if node.kind is Kind.DECISION else None
        if node.kind in _TIMED:
            left = (completed[index],) * len(node.outs)
        for edge, tokens in zip(node.outs, left or (), strict=False):
            brought[edge.target] += tokens
    entered = np.bincount(run.node, minlength=len(nodes)).tolist()
    uncounted = _uncounted(run.net)
    return all(
        brought[i] == (sum(run.taken[i]) if node.kind is Kind.DECISION else entered[i])
        for i, node in enumerate(nodes)
        if i not in uncounted and (node.kind is Kind.DECISION or node.kind in _TIMED)
    )


def _begun(run: SimulatedRun) -> list[int]:
    """Return how many cases began at each node."""
    edges = {starter.start: starter.edge for starter in run.net.started_by.values()}
    brought = [0] * len(run.net.nodes)
    for start, edge in (edges | run.net.entries).items():
        brought[edge.target] += run.arrivals.starts.count(start)
    return brought


def _uncounted(net: Net) -> set[int]:
    """Return the nodes to which tokens come that nobody counts where they come from.

    Those are counted that leave plain activities, pauses and decisions. What can be withdrawn,
    repeated or sent on by an event has laws of its own.
    """
    inner = {edge.target for scope in net.scopes if scope.is_managed for edge in scope.starts}
    odd = [node for node in net.nodes if node.is_managed or node.kind not in _COUNTED]
    managed = {index for index, node in enumerate(net.nodes) if node.is_managed}
    return inner | managed | {edge.target for node in odd for edge in node.outs}


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
    order = np.argsort(times, kind="stable")
    lasts = np.diff(times[order]) > 0
    waiting = np.cumsum(_steps(order, len(queued), (1, -1, 0)), dtype=np.int32)[:-1]
    busy = np.cumsum(_steps(order, len(queued), (0, 1, -1)), dtype=np.int32)[:-1]
    return not (lasts & (waiting > 0) & (busy < units)).any()


def _pools(run: SimulatedRun) -> Ints:
    pool_of = np.array([node.pool for node in run.net.nodes], dtype=np.int32)
    return pool_of[run.node]
