"""The place where one activity of a special role is done: who comes, who waits, who leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from simulation.recorder import Why
from simulation.resources import Alarm
from simulation.work.batches import Gathering
from simulation.work.sessions import slice_of
from simulation.work.visits import State, Visit, is_kept

if TYPE_CHECKING:
    from simulation.net import Node
    from simulation.recorder import Row
    from simulation.work.allocator import Allocator
    from simulation.work.crews import Member
    from simulation.work.floor import Enter, Floor
    from simulation.work.queues import Order, Queue
    from simulation.work.rules import Rules
    from simulation.work.teams import Chooser
    from simulation.work.visits import Host


class Entrance(Protocol):
    """The way into a queue that may be full."""

    @property
    def queue(self) -> Queue:
        """Return the queue behind it."""

    def has_room(self, now: int) -> bool:
        """Return whether somebody could join, or be served at once."""


@dataclass(frozen=True)
class Setting:
    """What a station works with."""

    floor: Floor
    rules: Rules
    chooser: Chooser
    allocator: Allocator
    queue: Queue
    order: Order
    relative: str | None  # the activity of same_as or other_than
    following: Entrance | None  # behind which a full queue holds those who are done here


class Station:
    """Makes visits, and ends them; the allocator finds who does the work."""

    def __init__(self, index: int, node: Node, setting: Setting, ways: list[Enter]) -> None:
        self._floor, self._rules, self._queue = setting.floor, setting.rules, setting.queue
        self._allocator, self._order, self._ways = setting.allocator, setting.order, ways
        self._relative, self._following = setting.relative, setting.following
        self.index, self.element_id, self.chooser = index, node.element_id, setting.chooser
        self.works_on, self.aborts = node.works_on, setting.rules.aborts
        self.preempts = setting.queue.rule.preemptive
        self.length = setting.rules.length
        self._next_visit = self._floor.visits()
        self._gathering: Gathering | None = None
        if (batch := setting.rules.batch) is not None:
            self._gathering = Gathering(
                batch.size, setting.rules.max_wait, schedule=self._floor.schedule, formed=self._form
            )

    def enter(self, frame: int, now: int) -> None:
        """Take a token in; it goes on by itself when the visit is done."""
        self.begin(frame, now, None)

    def begin(self, frame: int, now: int, host: Host | None) -> None:
        """Begin a visit that its host may withdraw, and is told about."""
        case = self._floor.case_of(frame)
        visit = Visit(self, frame, case, self._next_visit(case), now)
        visit.work = self._rules.work(case, visit.number)
        visit.priority, visit.key = self._order.priority(case), self._order.key(case, visit.work)
        visit.host = host
        if host is not None:
            host.visit = visit
        if self._gathering is not None:
            self._wait(visit, now)
            if visit.state is State.WAITING:
                self._gathering.add(visit, self._rules.batch_value(case), now)
        elif not self._allocator.try_now(self, visit, now):
            self._wait(visit, now)
            if visit.state is State.WAITING:
                self._allocator.wait(self, visit, now)

    def withdraw(self, visit: Visit, now: int) -> None:
        """Take a visit out, whatever it is at."""
        if visit.state is not State.OVER:
            self._take_out(visit, now, Why.WITHDRAWN)

    def line(self, visit: Visit) -> int:
        """Return the number of the member a visit depends on; -1: none."""
        if self._relative is None:
            return -1
        number = self._floor.performed.get((self._relative, visit.case), -1)
        return number if any(number in crew.numbers for crew in self.chooser.crews) else -1

    def is_held(self, visit: Visit, now: int) -> bool:
        """Whether a visit that is done finds no room behind; then it waits, with its team."""
        following = self._following
        if following is None or following.has_room(now):
            return False
        following.queue.blocked.append((self, visit))
        return True

    def may_go(self, now: int) -> bool:
        """Return whether there is room behind for a case that is done here."""
        return self._following is None or self._following.has_room(now)

    def let_go(self, visit: Visit, now: int) -> None:
        """Complete a visit whose case has found room."""
        if visit.state is State.WORKING:
            self._allocator.complete(visit, now)

    def begun(self, visit: Visit, team: tuple[Member, ...]) -> None:
        """Note who works at a visit."""
        visit.unit = team[0].number
        for rider in visit.cases:
            rider.unit, rider.began = visit.unit, visit.began
            self._no_longer_waits(rider)

    def completed(self, visit: Visit, now: int) -> None:
        """Record the visit and let its cases go on."""
        visit.state = State.OVER
        if self.element_id in self._floor.remembered:
            for rider in visit.cases:
                self._floor.performed[self.element_id, rider.case] = visit.unit
        if visit.riders is None:
            self._record(visit, now, visit.spent)
            self._go_on(visit, now)
            return
        cases = tuple(visit.riders)
        for i, rider in enumerate(cases):
            rider.state = State.OVER
            work = slice_of(visit.spent, i, len(cases))
            self._record(rider, now, work)
        for rider in cases:
            if is_kept(rider):  # the one before may have ended what the others were done for
                self._go_on(rider, now)

    def gathered(self) -> list[Visit]:
        """Return those who wait for others."""
        return [] if self._gathering is None else self._gathering.waiting()

    def close_batch(self, now: int) -> bool:
        """Let those go who wait for others; say whether there are any."""
        return self._gathering is not None and self._gathering.close(now)

    def open_row(self, visit: Visit) -> Row:
        """Return the row of a visit that is not over."""
        where = (visit.case, self.index, visit.number, visit.unit)
        return (*where, visit.scheduled, visit.began, -1, -1)

    def _go_on(self, visit: Visit, now: int) -> None:
        if visit.host is not None:
            visit.host.done(now)
        else:
            self._ways[0](visit.frame, now)

    def _form(self, group: list[Visit], now: int) -> None:
        """Make a batch of visits, which queues as one."""
        load = Visit(self, group[0].frame, group[0].case, group[0].number, now)
        load.riders, load.work = group, group[0].work
        load.priority = min(rider.priority for rider in group)
        load.key = min(rider.key for rider in group)
        for rider in group:
            rider.load = load
            self._floor.rows.formed.add((rider.case, self.index, rider.number, now))
        if not self._allocator.try_now(self, load, now):
            self._allocator.wait(self, load, now)

    def _wait(self, visit: Visit, now: int) -> None:
        """Let a visit join the queue, as long as it has patience, unless that is full."""
        if self._queue.turns_away:
            self._leave(visit, now)
            return
        self._queue.waits += 1
        visit.is_counted = True
        patience = self._rules.patience(visit.case, visit.number)
        if patience is None:
            return

        def ring(_: Alarm) -> None:
            if visit.state is State.WAITING and visit.began < 0:
                self._leave(visit, now + patience)

        self._floor.schedule(Alarm(ring), delay=patience)

    def _no_longer_waits(self, visit: Visit) -> None:
        if visit.is_counted:
            visit.is_counted = False
            self._queue.waits -= 1

    def _leave(self, visit: Visit, now: int) -> None:
        self._take_out(visit, now, Why.ABANDONED)
        if visit.host is None:
            self._floor.abandon(visit.frame, now)
        elif is_kept(visit):  # whom it let in before it may have ended its case
            visit.host.abandoned(now)

    def _take_out(self, visit: Visit, now: int, why: Why) -> None:
        """End a visit that is not completed; what works at it is free."""
        self._no_longer_waits(visit)
        state, visit.state = visit.state, State.OVER
        worked = 0
        if visit.load is not None:
            worked = self._get_off(visit.load, visit, now)
        elif state is State.WORKING:
            worked = self._allocator.stop(visit, now)
        elif self._gathering is not None:
            self._gathering.drop(visit)
        elif visit.began >= 0:  # interrupted before
            worked = visit.spent
        self._floor.rows.add(self.open_row(visit))
        where = (visit.case, self.index, visit.number)
        self._floor.rows.leavings.add((*where, now, why, worked))
        self._queue.let_in(now)

    def _get_off(self, load: Visit, visit: Visit, now: int) -> int:
        """Take a case out of its batch, where the work goes on for the others.

        Return the work done for it, which is all when nobody else is left.
        """
        assert load.riders is not None
        if len(load.riders) > 1:
            load.riders.remove(visit)
            return 0
        if load.state is State.WORKING:
            return self._allocator.stop(load, now)
        load.state = State.OVER
        return 0

    def _record(self, visit: Visit, now: int, work: int) -> None:
        where = (visit.case, self.index, visit.number, visit.unit)
        self._floor.rows.add((*where, visit.scheduled, visit.began, now, work))
