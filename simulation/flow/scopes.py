"""Instances of scopes: processes, subprocesses, calls, event subprocesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind
from simulation.flow.flat import abandon
from simulation.flow.frames import Done, Open, Thrown
from simulation.flow.guards import PASSING, Event, catcher
from simulation.flow.undo import Undoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.flow.context import Flow
    from simulation.flow.frames import Begin, Enter, Frames, Host, Scope, Visit
    from simulation.flow.timers import Armed
    from simulation.net import Starter


class Space:
    """What all instances of a scope share."""

    def __init__(self, flow: Flow, number: int) -> None:
        self.plan = flow.net.scopes[number]
        self.frames = flow.frames
        self.listeners = [Event(flow, index) for index in self.plan.listeners]
        self.armed = [event for event in self.listeners if event.is_armed]
        self.passing = [e for e in self.listeners if e.trigger.kind in PASSING]
        self.starts: list[Enter] = []  # filled when all nodes are made

    def instance(self, flow: Flow, frame: int, case: int) -> Instance:
        """Return the scope of a case."""
        return Instance(self, frame, OfCase(flow, case))


class Instance:
    """One instance of a scope."""

    __slots__ = ("_armed", "_around", "_host", "_space", "done", "frame")

    def __init__(self, space: Space, frame: int, host: Host, around: Scope | None = None) -> None:
        """``around``: the scope of an event subprocess."""
        self._space, self.frame, self._host, self._around = space, frame, host, around
        self.done: list[Done] = []  # that can be undone, the youngest last
        self._armed: list[Armed] = []
        space.frames.scopes[frame] = self
        host.visit = self

    def begin(self, now: int, starts: list[Enter]) -> None:
        """Let event subprocesses listen, and tokens in."""
        frames, frame = self._space.frames, self.frame
        for event in self._space.armed:
            self._arm(event, now)
        turn = frames.turn[frame]
        for start in starts:
            start(frame, now)
            if frames.turn[frame] != turn:
                return

    def thrown(self, thrown: Thrown, now: int, *, has_taken_over: bool = False) -> None:
        """Let an event subprocess catch what was thrown inside, or let it out."""
        event = None if has_taken_over else catcher(self._space.passing, thrown)
        if event is None:
            self._host.thrown(thrown, now)
        else:
            self._start(event, now, now)

    def abandoned(self, now: int) -> None:
        """Let it out."""
        self._host.abandoned(now)

    def remember(self, entries: Sequence[Done]) -> None:
        """Keep what can be undone."""
        self.done += entries

    def take(self, activity: int) -> list[Done]:
        """Take what is to be undone, in an event subprocess also from the scope around it."""
        taken = [done for done in self.done if activity in {-1, done.activity}]
        self.done = [done for done in self.done if activity not in {-1, done.activity}]
        if self._around is None:
            return taken
        return [*self._around.take(activity), *taken]

    def cancel(self, now: int) -> None:
        """Leave by the cancel event at the border."""
        self._host.thrown(Thrown(EventKind.CANCEL, None), now)

    def token_ended(self, now: int) -> None:
        """Close: the last token has ended."""
        self._close()
        self._host.done(now)

    def terminate(self, now: int) -> None:
        """Withdraw every token inside, and go on behind the scope."""
        self.empty(now)
        self.token_ended(now)

    def withdraw(self, now: int) -> None:
        """Withdraw everything inside."""
        self.empty(now)
        self._close()

    def empty(self, now: int) -> None:
        """Withdraw everything inside; the scope stays."""
        for armed in self._armed:
            armed.disarm()
        self._armed.clear()
        self._space.frames.empty(self.frame, now)

    def _close(self) -> None:
        for armed in self._armed:
            armed.disarm()
        self._armed.clear()
        self._space.frames.close(self.frame)

    def _arm(self, event: Event, now: int, times: int = 1) -> None:
        self._armed.append(event.arm(self.frame, now, self._happens, times))

    def _happens(self, event: Event, times: int, visit: int, since: int, now: int) -> None:
        if event.may_come_again(times):
            self._arm(event, now, times + 1)
        self._start(event, since, now, visit)

    def _start(self, event: Event, since: int, now: int, visit: int = -1) -> None:
        """Start an event subprocess, in place of the tokens of the scope or beside them."""
        frames, frame = self._space.frames, self.frame
        event.record(frame, since, now, visit)
        if event.trigger.is_interrupting:
            self.empty(now)
        frames.live[frame] += 1
        event.ways[0](frame, now)


class Opened(Open):
    """A visit to a subprocess or call: records it, and stands between it and its host."""

    __slots__ = ("_handler", "_host", "_row", "_rows", "entries", "instance", "visit")

    def __init__(
        self, flow: Flow, host: Host, row: tuple[int, int, int, int], handler: int
    ) -> None:
        """``handler``: number of the activity that undoes it, or -1."""
        self._host, self._rows, self._row, self._handler = host, flow.rows, row, handler
        self.visit: Visit | None = None
        self.entries: list[Done] = []
        self.instance: Instance
        host.visit = self

    def done(self, now: int) -> None:
        """Record the visit; go on."""
        case, index, visit, since = self._row
        self._rows.add((case, index, visit, -1, since, since, now, now - since))
        inside = self.instance.done
        self._forget()
        if inside or self._handler >= 0:
            self._host.entries = [Done(index, self._handler, inside)]
        self._host.done(now)

    def thrown(self, thrown: Thrown, now: int) -> None:
        """Let it out."""
        self._host.thrown(thrown, now)

    def abandoned(self, now: int) -> None:
        """Let it out."""
        self._host.abandoned(now)

    def withdraw(self, now: int) -> None:
        """Withdraw everything inside."""
        case, index, visit, since = self._row
        self._rows.cancel((case, index, visit, -1, since, since, now, now - since))
        if self.visit is not None:
            self.visit.withdraw(now)
            self._forget()

    def cut(self) -> None:
        """Record a visit that is open when the run is cut."""
        case, index, visit, since = self._row
        self._rows.add((case, index, visit, -1, since, since, -1, -1))

    def _forget(self) -> None:
        """Let go of what knows this visit, or nothing of it would leave the memory."""
        self.visit = None
        del self.instance


class OfCase:
    """Whom the scope of a case reports to."""

    __slots__ = ("_case", "_flow", "entries", "visit")

    def __init__(self, flow: Flow, case: int) -> None:
        self._flow, self._case = flow, case
        self.visit: Visit | None = None
        self.entries: list[Done] = []

    def done(self, now: int) -> None:
        """End the case."""
        self.visit = None  # which knows this too
        cases, again = self._flow.cases, self._flow.again
        cases.ended[self._case] = now
        if again and (comes := again.get(cases.start_of(self._case))) is not None:
            comes(self._case, now)

    def thrown(self, thrown: Thrown, now: int) -> None:
        """End the case by an error that nothing catches; all else passes."""
        if thrown.kind is EventKind.ERROR and self.visit is not None:
            self.visit.withdraw(now)
            self.done(now)

    def abandoned(self, now: int) -> None:
        """End the case, whatever else is open in it."""
        if self.visit is not None:
            self.visit.withdraw(now)
        abandon(self._flow, self._case, now)
        self.done(now)
        self._flow.rows.abandoned.append(self._case)


def opening(flow: Flow, space: Space, index: int) -> Begin:
    """Return what opens a subprocess or call."""
    frames, next_visit, node = flow.frames, flow.visits().next, flow.net.nodes[index]
    is_handler = any(index == handler for handler in flow.net.handlers)
    case_of, tokens, starts = frames.case_of, len(space.plan.starts), space.starts

    def begin(frame: int, now: int, host: Host) -> None:
        case = case_of[frame]
        opened = Opened(flow, host, (case, index, next_visit(case), now), node.undone_by)
        around = frames.scope(frame) if is_handler and not isinstance(host, Undoing) else None
        instance = opened.instance = Instance(space, frames.open(case, tokens), opened, around)
        if isinstance(host, Undoing):
            instance.done = host.inside
        instance.begin(now, starts)

    return begin


def add_scopes(flow: Flow) -> list[Space]:
    """Return what the instances of scopes share; those of cases are made when first needed."""
    net, frames, cases = flow.net, flow.frames, flow.cases
    if net.is_plain:
        return []
    spaces = [Space(flow, number) for number in range(len(net.scopes))]

    def made(frame: int) -> Instance:
        case = frames.case_of[frame]
        return spaces[net.scope_of_start(cases.start_of(case))].instance(flow, frame, case)

    def start_case(starter: Starter, sender: int, now: int) -> None:
        number = cases.next_of(sender, starter.start)
        flow.draws.add_case(sender, starter.start, number)
        case = cases.add(starter.start, sender, now)
        instance = spaces[starter.scope].instance(flow, frames.open(case, 1), case)
        instance.begin(now, [flow.way(starter.edge)])

    def starts(kind: EventKind, name: str, sender: int, now: int) -> bool:
        starter = net.started_by.get((kind, name))
        if starter is not None:
            cases.ensure_talk_ends(sender, starter.start)
            start_case(starter, sender, now)
        return starter is not None

    frames.made, flow.start_case, flow.mail.starts = made, start_case, starts
    flow.end = end(frames)
    return spaces


def entrance(flow: Flow, spaces: list[Space], start: str) -> Enter:
    """Return what lets a case in at a start event."""
    way = flow.way(flow.net.entries[start])
    if flow.net.is_plain or not spaces[flow.net.scope_of_start(start)].armed:
        return way
    made, starts = flow.frames.made, [way]

    def enter(frame: int, now: int) -> None:
        made(frame).begin(now, starts)

    return enter


def end(frames: Frames) -> Enter:
    """Return what ends a token of a scope that is watched."""
    live, scope = frames.live, frames.scope

    def enter(frame: int, now: int) -> None:
        live[frame] -= 1
        if not live[frame]:
            scope(frame).token_ended(now)

    return enter
