"""How a KPI moves: one measurement per day or week of the observation window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from kpis.measure import Measurement, measure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kpis.event_log import EventLog
    from kpis.staffing import Staffing


class Step(StrEnum):
    """The length of a period; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The measurement of one period, half open: from ``start`` to before ``end``.

    ``is_partial``: the observation window covers only a part of the day or week.
    """

    start: datetime
    end: datetime
    measurement: Measurement
    is_partial: bool

    @property
    def value(self) -> float | None:
        """The value of the KPI in the period; None without any case."""
        return self.measurement.value

    @property
    def low(self) -> float | None:
        """The lower end of the interval, where there is one."""
        interval = self.measurement.interval
        return interval.low if interval else None

    @property
    def high(self) -> float | None:
        """The upper end of the interval, where there is one."""
        interval = self.measurement.interval
        return interval.high if interval else None

    @property
    def n(self) -> int:
        """The number of cases behind the value."""
        return self.measurement.n


def trend(
    log: EventLog,
    code: str,
    *,
    step: Step = Step.WEEK,
    zone: tzinfo = UTC,
    staffing: Staffing | None = None,
) -> list[TrendPoint]:
    """Measure a KPI in each day or week of the window, in order; empty periods included.

    Figures per case stand over the cases that ended in the period, as in the catalogue.
    """
    return trends(log, [code], step=step, zone=zone, staffing=staffing)[code]


def trends(
    log: EventLog,
    codes: Collection[str],
    *,
    step: Step = Step.WEEK,
    zone: tzinfo = UTC,
    staffing: Staffing | None = None,
) -> dict[str, list[TrendPoint]]:
    """Measure several KPIs in each day or week; looks at each period once for all of them."""
    first, last = log.at(log.window[0]), log.at(log.window[1])
    points: dict[str, list[TrendPoint]] = {code: [] for code in codes}
    for start, end in _periods(first, last, Step(step), zone):
        inside = max(start, first), min(end, last)
        part = log.within(log.seconds(inside[0]), _before(log, inside[1], last))
        for code, measurement in measure(part, staffing=staffing, codes=codes).items():
            is_partial = inside != (start, end)
            points[code].append(TrendPoint(start, end, measurement, is_partial=is_partial))
    return points


def _before(log: EventLog, end: datetime, last: datetime) -> float:
    """Leave the very end of a period to the next one; the window includes its own."""
    end_s = log.seconds(end)
    return end_s if end == last else math.nextafter(end_s, -math.inf)


def _periods(
    first: datetime, last: datetime, step: Step, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the periods that meet the window; a day of summer time has 23 or 25 hours."""
    local = first.astimezone(zone)
    day = datetime(local.year, local.month, local.day, tzinfo=zone)
    if step is Step.WEEK:
        day -= timedelta(days=day.weekday())
    length = timedelta(days=7 if step is Step.WEEK else 1)
    while day < last and first < last:
        yield day, day + length
        day += length
