"""Visits of tokens to activities of light roles: what waits in a frame is the visit itself.

The same as ``simulation.flow.guards`` with one object in place of three. A timer that comes after
the end of work that is begun at once is never set: that end can only come earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.distributions import Constant
from simulation.flow.timers import LATE
from simulation.net import Comes
from simulation.work.light import LightVisit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulation.flow.context import Flow
    from simulation.flow.frames import Done, Enter
    from simulation.flow.guards import Border, Event
    from simulation.flow.timers import Armed
    from simulation.work.light_station import LightStation, Told

    Make = Callable[[Told, Told], LightStation]  # done, abandoned


class Expiry:
    """A SimPy event: a timer at the border of a visit fires, unless the visit is over."""

    __slots__ = ("at", "callbacks", "guard")
    _ok = True

    guard: LightGuard

    def __init__(
        self, guard: LightGuard, at: int, callbacks: tuple[Callable[[Expiry], None], ...]
    ) -> None:
        self.guard, self.at, self.callbacks = guard, at, callbacks

    def disarm(self) -> None:
        """Let nothing happen; the visit need not be kept until then."""
        self.callbacks = ()
        del self.guard


class LightGuard(LightVisit):
    """A visit with what waits for something to happen at its border."""

    __slots__ = ("armed", "border", "is_open")
    is_scope = False

    armed: tuple[Armed, ...]
    border: LightBorder
    is_open: bool

    @property
    def index(self) -> int:
        """Return the number of the node at which it waits."""
        return self.place.index

    def withdraw(self, now: int) -> None:
        """End without being done."""
        self.border.close(self)
        self.place.withdraw(self, now)

    def cut(self) -> None:
        """Leave it to the activity to record what is open when the run is cut."""


class LightBorder:
    """The border of an activity of a light role."""

    def __init__(
        self, flow: Flow, events: Border, entries: Sequence[Done], ways: list[Enter]
    ) -> None:
        """``entries``: what can be undone when it was done."""
        self._flow, self._frames = flow, flow.frames
        self._events, self._entries, self._ways = events, entries, ways

    def enter(self, make: Make) -> Enter:
        """Return what takes a token in."""
        station = make(self._done(), self._abandoned)
        case_of, waiting = self._frames.case_of, self._frames.waiting
        tell, queue = station.number_and_work(), station.queue
        arm = self._arming(station.element_id)

        def enter(frame: int, now: int) -> None:
            case = case_of[frame]
            number, work = tell(case)
            guard = LightGuard(station, frame, case, number, now, work)
            guard.border, guard.armed, guard.is_open = self, (), True
            waiting[frame][guard] = None
            is_begun = queue(guard, now)
            if arm is not None:
                arm(guard, now, is_begun)

        return enter

    def close(self, guard: LightGuard) -> None:
        """Wait for nothing any more."""
        guard.is_open = False
        for armed in guard.armed:
            armed.disarm()
        guard.armed = ()
        self._frames.leave(guard.frame, guard)

    def _arming(self, element: str) -> Callable[[LightGuard, int, bool], None] | None:
        """Return what waits for the events at the border (whether work is begun); None: none."""
        events = self._events.armed
        if not events:
            return None
        if len(events) == 1 and self._is_simple(element, events[0]):
            return self._timing(events[0])

        def arm(guard: LightGuard, now: int, _is_begun: bool) -> None:
            for event in events:
                self._arm(guard, event, now)

        return arm

    def _is_simple(self, element: str, event: Event) -> bool:
        """Whether an event is a timer that is set once per visit, and then by its own number."""
        trigger, node = event.trigger, event.node
        is_timer = trigger.comes is Comes.TIME and trigger.in_calendar is None
        may_leave = element in self._flow.net.document.patience
        return is_timer and trigger.is_interrupting and node.shares is None and not may_leave

    def _timing(self, event: Event) -> Callable[[LightGuard, int, bool], None]:
        schedule, duration, node = self._flow.schedule, self._flow.draws.duration, event.node
        is_fixed, fixed = isinstance(node.duration, Constant), -1

        def ring(timer: Expiry) -> None:
            guard = timer.guard
            self._leave_by(guard, event, guard.scheduled, timer.at, guard.number)

        callbacks = (ring,)

        def arm(guard: LightGuard, now: int, is_begun: bool) -> None:
            nonlocal fixed
            wait = fixed
            if wait < 0:
                wait = duration(node, guard.case, guard.number)
                if is_fixed:
                    fixed = wait
            if is_begun and guard.ends <= now + wait:
                return
            timer = Expiry(guard, now + wait, callbacks)
            guard.armed = (timer,)
            schedule(timer, LATE, wait)

        return arm

    def _arm(self, guard: LightGuard, event: Event, now: int, times: int = 1) -> None:
        def happens(event: Event, times: int, visit: int, since: int, now: int) -> None:
            if event.may_come_again(times):
                self._arm(guard, event, now, times + 1)
            self._leave_by(guard, event, since, now, visit)

        guard.armed = (*guard.armed, event.arm(guard.frame, now, happens, times))

    def _done(self) -> Callable[[LightGuard, int], None]:
        """Return what lets a token go on, unless an event takes the place of the end."""
        frames, at_end, waiting = self._frames, self._events.at_end, self._frames.waiting
        entries, ways = self._entries, self._ways

        def done(guard: LightGuard, now: int) -> None:
            frame = guard.frame
            if at_end and not self._is_open_after(guard, now):
                return
            guard.is_open = False
            for armed in guard.armed:
                armed.disarm()
            guard.armed = ()
            here = waiting[frame]
            del here[guard]
            if not here:
                del waiting[frame]
            if entries:
                frames.scope(frame).remember(entries)
            ways[0](frame, now)

        return done

    def _is_open_after(self, guard: LightGuard, now: int) -> bool:
        """Let the events happen that come with the end; say whether the token is left."""
        for event in self._events.at_end:
            assert event.happens is not None
            if event.happens(guard.frame):
                self._leave_by(guard, event, guard.scheduled, now)
                if not guard.is_open:
                    return False
        return True

    def _abandoned(self, guard: LightGuard, now: int) -> None:
        """Leave by the activity's boundary event, if one interrupts it; else the case ends."""
        if self._events.escape is not None:
            self._leave_by(guard, self._events.escape, guard.scheduled, now)
        else:
            self._frames.scope(guard.frame).abandoned(now)

    def _leave_by(
        self, guard: LightGuard, event: Event, since: int, now: int, visit: int = -1
    ) -> None:
        """Send a token out by an event at the border, instead of this one or beside it."""
        frame = guard.frame
        event.record(frame, since, now, visit)
        if event.trigger.is_interrupting:
            guard.withdraw(now)
        else:
            self._frames.live[frame] += 1
        event.ways[0](frame, now)
