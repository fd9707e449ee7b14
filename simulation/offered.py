"""How much work arrives, beside the time in which people can do it; known before the run.

Where every way is drawn by shares, expected visits solve the balance of flows v = λ + Pᵀv. Where
events, scopes or loops decide, visits are counted in a trial run in which nobody ever queues.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineError
from simulation.arrivals import draw
from simulation.calendars import working_calendar
from simulation.engine_simpy import simulate
from simulation.errors import SimulationFailed
from simulation.expressions import choose
from simulation.net import US, Kind, Net, Node
from simulation.scenario.distribution import build
from simulation.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.domain.calendar import WorkingCalendar
    from simulation.arrivals import Arrivals
    from simulation.net.staff import Person

_DRAWS = 20
_MANY = 50_000  # so many arrivals tell enough in one draw
_TRIAL_CASES = 1_000
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Offer:
    """What is asked of a role: work ÷ time that is there, by so many cases a day at most."""

    load: float
    cases_per_day: float

    @property
    def backlog_per_day(self) -> float:
        """By how many cases the backlog grows per day, as long as cases arrive."""
        return self.cases_per_day * max(0.0, 1 - 1 / self.load) if self.load else 0.0


def offers(net: Net) -> dict[str, Offer]:
    """Return what is asked of each role; arrivals are the mean of drawn replications."""
    draws = [draw(net, Streams(0, 0))]
    if net.until is not None and len(draws[0]) <= _MANY:
        draws += [draw(net, Streams(0, r)) for r in range(1, _DRAWS)]
    ends = [int(arrivals.times[-1]) for arrivals in draws if len(arrivals)]
    horizon = net.until if net.until is not None else max(ends, default=0)
    visits = _visits(net, draws)
    work_s, count = dict[int, float](), dict[int, float]()
    for index, node in enumerate(net.nodes):
        rounds = visits[index] / _together(net, node, visits[index], horizon / US)
        for pool, unit_s in _asked(net, node):
            work_s[pool] = work_s.get(pool, 0.0) + rounds * unit_s
            count[pool] = count.get(pool, 0.0) + visits[index]
    days = horizon / US / _DAY_S
    cases = float(np.mean([len(arrivals) for arrivals in draws]))
    return {
        plan.role: _offer(work_s[pool], _time_s(net, pool, horizon), min(count[pool], cases), days)
        for pool, plan in enumerate(net.pools)
        if pool in work_s
    }


def _offer(work_s: float, time_s: float, cases: float, days: float) -> Offer:
    load = work_s / time_s if time_s else float("inf")
    return Offer(load, cases / days if days else 0.0)


def _asked(net: Net, node: Node) -> Iterator[tuple[int, float]]:
    """Yield the pools that an activity asks for, and for how long their units, added up."""
    if node.pool < 0:
        return
    task = net.staff.tasks.get(node.element_id)
    if task is None:
        yield node.pool, node.duration.mean
        return
    for slots in task.alternatives:
        mean_s = _mean_s(net, node, slots[0].pool)  # the first of a team decides
        for slot in slots:
            yield slot.pool, mean_s * slot.units / len(task.alternatives)


def _mean_s(net: Net, node: Node, pool: int) -> float:
    """Return how long the units of a pool need when all are busy: n ÷ Σ 1 / mean of each."""
    work = net.document.durations.get(node.element_id)
    persons = [p for p in net.staff.persons.values() if pool in p.pools]
    if work is None or not work.by_resource or not persons:
        return node.duration.mean
    means = {name: build(spec, floor=0.0).mean for name, spec in work.by_resource.items()}
    each = [_of_worker(net, person, means, node.duration.mean) for person in persons]
    return len(each) / sum(1 / mean for mean in each) if all(each) else 0.0


def _of_worker(net: Net, person: Person, means: dict[str, float], usual: float) -> float:
    names = (person.worker, *(net.pools[pool].role for pool in person.pools))
    return next((means[name] for name in names if name in means), usual)


def _together(net: Net, node: Node, visits: float, horizon_s: float) -> float:
    """Return how many cases are worked on at once, on average."""
    batch = net.document.batches.get(node.element_id)
    if batch is None:
        return 1.0
    if batch.max_wait is None or not horizon_s:
        return batch.size
    return min(batch.size, 1 + visits / horizon_s * batch.max_wait)


def _time_s(net: Net, pool: int, horizon: int) -> float:
    """Return for how long the units of a pool are there, added up."""
    plan = net.pools[pool]
    persons = [p for p in net.staff.persons.values() if pool in p.pools]
    if not persons:
        return plan.units * _open_s(net, plan.calendar, horizon)
    total = 0.0
    for person in persons:
        name = person.calendar
        calendar = None if name is None else working_calendar(net.document, name)
        is_up = 1.0
        if person.failures is not None:
            up, down = (spell.mean for spell in person.failures)
            is_up = up / (up + down)
        total += _open_s(net, calendar, horizon) * is_up / len(person.pools)
    return total


def _open_s(net: Net, calendar: WorkingCalendar | None, horizon: int) -> float:
    if calendar is None:
        return horizon / US
    end = net.epoch + timedelta(microseconds=horizon)
    return calendar.between(net.epoch, end).total_seconds()


def _visits(net: Net, draws: list[Arrivals]) -> list[float]:
    """Return the expected visits to each node in a replication."""
    if not net.is_plain or any(node.by for node in net.nodes):
        mean = float(np.mean([len(arrivals) for arrivals in draws]))
        return [per_case * mean for per_case in _tried(net, draws[0])]
    found: list[float] = np.mean([_expected(net, arrivals) for arrivals in draws], axis=0).tolist()
    return found


def _tried(net: Net, arrivals: Arrivals) -> list[float]:
    """Return the visits per case to each node where nobody queues."""
    cases = min(len(arrivals), _TRIAL_CASES)
    if not cases:
        return [0.0] * len(net.nodes)
    run = net.document.run.model_copy(update={"drain": True})
    free = [
        replace(node, kind=Kind.DELAY, pool=-1) if node.kind is Kind.WORK else node
        for node in net.nodes
    ]
    document = net.document.model_copy(update={"run": run})
    trial = replace(net, nodes=tuple(free), document=document)
    try:
        record = simulate(trial, arrivals.first(cases), Streams(0, 0))
    except SimulationFailed:  # the run itself will say so
        return [0.0] * len(net.nodes)
    is_done = np.where(record.completed >= 0, 1.0, 0.0)
    counts = np.bincount(record.node, weights=is_done, minlength=len(net.nodes))
    lost = np.where(record.completed < 0, record.work, 0) / US
    worked = np.bincount(record.node, weights=lost, minlength=len(net.nodes))
    return [
        float(count + (part / node.duration.mean if node.duration.mean else 0.0)) / cases
        for count, part, node in zip(counts, worked, net.nodes, strict=True)
    ]


def _expected(net: Net, arrivals: Arrivals) -> list[float]:
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
