"""When a unit is there: its shifts, its failures, and both at once.

Times up and down are drawn as they are asked for; a unit that is up is a calendar that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.domain.calendar import MICROSECOND, CompiledCalendar, WorkingCalendar
from simulation.calendars import OpensTooRarely, working_calendar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from engine.domain.calendar import Interval
    from simulation.net import Net

    Note = Callable[[int, int], None]  # begin, end, µs
    Spells = Callable[[int], list[tuple[int, int]]]  # block → (up, down) in µs

_FRUITLESS = timedelta(days=3 * 366)


@dataclass(frozen=True)
class UpTimes(WorkingCalendar):
    """A unit that fails: open while it is up, from the start of the run."""

    spells: Spells = lambda _: []  # the base class has defaults before it

    note: Note = lambda _begin, _end: None

    def intervals(self, since: datetime) -> Iterator[Interval]:
        """Yield the times up after the start, for ever."""
        now, block = since, 0
        while True:
            for up, down in self.spells(block):
                fails = now + timedelta(microseconds=up)
                if up:
                    yield now, fails
                now = fails + timedelta(microseconds=down)
                self.note((fails - since) // MICROSECOND, (now - since) // MICROSECOND)
            block += 1


@dataclass(frozen=True)
class Together(WorkingCalendar):
    """Open while every part is open."""

    parts: tuple[WorkingCalendar, ...] = ()

    def intervals(self, since: datetime) -> Iterator[Interval]:
        """Yield what the intervals of all parts have in common.

        Raises OpensTooRarely when they have nothing in common for three years.
        """
        first, *others = (part.intervals(since) for part in self.parts)
        for other in others:
            first = _common(first, other, since)
        return first


def _common(a: Iterator[Interval], b: Iterator[Interval], since: datetime) -> Iterator[Interval]:
    mine, theirs, last = next(a), next(b), since
    while True:
        start, end = max(mine[0], theirs[0]), min(mine[1], theirs[1])
        if start < end:
            yield start, end
            last = end
        elif start - last > _FRUITLESS:
            raise OpensTooRarely
        if mine[1] <= theirs[1]:
            mine = next(a)
        else:
            theirs = next(b)


class Hours:
    """The calendars of a run, compiled once each, and what they have in common."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._named: dict[str, WorkingCalendar] = {}
        self._compiled: dict[tuple[int, ...], CompiledCalendar] = {}
        self._kept: list[WorkingCalendar] = []  # so that ids stay theirs

    def named(self, name: str | None) -> WorkingCalendar | None:
        """Return a calendar of the scenario; None: always open."""
        if name is None:
            return None
        if name not in self._named:
            self._named[name] = working_calendar(self._net.document, name)
        return self._named[name]

    def up_times(self, spells: Spells, note: Note) -> WorkingCalendar:
        """Return the calendar of a unit that fails; ``note`` is told when it is down."""
        return UpTimes({}, ZoneInfo("UTC"), spells=spells, note=note)

    def of(self, *calendars: WorkingCalendar | None) -> CompiledCalendar | None:
        """Return what calendars have in common, compiled; None: always open."""
        parts = tuple({id(c): c for c in calendars if c is not None}.values())
        if not parts:
            return None
        key = tuple(sorted(id(part) for part in parts))
        if key not in self._compiled:
            self._kept.extend(parts)
            whole = parts[0] if len(parts) == 1 else Together({}, ZoneInfo("UTC"), parts=parts)
            self._compiled[key] = CompiledCalendar(whole, self._net.epoch.astimezone(UTC))
        return self._compiled[key]


def shift_end(calendar: CompiledCalendar, now: int, latest: int) -> int:
    """Return when the open time that holds ``now`` ends; it does before ``latest``."""
    low, high = now, latest
    while high - low > 1:
        middle = (low + high) // 2
        if calendar.work_between(now, middle) == middle - now:
            low = middle
        else:
            high = middle
    return low
