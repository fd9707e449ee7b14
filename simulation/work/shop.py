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
from simulation.work.light import LightPool, LightVisit
from simulation.work.light_station import Hosted, LightStation
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
    from simulation.work.light_station import Told
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
        self._light = {index: self._light_pool(index) for index in sorted(staff.light)}
        self._groups = {
            number: self._group(pools)
            for number, pools in enumerate(staff.groups)
            if not pools & staff.light
        }
        self._choosers: dict[int, Chooser] = {}  # by node

    def enter(self, index: int, ways: list[Enter]) -> Enter:
        """Return the way into a work node; ``ways`` (out) are filled when all nodes are made."""
        node = self.floor.net.nodes[index]
        if node.pool in self._pools:
            return PlainWork(self.floor, index, node, self._pools[node.pool]).enter(ways)
        if self.is_light(index):
            return self._light_enter(index, ways)
        return self._station(index, ways).enter

    def begin(self, index: int) -> Begin:
        """Return what begins a visit that can be withdrawn; the host goes on when it is done."""
        return self._light_begin(index) if self.is_light(index) else self._station(index, []).begin

    def is_light(self, index: int) -> bool:
        """Whether a work node is one of a light role."""
        return self.floor.net.nodes[index].pool in self._light

    def light(self, index: int, done: Told, abandoned: Told) -> LightStation:
        """Return the place where an activity of a light role is done."""
        node = self.floor.net.nodes[index]
        rules, pool = Rules(self.floor, node), self._light[node.pool]
        return LightStation(self.floor, index, pool, rules, done=done, abandoned=abandoned)

    def close_batches(self, now: int) -> bool:
        """Let incomplete batches go, as nobody else comes; say whether there were any."""
        return any(station.close_batch(now) for station in self._stations)

    def waited_at(self) -> str | None:
        """Return an activity somebody waits at for ever; None: nobody does."""
        waiting = (visit for pool in self._light.values() for visit in pool.waiting())
        elements = (allocator.waited_at() for allocator, _ in self._groups.values())
        found = (*(visit.place.element_id for visit in waiting), *elements)
        return next((element for element in found if element is not None), None)

    def record_unfinished(self, now: int) -> None:
        """Record what waits or is at work when the run is cut."""
        for pool in self._pools.values():
            for row in pool.waiting():
                self.floor.rows.add(row)
        for light in self._light.values():
            light.record_unfinished(now, self.floor.rows.add)
        for allocator, _ in self._groups.values():
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
        return Pool(
            self.floor.schedule,
            range(net.staff.firsts[index], net.staff.firsts[index] + plan.units),
            compiled,
            is_by_priority=self._is_by_priority(index),
        )

    def _is_by_priority(self, pool: int) -> bool:
        given = [node.priority for node in self.floor.net.nodes if node.pool == pool]
        return len(set(given)) != 1 or isinstance(given[0], Expression)

    def _light_pool(self, index: int) -> LightPool:
        net = self.floor.net
        persons = [p for p in net.staff.persons.values() if index in p.pools]
        return LightPool(
            self.floor.schedule,
            [person.number for person in persons],
            self._hours.of(self._hours.named(persons[0].calendar)),
            members=net.document.resources[net.pools[index].role].members is not None,
            is_by_priority=self._is_by_priority(index),
        )

    def _light_enter(self, index: int, ways: list[Enter]) -> Enter:
        abandon = self.floor.abandon
        station = self.light(
            index,
            lambda visit, now: ways[0](visit.frame, now),
            lambda visit, now: abandon(visit.frame, now),
        )
        tell, queue = station.number_and_work(), station.queue

        def enter(case: int, now: int) -> None:
            number, work = tell(case)
            queue(LightVisit(station, case, case, number, now, work), now)

        return enter

    def _light_begin(self, index: int) -> Begin:
        station = self.light(
            index,
            lambda visit, now: visit.host.done(now),
            lambda visit, now: visit.host.abandoned(now),
        )
        tell, queue, case_of = station.number_and_work(), station.queue, self.floor.case_of

        def begin(frame: int, now: int, host: Host) -> None:
            case = case_of(frame)
            number, work = tell(case)
            visit = Hosted(station, frame, case, number, now, work)
            visit.host, host.visit = host, visit
            queue(visit, now)

        return begin

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
        group = self.floor.net.staff.group_of(pool)
        assert group is not None, "a role with a queue of its own is special"
        allocator, _ = self._groups[group]
        return Room(following, self._queues[pool], self._choosers, allocator)

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
    allocator: Allocator

    def has_room(self, now: int) -> bool:
        """Return whether somebody could join, or be served at once; if not, ask again in time."""
        if not self.queue.is_full:
            return True
        if self.queue.waits:
            return False
        chooser = self.choosers[self.index]
        if chooser.team(now) is not None:
            return True
        self.allocator.ask_to_open(chooser, now)
        return False


def _worth(task: Task, rules: Rules) -> Callable[[Crew], float]:
    """Return what decides first among crews; less is better."""
    if task.rule == "cheapest":
        return lambda crew: crew.person.rates.per_hour
    if task.rule == "fastest":
        return rules.mean_s
    return lambda _: 0.0
