"""Cycles: timers that fire again and again, as ISO 8601 repeats or as cron writes them.

What was missed while nothing ran is made up oldest first, once per missed moment, up to
``MOST_CAUGHT_UP`` of them. If more were missed, the oldest are left out and ``Due.skipped``
says how many.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from engine.domain.duration import Duration, InvalidDuration, parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from engine.domain.due_date import Reckoning

MOST_CAUGHT_UP = 100
SHORTEST_S = 60.0
OLDEST_START = timedelta(days=3653)  # of a cycle by a working calendar, which is counted through
_REPEAT = re.compile(r"R(\d{0,6})/(.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Due:
    """When a timer fires next, and what it takes to know the time after that."""

    at: datetime
    left: int | None = 1  # firings left, this one included; None: no end
    anchor: datetime | None = None  # of a repeat: where its intervals are counted from
    number: int = 0  # how many intervals lie between the anchor and this firing
    skipped: int = 0  # missed moments before this one that are not made up
    text: str = ""  # what an expression gave when the timer was set

    def to_state(self) -> dict[str, object]:
        """Return what a token keeps of it, as JSON values; "due" is always there."""
        state: dict[str, object] = {"due": self.at.isoformat(), "times": self.left}
        if self.anchor is not None:
            state |= {"anchor": self.anchor.isoformat(), "number": self.number}
        if self.skipped:
            state["skipped"] = self.skipped
        if self.text:
            state["text"] = self.text
        return state

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Due:
        """Read what ``to_state`` returned, also without what older versions did not keep."""
        anchor = state.get("anchor")
        return cls(
            at=datetime.fromisoformat(state["due"]),
            left=state["times"],
            anchor=datetime.fromisoformat(anchor) if anchor else None,
            number=state.get("number", 0),
            skipped=state.get("skipped", 0),
            text=state.get("text", ""),
        )


class Cycle(Protocol):
    """Says when a timer fires first, and when again."""

    @property
    def times(self) -> int | None:
        """How often it fires; None: for ever."""
        ...

    def first(self, at: datetime, reckoning: Reckoning) -> Due:
        """Return the first firing of a timer that is set at a moment."""
        ...

    def following(self, due: Due, *, now: datetime, reckoning: Reckoning) -> Due | None:
        """Return the firing after one that was carried out now, None after the last."""
        ...


@dataclass(frozen=True, slots=True)
class Repeat:
    """An ISO 8601 repeat: how often (None: for ever), how far apart, and perhaps from when.

    Intervals are counted from the anchor, never from the firing before: every month from
    31 January is 28 February, then 31 March, and no cycle drifts because it fired late.
    """

    times: int | None
    interval: Duration
    first_at: datetime | None = None

    @classmethod
    def parse(cls, text: str, *, zone: tzinfo | None = None) -> Repeat:
        """Read "R3/PT10M", "R/P1D" or "R3/2026-03-01T09:00Z/PT10M"."""
        match = _REPEAT.fullmatch(text)
        if match is None:
            raise InvalidDuration(text, "not an ISO 8601 repeat such as R3/PT10M")
        times = int(match[1]) if match[1] else None
        start, _, interval = match[2].rpartition("/")
        if start.startswith("P"):
            raise InvalidDuration(text, "put the start before the interval: R3/start/interval")
        duration = Duration.parse(interval)
        if times == 0:
            raise InvalidDuration(text, "a repeat happens at least once")
        if duration.is_clock_only() and duration.clock_s < SHORTEST_S:
            raise InvalidDuration(text, "a repeat happens at most once a minute: PT1M or longer")
        return cls(times, duration, parse_moment(start, zone=zone) if start else None)

    def first(self, at: datetime, reckoning: Reckoning) -> Due:
        """Return the first firing; moments of the cycle before it was set do not count."""
        if self.first_at is None:
            return Due(reckoning.after(at, self.interval), self.times, anchor=at, number=1)
        if reckoning.calendar is not None and at - self.first_at > OLDEST_START:
            start = self.first_at.isoformat()
            raise InvalidDuration(start, "begins more than ten years before the timer is set")
        moment = partial(self._moment, self.first_at, reckoning)
        number = _last(moment, until=at, known=-1)
        if number < 0 or moment(number) < at:
            number += 1
        return Due(moment(number), self.times, self.first_at, number)

    def following(self, due: Due, *, now: datetime, reckoning: Reckoning) -> Due | None:
        """Return the firing after this one; more than can be made up are left out."""
        if due.left == 1:
            return None
        anchor, before = due.anchor or due.at, due.number
        if reckoning.calendar is not None and self.interval.is_clock_only():
            anchor, before = due.at, 0  # open hours add up: counted from the nearest moment
        moment = partial(self._moment, anchor, reckoning)
        missed = _last(moment, until=now, known=before) - before
        if due.left is not None:
            missed = min(missed, due.left - 1)
        skipped = max(missed - MOST_CAUGHT_UP, 0)
        number = before + 1 + skipped
        left = None if due.left is None else due.left - 1 - skipped
        return Due(moment(number), left, anchor, number, skipped)

    def _moment(self, anchor: datetime, reckoning: Reckoning, number: int) -> datetime:
        return reckoning.after(anchor, self.interval.times(number))


def _last(moment: Callable[[int], datetime], *, until: datetime, known: int) -> int:
    """Return the largest number whose moment is not after ``until``; ``known`` is one, or -1."""

    def is_past(number: int) -> bool:
        try:
            return moment(number) <= until
        except InvalidDuration:
            return False  # beyond what can be counted is beyond ``until``

    step = 1
    while is_past(known + step):
        known, step = known + step, step * 2
    beyond = known + step
    while beyond - known > 1:
        middle = (known + beyond) // 2
        known, beyond = (middle, beyond) if is_past(middle) else (known, middle)
    return known
