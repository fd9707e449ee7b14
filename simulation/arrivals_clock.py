"""What every kind of arrivals needs: local days, open hours and the limits of a run."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING

from engine.domain.calendar import MICROSECOND, CalendarNeverOpens
from engine.domain.wall_time import moment_at
from simulation.calendars import OpensTooRarely, working_calendar
from simulation.errors import ArrivalsRefused
from simulation.net import US

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.net import Net

MOST_CASES = 1_000_000  # of a replication: a few GB
LATEST = 150 * 366 * 86_400 * US  # from the start of the run
_MOST_SLOTS = 500_000  # of a replication


def ensure_few(cases: float, name: str) -> None:
    """Raise ArrivalsRefused if more cases come than a run can hold."""
    if not cases <= MOST_CASES:
        words = f"more than {MOST_CASES:,} cases would arrive in one replication"
        raise ArrivalsRefused(name, f"{words}; shorten run.until, or give run.cases")


def days(name: str, slots_a_day: int) -> Iterator[int]:
    """Yield the days after the start, as many as a run can hold."""
    for day in count():
        if day * slots_a_day > _MOST_SLOTS or day * 86_400 * US > LATEST:
            words = f"needs more than {day * slots_a_day:,} slots on {day:,} days: too few cases"
            raise ArrivalsRefused(name, f"{words} in each; shorten run.until, or use longer slots")
        yield day


def local(net: Net, day: int, minutes: int, later_us: int = 0) -> int:
    """Return a local time of day, so many days after the start, in µs after the epoch."""
    date = net.document.run.start.date() + timedelta(days=day)
    wall = datetime.combine(date, time()) + timedelta(minutes=minutes, microseconds=later_us)
    return (moment_at(wall, net.document.timezone) - net.epoch) // MICROSECOND


def slot_edges(net: Net, day: int, opens_min: int, slot: int, count: int) -> list[int]:
    """Return where the slots of a day begin and the last one ends, in µs after the epoch.

    On the day on which the clocks change they follow the clock on the wall: one is longer, or is
    skipped.
    """
    first, last = local(net, day, opens_min), local(net, day, opens_min, count * slot)
    if last - first == count * slot:
        return list(range(first, last + 1, slot))
    return [local(net, day, opens_min, i * slot) for i in range(count + 1)]


class OpenHours:
    """The open intervals of a calendar in µs after the epoch, asked in the order of time."""

    def __init__(self, net: Net, name: str, arrivals: str) -> None:
        self._intervals = working_calendar(net.document, name).intervals(net.epoch)
        self._epoch, self._arrivals = net.epoch, arrivals
        self._current = (0, 0)

    def within(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the open parts of a stretch of time."""
        while True:
            opens, closes = self._current
            if max(opens, begin) < min(closes, end):
                yield max(opens, begin), min(closes, end)
            if closes >= end:
                return
            self._current = self._next()

    def _next(self) -> tuple[int, int]:
        try:
            opens, closes = next(self._intervals)
        except (CalendarNeverOpens, OpensTooRarely) as error:
            raise ArrivalsRefused(self._arrivals, str(error)) from error
        return (opens - self._epoch) // MICROSECOND, (closes - self._epoch) // MICROSECOND
