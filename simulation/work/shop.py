"""The shop floor of one replication: its pools, and the work nodes that queue for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.domain.calendar import CompiledCalendar
from engine.expressions import Expression
from simulation.errors import SimulationFailed
from simulation.resources import Pool
from simulation.scenario.resource import Queue as QueueRule
from simulation.work.allocator import Allocator
from simulation.work.crews import make_crews
from simulation.work.hours import Hours
from simulation.work.plain import PlainWork
from simulation.work.queues import Order, Queue
from simulation.work.rules import Rules
from simulation.work.station import Setting, Station
from simulation.work.teams import Chooser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulation.net.staff import Task
    from simulation.work.crews import Crew
    from simulation.work.floor import Enter, Floor
    from simulation.work.visits import Host

    Begin = Callable[[int, int, Host], None]


class Shop:
    """The pools of a replication; makes the ways into its work nodes."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self._stations: list[Station] = []
        staff = floor.net.staff
        self._pools = {
            index: self._pool(index)
            for index in range(len(floor.net.pools))
            if staff.group_of(index) is None
        }
        rules = floor.net.document.queues
        self._queues = [Queue(rules.get(p.role, QueueRule())) for p in floor.net.pools]
        self._groups = [self._group(pools) for pools in staff.groups]
        self._choosers: dict[int, Chooser] = {}  # by node

    def enter(self, index: int, ways: list[Enter]) -> Enter:
        """Return the way into a work node; ``ways`` (out) are filled when all nodes are made."""
        node = self.floor.net.nodes[index]
        if node.pool in self._pools:
            return PlainWork(self.floor, index, node, self._pools[node.pool]).enter(ways)
        return self._station(index, ways).enter

    def begin(self, index: int) -> Begin:
        """Return what begins a visit that can be withdrawn; the host goes on when it is done."""
        return self._station(index, []).begin

    def close_batches(self, now: int) -> bool:
        """Let incomplete batches go, as nobody else comes; say whether there were any."""
        return any(station.close_batch(now) for station in self._stations)

    def waited_at(self) -> str | None:
        """Return an activity somebody waits at for ever; None: nobody does."""
        elements = (allocator.waited_at() for allocator, _ in self._groups)
        return next((element for element in elements if element is not None), None)

    def record_unfinished(self, now: int) -> None:
        """Record what waits or is at work when the run is cut."""
        for pool in self._pools.values():
            for row in pool.waiting():
                self.floor.rows.add(row)
        for allocator, _ in self._groups:
            allocator.record_unfinished(now)
        for station in self._stations:
            for visit in station.gathered():
                self.floor.rows.add(station.open_row(visit))

    @cached_property
    def _hours(self) -> Hours:
        return Hours(self.floor.net)

    def _pool(self, index: int) -> Pool:
        net = self.floor.net
        plan = net.pools[index]
        compiled = None if plan.calendar is None else CompiledCalendar(plan.calendar, net.epoch)
        given = [node.priority for node in net.nodes if node.pool == index]
        is_alike = len(set(given)) == 1 and not isinstance(given[0], Expression)
        return Pool(
            self.floor.schedule,
            range(net.staff.firsts[index], net.staff.firsts[index] + plan.units),
            compiled,
            is_by_priority=not is_alike,
        )

    def _group(self, pools: frozenset[int]) -> tuple[Allocator, list[Crew]]:
        persons = [p for p in self.floor.net.staff.persons.values() if pools & {*p.pools}]
        crews = make_crews(self.floor, self._hours, persons)
        allocator = Allocator(self.floor, self._hours)
        blocking = (queue for pool in sorted(pools) if (queue := self._queues[pool]).blocks)
        allocator.when_offered.extend(queue.let_in for queue in blocking)
        return allocator, crews

    def _following(self, index: int) -> Room | None:
        """Return the room behind an activity; None: it never is too small."""
        following = self.floor.net.blocks_at(index)
        if following is None:
            return None
        pool = self.floor.net.nodes[following].pool
        return Room(following, self._queues[pool], self._choosers)

    def _station(self, index: int, ways: list[Enter]) -> Station:
        floor, node = self.floor, self.floor.net.nodes[index]
        task, group = floor.net.staff.tasks[node.element_id], floor.net.staff.group_of(node.pool)
        assert group is not None, "its role is special"
        allocator, crews = self._groups[group]
        rules, queue = Rules(floor, node), self._queues[node.pool]
        chooser = self._choosers[index] = Chooser(task, crews, _worth(task, rules))
        if not chooser.is_possible():
            words = "nobody can do it: too few units have all that its demand asks for"
            raise SimulationFailed(node.element_id, words)
        setting = Setting(
            floor,
            rules,
            chooser=chooser,
            allocator=allocator,
            queue=queue,
            order=Order(floor, node, queue.rule),
            relative=task.relative,
            following=self._following(index),
        )
        station = Station(index, node, setting, ways)
        self._stations.append(station)
        return station


@dataclass(frozen=True, eq=False)
class Room:
    """The room before an activity whose queue blocks those who find it full."""

    index: int
    queue: Queue
    choosers: Mapping[int, Chooser]

    def has_room(self, now: int) -> bool:
        """Return whether somebody could join, or be served at once."""
        if not self.queue.is_full:
            return True
        return not self.queue.waits and self.choosers[self.index].team(now) is not None


def _worth(task: Task, rules: Rules) -> Callable[[Crew], float]:
    """Return what decides first among crews; less is better."""
    if task.rule == "cheapest":
        return lambda crew: crew.person.rates.per_hour
    if task.rule == "fastest":
        return rules.mean_s
    return lambda _: 0.0
