"""Weekly periods of other simulators as calendars: MONDAY to FRIDAY, 09:00:00.000 to 17:00."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulation.calibration.scenario import weekly
from simulation.calibration.week import DAY_S, WEEK_S, OpenWeek
from simulation.exchange.entries import refused
from simulation.exchange.texts import unique

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.exchange.notes import Draft, Notes

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*([AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_MINUTE_S = 60.0
Span = tuple[float, float]  # seconds after Monday 00:00


def day_number(text: str) -> int:
    """Return the number of a weekday, 0 is Monday. Raises ValueError."""
    name = text.strip().upper()
    found = [i for i, day in enumerate(DAYS) if name in (day, day[:3], day[:2])]
    if not found:
        raise ValueError("must be a weekday such as MONDAY")
    return found[0]


def clock_s(text: str) -> float:
    """Return the seconds after midnight of a time of day. Raises ValueError."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError("must be a time of day such as 09:00:00")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[5]:
        if not 1 <= hour <= 12:
            raise ValueError("must be a time of day such as 9:00AM")
        hour = hour % 12 + (12 if match[5].lower() == "pm" else 0)
    value = hour * 3600.0 + minute * 60 + second + float(f"0.{match[4] or 0}")
    if hour > 24 or minute > 59 or second > 59 or value > DAY_S:
        raise ValueError("must be a time of day from 00:00 to 24:00")
    return value


def spans(first: str, last: str, begins: str, ends: str) -> list[Span]:
    """Return the spans of one period, day by day. Raises ValueError."""
    start, end = day_number(first), day_number(last)
    opens, closes = clock_s(begins), _end_s(clock_s(ends))
    if closes <= opens:
        closes += DAY_S
    days = range(start, end + 1 if end >= start else end + 8)
    found = []
    for day in days:
        at = day % 7 * DAY_S
        found.append((at + opens, at + closes))
    return found


def _end_s(time_s: float) -> float:
    """A period that ends in the last second of a minute ends with the minute."""
    return -(-time_s // _MINUTE_S) * _MINUTE_S if time_s % _MINUTE_S >= 59 else time_s


def in_minutes(found: Sequence[Span], where: str, notes: Notes) -> list[Span]:
    """Return spans in whole minutes, which is as fine as a calendar can be; note what changed."""
    rounded = [
        (round(a / _MINUTE_S) * _MINUTE_S, round(b / _MINUTE_S) * _MINUTE_S) for a, b in found
    ]
    if rounded != list(found):
        notes.translated(where, "its times are rounded to whole minutes")
    return rounded


def merged(found: list[Span]) -> tuple[Span, ...]:
    """Return the open time within a week: overlapping spans joined, those beyond it wrapped."""
    parts = []
    for low, high in found:
        parts.append((low, min(high, WEEK_S)))
        if high > WEEK_S:
            parts.append((0.0, high - WEEK_S))
    result: list[Span] = []
    for low, high in sorted(parts):
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        elif low < high:
            result.append((low, high))
    return tuple(result)


@dataclass
class Calendars:
    """The calendars of a scenario, equal ones once; who is always open has none."""

    draft: Draft
    _known: dict[tuple[Span, ...], str | None] = field(default_factory=dict)

    def add(self, name: str, found: list[Span], *, where: str) -> str | None:
        """Write a calendar and return its name; None: it is always open."""
        open_time = merged(in_minutes(found, where, self.draft.notes))
        if not open_time:
            raise refused(self.draft.source, where, None, "never opens for a minute or longer")
        if sum(high - low for low, high in open_time) >= WEEK_S - 7 * _MINUTE_S:
            self.draft.notes.kept(where, "always open: no calendar is needed")
            return None
        if open_time not in self._known:
            taken = self.draft.raw.get("calendars", {})
            written = unique(name, taken)
            self.draft.put("calendars", written, {"weekly": weekly(OpenWeek(open_time))})
            self._known[open_time] = written
        self.draft.notes.kept(where, f"calendar {self._known[open_time]!r}")
        return self._known[open_time]
