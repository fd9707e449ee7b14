"""The week on the wall: clock time of a zone as plain seconds, and open time within a week.

Calibration counts in wall-clock seconds after Monday, 29 December 1969, 00:00, so that a
time of day and a day of the week are a remainder. The one night a year in which a zone's
clocks change is an hour too long or short, mostly outside anybody's working hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DAY_S = 86_400.0
WEEK_S = 7 * DAY_S
_QUARTER_S = 900.0
_MONDAY_S = 3 * DAY_S  # 1 January 1970 was a Thursday
_EPOCH = datetime(1969, 12, 29)  # noqa: DTZ001 -- wall time has no zone


def wall_s(at_s: Floats, zone: str) -> Floats:
    """Return wall-clock seconds for moments in seconds after 1970 (UTC); NaN stays NaN."""
    known = np.nan_to_num(at_s, nan=0.0)
    quarters, place = np.unique(np.floor(known / _QUARTER_S), return_inverse=True)
    tz = ZoneInfo(zone)
    offsets = np.array([_offset_s(quarter * _QUARTER_S, tz) for quarter in quarters.tolist()])
    shifted = at_s + (offsets[place] if len(quarters) else 0.0) + _MONDAY_S
    return np.asarray(shifted)


def _offset_s(at_s: float, zone: ZoneInfo) -> float:
    offset = datetime.fromtimestamp(at_s, UTC).astimezone(zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def wall_time(at_s: float) -> datetime:
    """Return the wall-clock time of so many seconds."""
    return _EPOCH + timedelta(seconds=at_s)


@dataclass(frozen=True)
class OpenWeek:
    """Open intervals of a week, in seconds after Monday 00:00, ordered and apart."""

    intervals: tuple[tuple[float, float], ...]

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        edges, done = [0.0], [0.0]
        for opens, closes in self.intervals:
            edges += [opens, closes]
            done += [done[-1], done[-1] + closes - opens]
        return np.array([*edges, WEEK_S]), np.array([*done, done[-1]])

    @property
    def open_s(self) -> float:
        """Open time in a week."""
        return float(self._table[1][-1])

    def elapsed(self, at_s: Floats) -> Floats:
        """Return the open time from the beginning of time to moments."""
        weeks, rest = np.divmod(at_s, WEEK_S)
        edges, done = self._table
        return np.asarray(weeks * self.open_s + np.interp(rest, edges, done))

    def between(self, start_s: Floats, end_s: Floats) -> Floats:
        """Return the open time between moments."""
        return self.elapsed(end_s) - self.elapsed(start_s)

    def is_open(self, at_s: Floats) -> NDArray[np.bool_]:
        """Say for moments whether they lie in open time; an interval is open at both ends."""
        rest = at_s % WEEK_S
        found = np.zeros(rest.shape, dtype=np.bool_)
        for opens, closes in self.intervals:
            found |= (rest >= opens) & (rest <= closes)
        return found


ALWAYS = OpenWeek(((0.0, WEEK_S),))
