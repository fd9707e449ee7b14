"""When units are on shift: their calendars as spans of a run, and how much of a stretch is in them.

Times are µs after the start of the run; a unit without a calendar is always there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.calendars import working_calendar
from simulation.spans import time_until, unrolled, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulation.net import Net

    Ints = NDArray[np.int64]


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

    def overlap(self, unit: Ints, begin: Ints, end: Ints) -> Ints:
        """Return how long units were on shift in stretches of time, a row each."""
        found = end - begin
        for name in dict.fromkeys(self._names):
            if name is not None:
                numbers = [i for i, other in enumerate(self._names) if other == name]
                mine = np.flatnonzero(np.isin(unit, numbers))
                open_spans = self.spans(name)
                found[mine] = time_until(open_spans, end[mine]) - time_until(
                    open_spans, begin[mine]
                )
        return found

    def _calendar_of(self, number: int) -> str | None:
        person = self._net.staff.persons.get(number)
        if person is not None:
            return person.calendar
        role = self._net.pools[self._net.staff.homes[number]].role
        return self._net.document.resources[role].calendar
