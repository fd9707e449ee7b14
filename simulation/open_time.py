"""Open time between many pairs of moments at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from engine.domain.calendar import WorkingCalendar

    Ints = NDArray[np.int64]

_MICROSECOND = timedelta(microseconds=1)


class OpenTime:
    """A calendar, unrolled as far as a run reaches; None: always open."""

    def __init__(self, calendar: WorkingCalendar | None, epoch: datetime, latest: int) -> None:
        self._edges: Ints | None = None
        if calendar is not None:
            edges, worked, total = [0], [0], 0
            for opens, closes in calendar.intervals(epoch):
                begin, end = (
                    max((opens - epoch) // _MICROSECOND, 0),
                    (closes - epoch) // _MICROSECOND,
                )
                edges += [begin, end]
                worked += [total, total := total + end - begin]
                if begin > latest:
                    break
            self._edges = np.array(edges, dtype=np.int64)
            self._worked = np.array(worked, dtype=np.int64)

    def between(self, begin: Ints, end: Ints) -> Ints:
        """Return the open time from each ``begin`` to its ``end``, µs."""
        return self.until(end) - self.until(begin)

    def until(self, at: Ints) -> Ints:
        """Return the open time from the start of the run to each moment, µs."""
        if self._edges is None:
            return at
        place = np.searchsorted(self._edges, at, side="right") - 1
        # behind an odd edge the calendar is open
        return self._worked[place] + np.where(place % 2 == 1, at - self._edges[place], 0)
