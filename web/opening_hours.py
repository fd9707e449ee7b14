"""Time averages over the hours a place is open, day by day.

Throughput, work in progress, utilisation and queues mean little over nights and closed days. If
the scenario of a process describes one day, recorded days are measured in the same hours: a day
is then to the recorded cases what a replication is to simulated ones, and gives an interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from kpis.measure import Measurement, measure
from kpis.stats.intervals import mean_interval
from kpis.trend import Step, TrendPoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, tzinfo

    from kpis.event_log import EventLog
    from kpis.staffing import Staffing
    from simulation.scenario.load import Scenario

TIME_AVERAGES = ("OP-TH", "OP-WIP", "OP-UT", "OP-QL")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a place opens and for how long."""

    opens_at: time
    open_for: timedelta

    @classmethod
    def of(cls, scenario: Scenario) -> OpeningHours | None:
        """Return the hours of a scenario that describes one day; None for any other."""
        run = scenario.document.run
        length = timedelta(seconds=run.until) if run.until is not None else ONE_DAY
        if length >= ONE_DAY or _has_calendars(scenario):
            return None
        return cls(run.start.time(), length)

    def on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return when the place opens and closes on a day."""
        opens = datetime.combine(day, self.opens_at.replace(tzinfo=None), tzinfo=zone)
        return opens, opens + self.open_for


@dataclass(frozen=True)
class Days:
    """The measurements of the days on which cases started."""

    by_day: Mapping[datetime, Mapping[str, Measurement]]  # keyed by midnight

    def measured(self) -> dict[str, Measurement]:
        """Return the mean over the days with its interval."""
        return _means(self.by_day.values())

    def trends(self, step: Step) -> dict[str, list[TrendPoint]]:
        """Return the means by day or week."""
        parts: dict[datetime, list[Mapping[str, Measurement]]] = {}
        for day, values in self.by_day.items():
            start = day - timedelta(days=day.weekday()) if step is Step.WEEK else day
            parts.setdefault(start, []).append(values)
        length = timedelta(weeks=1) if step is Step.WEEK else ONE_DAY
        means = {start: _means(days) for start, days in parts.items()}
        return {
            code: [
                TrendPoint(start, start + length, values[code], is_partial=False)
                for start, values in means.items()
                if code in values
            ]
            for code in TIME_AVERAGES
        }


def measure_days(
    log: EventLog, hours: OpeningHours, *, zone: tzinfo, staffing: Staffing | None
) -> Days:
    """Measure each day on which a case started and whose hours are over."""
    starts = (log.at(s).astimezone(zone).date() for s in log.case_columns.started_s.tolist())
    end = log.at(log.window[1])
    by_day = {}
    for day in sorted(set(starts)):
        opens, closes = hours.on(day, zone)
        if closes <= end:
            part = log.within(log.seconds(opens), log.seconds(closes))
            midnight = datetime.combine(day, time(), tzinfo=zone)
            by_day[midnight] = measure(part, staffing=staffing, codes=TIME_AVERAGES)
    return Days(by_day)


def _has_calendars(scenario: Scenario) -> bool:
    return any(resource.calendar for resource in scenario.document.resources.values())


def _means(days: Iterable[Mapping[str, Measurement]]) -> dict[str, Measurement]:
    days = list(days)
    return {code: _mean([day[code] for day in days]) for code in TIME_AVERAGES if days}


def _mean(days: Sequence[Measurement]) -> Measurement:
    """Return the mean of daily values; ``n`` counts days."""
    values = np.array([day.value for day in days if day.value is not None], dtype=np.float64)
    names = dict.fromkeys(name for day in days for name in day.by)
    return replace(
        days[0],
        value=float(values.mean()) if values.size else None,
        n=int(values.size),
        interval=mean_interval(values) if values.size > 1 else None,
        by={name: float(np.mean([day.by.get(name, 0.0) for day in days])) for name in names},
    )
