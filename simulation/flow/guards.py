"""Visits of tokens to activities and events: what may happen at the border meanwhile.

A guard stands for a token that waits in its frame. What it waits for tells the guard when it is
done; an event at the border may take the token away, or send another one beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind
from simulation.draws import ensure_no_endless_loop
from simulation.flow.events import arm_of, lot
from simulation.flow.frames import Open
from simulation.net import Comes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulation.flow.context import Flow
    from simulation.flow.frames import Begin, Done, Enter, Frames, Thrown, Visit
    from simulation.flow.timers import Arm, Armed
    from simulation.net import Trigger

    Happening = Callable[["Event", int, int, int, int], None]

PASSING = frozenset({EventKind.ERROR, EventKind.ESCALATION, EventKind.CANCEL})


class Event:
    """An event at a border, or one that starts an event subprocess."""

    __slots__ = (
        "_arm",
        "_frames",
        "_index",
        "_next_visit",
        "_rows",
        "happens",
        "node",
        "trigger",
        "ways",
    )

    def __init__(self, flow: Flow, index: int) -> None:
        node = flow.net.nodes[index]
        assert node.trigger is not None
        self.trigger: Trigger = node.trigger
        self.node = node
        self.ways = flow.ways[index]
        comes = node.trigger.comes
        self._arm: Arm | None = None
        if comes not in {Comes.THROWN, Comes.AT_END}:
            self._arm = arm_of(flow, node)
        self.happens: Callable[[int], bool] | None = None
        if comes is Comes.AT_END:
            self.happens = lot(flow, node)
        self._index, self._next_visit, self._rows = index, flow.visits().next, flow.rows
        self._frames = flow.frames

    @property
    def is_armed(self) -> bool:
        """Whether it comes by itself, and has to be waited for."""
        return self._arm is not None

    def arm(self, frame: int, now: int, happens: Happening, times: int) -> Armed:
        """Wait for it; ``happens`` is told how often it has happened, its visit, since when."""
        assert self._arm is not None, "only events that come by themselves are armed"
        visit = self._next_visit(self._frames.case_of[frame])
        if times > 1:
            ensure_no_endless_loop(self.node, visit)
        return self._arm(frame, now, partial(happens, self, times, visit, now))

    def record(self, frame: int, since: int, now: int, visit: int = -1) -> None:
        """Record that the event happened; ``visit`` is that of being armed."""
        case = self._frames.case_of[frame]
        if visit < 0:
            visit = self._next_visit(case)
        self._rows.add((case, self._index, visit, -1, since, since, now, now - since))

    def may_come_again(self, times: int) -> bool:
        """Whether it is waited for once more when it has happened so often."""
        most = self.trigger.most
        return not self.trigger.is_interrupting and (most is None or times < most)


def catcher(events: Sequence[Event], thrown: Thrown) -> Event | None:
    """Return the event of this very code, else the one of every code."""
    alike = [
        event
        for event in events
        if event.trigger.kind is thrown.kind and event.trigger.name in {thrown.code, None}
    ]
    exact = (event for event in alike if event.trigger.name is not None)
    return next(exact, next(iter(alike), None))


class Border:
    """The events at the border of an activity, by when they may happen."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self.armed = [event for event in events if event.is_armed]
        self.at_end = [event for event in events if event.happens is not None]
        self.passing = [event for event in events if event.trigger.kind in PASSING]
        ways_out = (*self.passing, *events)
        self.escape = next((event for event in ways_out if event.trigger.is_interrupting), None)


@dataclass(eq=False)
class Place:
    """What all visits to an activity or event share."""

    frames: Frames
    index: int
    begin: Begin
    ways: list[Enter]
    border: Border
    is_scope: bool = False  # its visits open frames
    takes_over: bool = False  # an event subprocess that interrupts its scope
    entries: Sequence[Done] = ()  # what can be undone when it was done

    def enter(self, frame: int, now: int) -> None:
        """Take a token in."""
        guard = Guard(self, frame, now)
        self.frames.waiting[frame][guard] = None
        self.begin(frame, now, guard)
        if guard.is_open:
            for event in self.border.armed:
                guard.arm(event, now)


class Guard:
    """One visit of a token."""

    __slots__ = (
        "_armed",
        "_place",
        "_since",
        "entries",
        "frame",
        "index",
        "is_open",
        "is_scope",
        "visit",
    )

    def __init__(self, place: Place, frame: int, now: int) -> None:
        self._place, self.frame, self._since = place, frame, now
        self.index, self.is_scope = place.index, place.is_scope
        self._armed: list[Armed] = []
        self.visit: Visit | None = None
        self.entries: list[Done] = []
        self.is_open = True

    def arm(self, event: Event, now: int, times: int = 1) -> None:
        """Wait for an event at the border."""
        self._armed.append(event.arm(self.frame, now, self._happens, times))

    def done(self, now: int) -> None:
        """Go on, unless an event at the border takes the place of the end."""
        place, frame, self.visit = self._place, self.frame, None
        for event in place.border.at_end:
            assert event.happens is not None
            if event.happens(frame):
                self._leave_by(event, self._since, now)
                if not self.is_open:
                    return
        self._close()
        entries = self.entries or place.entries
        if entries:
            place.frames.scope(frame).remember(entries)
        place.ways[0](frame, now)

    def thrown(self, thrown: Thrown, now: int) -> None:
        """Catch what was thrown inside, or let it out into the scope."""
        event = catcher(self._place.border.passing, thrown)
        if event is not None:
            self._leave_by(event, now, now)
            return
        scope = self._place.frames.scope(self.frame)
        scope.thrown(thrown, now, has_taken_over=self._place.takes_over)

    def abandoned(self, now: int) -> None:
        """Leave by the activity's boundary event, if one interrupts it; else the case ends."""
        escape = self._place.border.escape
        if escape is not None:
            self._leave_by(escape, self._since, now)
        else:
            self._place.frames.scope(self.frame).abandoned(now)

    def withdraw(self, now: int) -> None:
        """End without being done."""
        self._close()
        if self.visit is not None:
            self.visit.withdraw(now)
            self.visit = None

    def cut(self) -> None:
        """Record what is open when the run is cut."""
        if isinstance(self.visit, Open):
            self.visit.cut()

    def _happens(self, event: Event, times: int, visit: int, since: int, now: int) -> None:
        if event.may_come_again(times):
            self.arm(event, now, times + 1)
        self._leave_by(event, since, now, visit)

    def _leave_by(self, event: Event, since: int, now: int, visit: int = -1) -> None:
        """Send a token out by an event at the border, instead of this one or beside it."""
        frames, frame = self._place.frames, self.frame
        event.record(frame, since, now, visit)
        if event.trigger.is_interrupting:
            self.withdraw(now)
        else:
            frames.live[frame] += 1
        event.ways[0](frame, now)

    def _close(self) -> None:
        self.is_open = False
        for armed in self._armed:
            armed.disarm()
        self._armed.clear()  # as they know this visit, nobody would ever forget either
        self._place.frames.leave(self.frame, self)
