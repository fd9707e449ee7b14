"""Working calendars: shifts of the week, exceptions by date, a time zone.

Shared by due dates, timers, KPIs and the simulator, so that an hour of work means the same
everywhere. Wall-clock shifts become UTC intervals day by day: a night in which the clocks
change is as long as it really was. The table that people edit is ``calendar_table``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, pairwise, takewhile
from typing import TYPE_CHECKING

from engine.domain.wall_time import moment_at, wall_at
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60
SEARCH_YEARS = 3  # a calendar that stays shut for so long never opens
LONGEST_YEARS = 100
_SEARCH_DAYS = 366 * SEARCH_YEARS


class CalendarNeverOpens(EngineError):
    """A calendar must open again within three years, or work could never be done."""

    def __init__(self, after: date, name: str = "") -> None:
        which = f"calendar {name!r}" if name else "the calendar"
        words = f"it does not open in the {SEARCH_YEARS} years after {after}"
        super().__init__(f"{which} has no open hours: {words}")
        self.after, self.name = after, name


class WorkNeverDone(EngineError):
    """Work ends within a hundred years."""

    def __init__(self, start: datetime, name: str = "") -> None:
        which = f"calendar {name!r}" if name else "the calendar"
        super().__init__(
            f"{which} has too few open hours: work begun at {start} takes {LONGEST_YEARS} years"
        )
        self.start, self.name = start, name


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Open hours of one day, in minutes after local midnight; a night shift closes after 24:00."""

    opens_min: int
    closes_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens_min < self.closes_min <= self.opens_min + _DAY_MINUTES:
            raise ValueError(f"a shift opens, then closes within 24 hours: {self}")
        if self.opens_min >= _DAY_MINUTES:
            raise ValueError(f"a shift opens on its own day: {self}")


Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class WorkingCalendar:
    """When work is done; the exceptions replace the shifts of their date (holiday: no shift).

    All moments are aware datetimes; answers are in UTC. Intervals are half-open: at closing
    time the calendar is shut.
    """

    weekly: Mapping[int, tuple[Shift, ...]]  # 0 is Monday
    zone: ZoneInfo
    exceptions: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)
    name: str = ""  # for messages

    def intervals(self, since: datetime) -> Iterator[Interval]:
        """Return the open intervals that end after ``since``, for ever, in order, apart.

        The iterator raises CalendarNeverOpens when no shift follows.
        """
        return chain.from_iterable(intervals for _, intervals in self.open_days(since))

    def open_days(self, since: datetime) -> Iterator[tuple[date, list[Interval]]]:
        """Yield the days on which the calendar opens, with their intervals after ``since``.

        A shift belongs to the day on which it opens. Raises CalendarNeverOpens.
        """
        since = _aware(since)
        day = since.astimezone(self.zone).date() - _DAY  # a night shift reaches into today
        end_of_last = datetime.min.replace(tzinfo=UTC)
        shut_days = 0
        while shut_days < _SEARCH_DAYS and day < date.max - _DAY:
            shut_days += 1
            intervals = []
            for opens, closes in self._of_day(day):
                start = max(opens, end_of_last)  # an early shift may overlap the night before
                if start < closes and closes > since:
                    intervals.append((start, closes))
                    end_of_last = closes
            if intervals:
                yield day, intervals
                shut_days = 0
            day += _DAY
        raise CalendarNeverOpens(day - shut_days * _DAY, self.name)

    def next_open(self, at: datetime) -> datetime:
        """Return ``at`` while the calendar is open, else the next opening."""
        opens, _ = next(self.intervals(at))
        return max(opens, _aware(at))

    def is_open(self, at: datetime) -> bool:
        """Say whether work is done at this moment."""
        return self.next_open(at) == at

    def add(self, at: datetime, work: timedelta) -> datetime:
        """Return when ``work`` begun at ``at`` is done: open time only is counted.

        Work without length is done at the next moment the calendar is open.
        """
        if work < timedelta(0):
            raise ValueError(f"work is not negative: {work}")
        at = _aware(at)
        intervals = self.intervals(at)
        while True:
            opens, closes = next(intervals)
            start = max(opens, at)
            if work <= closes - start:
                return start + work
            self._ensure_near(opens, at)
            work -= closes - start

    def add_working(
        self, at: datetime, work: timedelta = timedelta(0), *, days: int = 0
    ) -> datetime:
        """Return the moment that lies working days, then open time, after ``at``.

        Nothing is counted while the calendar is shut: what comes in then counts from the next
        opening. A working day later is the same time of day on the next day that opens; if
        that day opens later, its opening; if it is shut by then, its last closing.
        """
        if days < 0:
            raise ValueError(f"working days are not negative: {days}")
        start = self.next_open(at)
        if days:
            start = self._days_later(start, days)
        return self.add(start, work) if work else start

    def _days_later(self, start: datetime, days: int) -> datetime:
        opening_days = self.open_days(start)
        first_day, _ = next(opening_days)
        for _ in range(days):
            day, intervals = next(opening_days)
            self._ensure_near(intervals[0][0], start)
        wall = wall_at(start, self.zone) + (day - first_day)
        target = moment_at(wall, self.zone)
        for opens, closes in intervals:
            if target < closes:
                return max(opens, target)
        return intervals[-1][1]

    def _ensure_near(self, moment: datetime, start: datetime) -> None:
        if moment.year > start.year + LONGEST_YEARS:
            raise WorkNeverDone(start, self.name)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from ``start`` to ``end``."""
        start, end = _aware(start), _aware(end)
        if end < start:
            raise ValueError(f"the end {end} is before the start {start}")
        total = timedelta(0)
        for opens, closes in takewhile(lambda interval: interval[0] < end, self.intervals(start)):
            total += min(closes, end) - max(opens, start)
        return total

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Return the open time from ``start`` to ``end`` in seconds."""
        return self.between(start, end).total_seconds()

    def _of_day(self, day: date) -> list[Interval]:
        shifts = self.exceptions.get(day)
        if shifts is None:
            shifts = self.weekly.get(day.weekday(), ())
        return [
            (self._moment(day, shift.opens_min), self._moment(day, shift.closes_min))
            for shift in sorted(shifts)
        ]

    def _moment(self, day: date, minutes: int) -> datetime:
        later_days, minutes = divmod(minutes, _DAY_MINUTES)
        wall = time(minutes // 60, minutes % 60)
        return moment_at(datetime.combine(day + later_days * _DAY, wall), self.zone)


class CompiledCalendar:
    """A calendar as integers of 1 µs after an epoch, unrolled as far as it is asked about."""

    __slots__ = ("_closes", "_epoch", "_intervals", "_last", "_opens", "_worked")

    def __init__(self, calendar: WorkingCalendar, epoch: datetime) -> None:
        self._epoch = _aware(epoch)
        self._intervals = calendar.intervals(epoch)
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._worked = [0]  # open time before interval i; one longer than the others
        self._last = (0, 0)  # the interval that was used last

    def next_open(self, at: int) -> int:
        """Return ``at`` while open, else the next opening."""
        if self._last[0] <= at < self._last[1]:
            return at
        i = self._index(at)
        self._last = (self._opens[i], self._closes[i])
        return max(at, self._opens[i])

    def finish(self, start: int, work: int) -> int:
        """Return when work begun at ``start`` is done if it rests while the calendar is shut.

        A piece of work without length that starts at opening time also ends there.
        """
        if self._last[0] <= start and start + work <= self._last[1]:
            return start + work
        i = self._index(start)
        begun = max(start, self._opens[i])
        target = self._worked[i] + begun - self._opens[i] + work
        if work == 0:
            return begun
        while self._worked[-1] < target:
            self._unroll()
        j = bisect_left(self._worked, target) - 1
        return self._opens[j] + target - self._worked[j]

    def work_between(self, start: int, end: int) -> int:
        """Return the open time from ``start`` to ``end``."""
        return self._work_until(end) - self._work_until(start)

    def _work_until(self, at: int) -> int:
        i = self._index(at)
        return self._worked[i] + max(at - self._opens[i], 0)

    def _index(self, at: int) -> int:
        while not self._closes or self._closes[-1] <= at:
            self._unroll()
        return bisect_right(self._closes, at)

    def _unroll(self) -> None:
        opens, closes = ((moment - self._epoch) // MICROSECOND for moment in next(self._intervals))
        self._opens.append(max(opens, 0))
        self._closes.append(closes)
        self._worked.append(self._worked[-1] + closes - max(opens, 0))


def always_open(zone: ZoneInfo) -> WorkingCalendar:
    """Return the calendar of those who never close."""
    return WorkingCalendar(dict.fromkeys(range(7), (Shift(0, _DAY_MINUTES),)), zone)


def overlapping(shifts: tuple[Shift, ...]) -> tuple[Shift, Shift] | None:
    """Return two shifts of one day that overlap, if any do."""
    for before, after in pairwise(sorted(shifts)):
        if after.opens_min < before.closes_min:
            return before, after
    return None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a calendar needs aware datetimes, not {moment}")
    return moment.astimezone(UTC)
