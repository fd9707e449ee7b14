"""Closed populations: a member comes again, some time after its case has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.calendar import CompiledCalendar
from simulation.calendars import working_calendar
from simulation.errors import SimulationFailed
from simulation.net import Starter
from simulation.resources import Alarm
from simulation.scenario.distribution import build

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.flow.context import Flow

_MOST_CASES = 1_000_000  # of a replication


def populations(flow: Flow) -> dict[str, Callable[[int, int], None]]:
    """Return, by start event, what lets the member of a case that has ended come again."""
    arrivals = flow.net.document.arrivals
    return {
        start: _comes_again(flow, start)
        for start in flow.net.entries
        if arrivals[start].population is not None
    }


def _comes_again(flow: Flow, start: str) -> Callable[[int, int], None]:
    net, cases = flow.net, flow.cases
    arrival, run = net.document.arrivals[start], net.document.run
    assert arrival.population is not None
    think = build(arrival.population.think, floor=0.0)
    starter = Starter(start, net.scope_of_start(start), net.entries[start])
    calendar = None
    if arrival.calendar is not None:
        calendar = CompiledCalendar(working_calendar(net.document, arrival.calendar), net.epoch)

    def ended(case: int, now: int) -> None:
        wait = flow.draws.thought(case, start, think)
        at = now + wait if calendar is None else calendar.next_open(calendar.finish(now, wait))
        if net.until is None or at < net.until:
            alarm = Alarm(lambda _: come(case, at))
            flow.schedule(alarm, delay=at - now)

    def come(case: int, now: int) -> None:
        if run.cases is not None and len(cases) >= run.cases:
            return
        if len(cases) >= _MOST_CASES:
            words = f"more than {_MOST_CASES:,} cases come; shorten run.until, or give run.cases"
            raise SimulationFailed(start, words)
        flow.start_case(starter, case, now)

    return ended
