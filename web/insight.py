"""What the Health page shows of a process: its recorded history, measured.

The history goes through the same ``kpis`` functions as simulated cases. A measurement is kept
for a few seconds, so that people who look at the same page do not measure it again and again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from kpis.catalogue import CATALOGUE, RECORDED, Target
from kpis.event_log import EventLog
from kpis.measure import measure, measure_elements
from kpis.trend import Step, trends
from simulation.staffing import staffing
from web.opening_hours import OpeningHours, measure_days
from web.scenarios import scenario_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from engine.clock import Clock
    from engine.domain.history import HistoryEvent
    from engine.domain.instance import ProcessDefinition
    from engine.domain.process_graph import ProcessGraph
    from engine.process_engine import ProcessEngine
    from kpis.measure import ElementMeasurement, Measurement
    from kpis.staffing import Staffing
    from kpis.trend import TrendPoint

KEPT_FOR = timedelta(seconds=15)
DAILY_UP_TO = timedelta(days=28)  # a longer period has a trend by week
TREND_AT_MOST = timedelta(weeks=26)


@dataclass(frozen=True)
class Plan:
    """What the process folder says about a process: its people and its targets."""

    staffing: Staffing | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)
    hours: OpeningHours | None = None

    @property
    def currency(self) -> str:
        """The currency of the costs."""
        return self.staffing.currency if self.staffing else ""

    def target(self, code: str) -> Target | None:
        """Return the target of a KPI: that of the folder, else that of the catalogue."""
        return self.targets.get(code, CATALOGUE[code].default_target)


@dataclass(frozen=True)
class Health:
    """A process in a period: every figure of its page, none of the words."""

    definition: ProcessDefinition
    graph: ProcessGraph
    plan: Plan
    started: int = 0
    open: int = 0
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    elements: Mapping[str, ElementMeasurement] = field(default_factory=dict)
    trends: Mapping[str, Sequence[TrendPoint]] = field(default_factory=dict)
    trend_step: Step = Step.WEEK
    per_day: frozenset[str] = frozenset()  # KPIs whose sample is days, not cases

    @property
    def total_waiting_s(self) -> float:
        """All waiting of the period, over all steps."""
        return sum(total_waiting_s(element) for element in self.elements.values())


def total_waiting_s(element: ElementMeasurement) -> float:
    """All waiting at one step."""
    return (element.waiting.value or 0.0) * element.waiting.n


class Insight:
    """Measures processes and keeps the newest measurements for a moment."""

    def __init__(self, engine: ProcessEngine, *, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._kept: dict[tuple[str, datetime, datetime], tuple[datetime, Health]] = {}
        self._guard = threading.Lock()

    def health(self, key: str, *, since: datetime, until: datetime) -> Health:
        """Measure the cases of a process that started in a period of whole days.

        Raises:
            NotFound: there is no such process.
        """
        now, place = self._clock.now(), (key, since, until)
        with self._guard:
            kept = self._kept.get(place)
        if kept is not None and now - kept[0] < KEPT_FOR:
            return kept[1]
        health = self._measured(key, since=since, until=until, now=now)
        with self._guard:
            fresh = {k: v for k, v in self._kept.items() if now - v[0] < KEPT_FOR}
            self._kept = fresh | {place: (now, health)}
        return health

    def _measured(self, key: str, *, since: datetime, until: datetime, now: datetime) -> Health:
        definition = self._engine.definition(key)
        graph, plan = self._engine.graph(definition.id), plan_of(key)
        events = list(self._engine.events(key, since=since, until=until))
        if not events:
            return Health(definition, graph, plan)
        zone, until = since.tzinfo or UTC, min(until, now)  # the future holds no work yet
        begin = max(since, _first_day(events, zone))
        log = EventLog.from_events(events, window=(begin, until))
        step = Step.DAY if until - begin <= DAILY_UP_TO else Step.WEEK
        return Health(
            definition,
            graph,
            plan,
            started=len(log.case_columns),
            open=sum(outcome == "open" for outcome in log.cases["outcome"]),
            elements=measure_elements(log),
            trend_step=step,
            **_figures(log, plan, step, zone),
        )


def _figures(log: EventLog, plan: Plan, step: Step, zone: tzinfo) -> dict[str, Any]:
    """Measure the KPIs and their trends; time averages over opening hours where they are known."""
    latest = log.seconds(log.at(log.window[1]) - TREND_AT_MOST)
    recent = log.within(max(log.window[0], latest), log.window[1])
    measurements = measure(log, staffing=plan.staffing, codes=RECORDED)
    moves = trends(recent, RECORDED, step=step, zone=zone, staffing=plan.staffing)
    if plan.hours is None:
        return {"measurements": measurements, "trends": moves}
    days = measure_days(log, plan.hours, zone=zone, staffing=plan.staffing)
    return {
        "measurements": measurements | days.measured(),
        "trends": moves | days.trends(step),
        "per_day": frozenset(days.measured()),
    }


def plan_of(key: str) -> Plan:
    """Return the people and targets of a process; none for a process without a scenario."""
    scenario = scenario_of(key)
    if scenario is None:
        return Plan()
    targets = scenario.document.targets
    return Plan(
        staffing(scenario),
        {code: Target(low=target.min, high=target.max) for code, target in targets.items()},
        OpeningHours.of(scenario),
    )


def _first_day(events: Sequence[HistoryEvent], zone: tzinfo) -> datetime:
    """Return the midnight before the first event: nobody worked on the days before it."""
    first = min(event.at for event in events).astimezone(zone)
    return datetime.combine(first.date(), time(), tzinfo=zone)
