"""When units are on shift: their calendars as spans of a run, and how much of a stretch is in them.

Times are µs after the start of the run; a unit without a calendar is always there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.calendars import working_calendar
from simulation.spans import pieces, time_until, unrolled, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.net import Net
    from simulation.recorder import Ints


class Shifts:
    """The calendars of a net, each unrolled once, as far as ``latest``."""

    def __init__(self, net: Net, latest: int) -> None:
        self._net, self.latest = net, latest
        self._known: dict[str | None, Ints] = {None: whole(latest)}
        self._names = [self._calendar_of(number) for number in range(len(net.staff.names))]

    def spans(self, name: str | None) -> Ints:
        """Return the open spans of a calendar by its name; None: it never closes."""
        if name not in self._known:
            assert name is not None
            calendar = working_calendar(self._net.document, name)
            self._known[name] = unrolled(calendar, self._net.epoch, self.latest)
        return self._known[name]

    def of_unit(self, number: int) -> Ints:
        """Return when a unit is on shift."""
        return self.spans(self._names[number])

    @property
    def has_calendars(self) -> bool:
        """Whether anybody ever is off shift."""
        return any(name is not None for name in self._names)

    def overlap(self, unit: Ints, begin: Ints, end: Ints) -> Ints:
        """Return how long units were on shift in stretches of time, a row each."""
        found = np.asarray(end - begin)
        for name, mine in self._by_calendar(unit) if self.has_calendars else ():
            if name is not None:
                there = self.spans(name)
                found[mine] = time_until(there, end[mine]) - time_until(there, begin[mine])
        return found

    def pieces(self, unit: Ints, begin: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
        """Return unit, begin and end of the pieces of stretches in which units were on shift."""
        if not self.has_calendars:
            return unit, begin, end
        found = [(unit[:0], begin[:0], end[:0])]
        for name, mine in self._by_calendar(unit):
            row, first, last = pieces(self.spans(name), begin[mine], end[mine])
            found.append((unit[mine][row], first, last))
        units, begins, ends = zip(*found, strict=True)
        return np.concatenate(units), np.concatenate(begins), np.concatenate(ends)

    def _by_calendar(self, unit: Ints) -> Iterator[tuple[str | None, Ints]]:
        """Yield each calendar and the rows of the units that have it."""
        known = list(dict.fromkeys(self._names))
        number = np.array([known.index(name) for name in self._names], dtype=np.int64)[unit]
        for place, name in enumerate(known):
            mine = np.flatnonzero(number == place)
            if len(mine):
                yield name, mine

    def _calendar_of(self, number: int) -> str | None:
        person = self._net.staff.persons.get(number)
        if person is not None:
            return person.calendar
        role = self._net.pools[self._net.staff.homes[number]].role
        return self._net.document.resources[role].calendar
