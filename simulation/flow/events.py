"""Waiting for events: for a time, for a message of the model, for a signal.

What waits is armed and may be disarmed. Of what happens at the same moment, the end of work
comes before what expires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.calendar import CompiledCalendar
from simulation.flow.timers import LATE, Never, Timer
from simulation.net import Comes

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.flow.context import Flow
    from simulation.flow.timers import Arm, Armed, Happens
    from simulation.net import Node, Trigger

_NEVER = Never()


def arm_of(flow: Flow, node: Node) -> Arm:
    """Return what arms an event that comes by itself, from a time or from the model."""
    trigger = node.trigger
    assert trigger is not None
    match trigger.comes:
        case Comes.MESSAGE | Comes.SIGNAL:
            return flow.mail.arm_of(trigger)
        case Comes.DATE:
            arm = _at_moment(flow, trigger)
        case _:
            arm = _after_time(flow, node, trigger)
    return arm if node.shares is None else _by_lot(flow, node, arm)


def _after_time(flow: Flow, node: Node, trigger: Trigger) -> Arm:
    schedule, duration, next_visit = flow.schedule, flow.draws.duration, flow.visits().next
    case_of, given = flow.frames.case_of, trigger.in_calendar
    calendar = None if given is None else CompiledCalendar(given, flow.net.epoch)

    def arm(frame: int, now: int, happens: Happens) -> Timer:
        case = case_of[frame]
        wait = duration(node, case, next_visit(case))
        if calendar is not None:
            wait = calendar.finish(now, wait) - now
        timer = Timer(now + wait, happens)
        schedule(timer, LATE, wait)
        return timer

    return arm


def _at_moment(flow: Flow, trigger: Trigger) -> Arm:
    schedule, moment = flow.schedule, trigger.at

    def arm(_frame: int, now: int, happens: Happens) -> Timer:
        timer = Timer(max(now, moment), happens)
        schedule(timer, LATE, timer.at - now)
        return timer

    return arm


def _by_lot(flow: Flow, node: Node, arm: Arm) -> Arm:
    """Draw whether the event happens at all."""
    happens_at_all = lot(flow, node)

    def arm_perhaps(frame: int, now: int, happens: Happens) -> Armed:
        return arm(frame, now, happens) if happens_at_all(frame) else _NEVER

    return arm_perhaps


def lot(flow: Flow, node: Node) -> Callable[[int], bool]:
    """Return what draws, per visit of the case of a frame, whether an event happens."""
    choice, next_visit, case_of = flow.draws.choice, flow.visits().next, flow.frames.case_of

    def happens(frame: int) -> bool:
        case = case_of[frame]
        return choice(node, case, next_visit(case)) == 0

    return happens
