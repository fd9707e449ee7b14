"""History events → columns of an event log.

The one place that knows what the order of events means: releases and new claims, cancelled
activities, open cases, repeated visits, parallel work. Within a case the sequence number
decides; where a clock ran backwards the later event is moved to the time of the earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.domain.process_graph import ACTIVITIES, NodeType
from kpis.columns import ACTIVITY_COLUMNS, CASE_COLUMNS, DELAY_COLUMNS, OUTCOMES, Outcome
from kpis.errors import EventLogInvalid, LogProblem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain.history import HistoryEvent

_ORDER = attrgetter("case_id", "seq")
_ACTIVITY_TYPES = frozenset(str(node_type) for node_type in ACTIVITIES)
_PERFORMED_TYPES = frozenset({str(NodeType.USER_TASK), str(NodeType.MANUAL_TASK)})
_DELAY_TYPES = frozenset({str(NodeType.INTERMEDIATE_CATCH_EVENT)})
_GIVEN_UP = frozenset({EventType.RELEASED, EventType.DELEGATED, EventType.REASSIGNED})
_SECOND = timedelta(seconds=1)
_NAN = float("nan")
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Columns = dict[str, list[object]]


@dataclass(frozen=True, slots=True)
class ReadHistory:
    """The columns that were read and their frame of time."""

    epoch: datetime
    window: tuple[float, float]
    cases: Columns
    activities: Columns
    delays: Columns
    corrections: int


def read(
    events: Iterable[HistoryEvent],
    *,
    window: tuple[datetime, datetime] | None = None,
    epoch: datetime | None = None,
) -> ReadHistory:
    """Read whole cases, in any order; times become seconds after the epoch."""
    ordered = sorted(events, key=_ORDER)
    _ensure_zoned(ordered, window)
    if window is None:
        times = [event.at for event in ordered] or [epoch or _UNIX_EPOCH]
        window = (min(times), max(times))
    reader = _Reader(epoch or window[0])
    for event in ordered:
        reader.take(event)
    reader.finish_case()
    if reader.problems:
        raise EventLogInvalid(reader.problems)
    return ReadHistory(
        epoch=reader.epoch,
        window=(reader.seconds(window[0]), reader.seconds(window[1])),
        cases=reader.cases,
        activities=reader.activities,
        delays=reader.delays,
        corrections=reader.corrections,
    )


def _ensure_zoned(events: list[HistoryEvent], window: tuple[datetime, datetime] | None) -> None:
    problems = [
        LogProblem("events", "a time has a zone", "at", event.seq, event.case_id)
        for event in events
        if event.at.tzinfo is None
    ]
    if window is not None and (window[0].tzinfo is None or window[1].tzinfo is None):
        problems.append(LogProblem("log", "a time has a zone", "window"))
    if problems:
        raise EventLogInvalid(problems)


@dataclass(slots=True)
class _Visit:
    """An activity instance or delay while its events are read."""

    element_id: str
    count: int
    role: str | None
    is_activity: bool
    scheduled_s: float
    started_s: float = _NAN
    completed_s: float = _NAN
    cancelled_s: float = _NAN
    work_s: float = _NAN
    performer: str | None = None


def _empty(columns: tuple[str, ...]) -> Columns:
    return {column: [] for column in columns}


@dataclass(slots=True)
class _Reader:
    """Takes events ordered by case and sequence number and appends to columns."""

    epoch: datetime
    cases: Columns = field(default_factory=lambda: _empty((*CASE_COLUMNS, "process")))
    activities: Columns = field(default_factory=lambda: _empty(ACTIVITY_COLUMNS))
    delays: Columns = field(default_factory=lambda: _empty(DELAY_COLUMNS))
    problems: list[LogProblem] = field(default_factory=list)
    corrections: int = 0
    # the case at hand
    case_id: str | None = None
    seq: int | None = None
    now_s: float = _NAN
    started_s: float = _NAN
    ended_s: float = _NAN
    outcome: str = Outcome.OPEN.value
    process: str | None = None
    visits: list[_Visit] = field(default_factory=list)
    open_visits: dict[tuple[str | None, str | None], _Visit] = field(default_factory=dict)
    visit_counts: dict[str, int] = field(default_factory=dict)

    def seconds(self, at: datetime) -> float:
        """Return the seconds from the epoch to a moment."""
        return (at - self.epoch) / _SECOND

    def take(self, event: HistoryEvent) -> None:
        """Read the next event."""
        if event.case_id != self.case_id:
            self.finish_case()
            self._begin_case(event)
        elif event.seq == self.seq:
            self._report(event, "seq", "a sequence number occurs once in a case")
        self.seq = event.seq
        at_s = self.seconds(event.at)
        if at_s < self.now_s:
            self.corrections += 1
        else:
            self.now_s = at_s
        if event.element_id is None:
            self._take_of_case(event)
        elif event.type is EventType.SCHEDULED:
            self._schedule(event)
        else:
            self._take_of_element(event)

    def finish_case(self) -> None:
        """Write the rows of the case at hand."""
        if self.case_id is None:
            return
        row = (self.case_id, self.started_s, self.ended_s, self.outcome, self.process)
        for column, value in zip(self.cases.values(), row, strict=True):
            column.append(value)
        for visit in self.visits:
            if visit.is_activity:
                self._write_activity(visit)
            else:
                self._write_delay(visit)

    def _begin_case(self, event: HistoryEvent) -> None:
        if event.type is not EventType.CASE_STARTED:
            self._report(event, "type", f"a case begins with {EventType.CASE_STARTED}")
        self.case_id, self.seq, self.process = event.case_id, None, event.process_key
        self.now_s = self.started_s = self.seconds(event.at)
        self.ended_s, self.outcome = _NAN, Outcome.OPEN.value
        self.visits, self.open_visits, self.visit_counts = [], {}, {}

    def _take_of_case(self, event: HistoryEvent) -> None:
        if event.type is EventType.CASE_COMPLETED:
            self.ended_s, self.outcome = self.now_s, Outcome.COMPLETED.value
        elif event.type is EventType.CASE_CANCELLED:
            said = str(event.detail.get("outcome", Outcome.CANCELLED))
            self.ended_s = self.now_s
            self.outcome = said if said in OUTCOMES else Outcome.CANCELLED.value

    def _schedule(self, event: HistoryEvent) -> None:
        element_id, key = str(event.element_id), (event.element_id, event.token)
        if event.element_type is None:
            self._report(event, "element_type", "what is scheduled names its element's type")
        is_activity = event.element_type in _ACTIVITY_TYPES
        if not is_activity and event.element_type not in _DELAY_TYPES:
            return  # gateways and other events take no time
        if key in self.open_visits:
            self._report(event, "token", "an activity instance is scheduled once")
        count = self.visit_counts.get(element_id, 0)
        self.visit_counts[element_id] = count + 1
        visit = _Visit(element_id, count, event.lane, is_activity, self.now_s)
        if event.element_type not in _PERFORMED_TYPES:
            visit.started_s = self.now_s
        self.visits.append(visit)
        self.open_visits[key] = visit

    def _take_of_element(self, event: HistoryEvent) -> None:
        visit = self.open_visits.get((event.element_id, event.token))
        if visit is None:
            if event.element_type in _ACTIVITY_TYPES:
                self._report(event, "token", f"{event.type} follows {EventType.SCHEDULED}")
            return
        if event.type in (EventType.CLAIMED, EventType.STARTED):
            visit.started_s = self.now_s
            visit.performer = event.actor or visit.performer
        elif event.type in _GIVEN_UP:
            visit.started_s, visit.performer = _NAN, None
        elif event.type in (EventType.COMPLETED, EventType.CANCELLED):
            del self.open_visits[event.element_id, event.token]
            self._end(visit, event)

    def _end(self, visit: _Visit, event: HistoryEvent) -> None:
        if event.type is EventType.CANCELLED:
            visit.cancelled_s = self.now_s
        else:
            visit.completed_s = self.now_s
            if visit.started_s != visit.started_s:  # NaN: nobody is known to have worked on it
                visit.started_s = visit.scheduled_s
        if "work_s" in event.detail:  # the simulator knows of suspensions
            visit.work_s = float(str(event.detail["work_s"]))
        else:
            visit.work_s = self.now_s - visit.started_s

    def _write_activity(self, visit: _Visit) -> None:
        if visit.completed_s != visit.completed_s and visit.cancelled_s != visit.cancelled_s:
            visit.cancelled_s = self.ended_s  # the end of the case withdraws what is open
            visit.work_s = self.ended_s - visit.started_s
        row = (
            *(self.case_id, visit.element_id, visit.count, visit.role, visit.performer),
            *(visit.scheduled_s, visit.started_s, visit.completed_s, visit.cancelled_s),
            visit.work_s,
        )
        for column, value in zip(self.activities.values(), row, strict=True):
            column.append(value)

    def _write_delay(self, visit: _Visit) -> None:
        row = (self.case_id, visit.element_id, visit.scheduled_s, visit.completed_s)
        for column, value in zip(self.delays.values(), row, strict=True):
            column.append(value)

    def _report(self, event: HistoryEvent, column: str, rule: str) -> None:
        self.problems.append(LogProblem("events", rule, column, event.seq, event.case_id))
