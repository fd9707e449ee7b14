"""Small event logs and histories for the tests of the package."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from engine.domain.history import EventType, HistoryEvent
from kpis.event_log import EventLog

NAN = float("nan")
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def activity(case_id, element_id, *times_s, role="desk", performer="Ann", **more):
    """An activity instance from its times scheduled, started, completed."""
    scheduled_s, started_s, completed_s = times_s
    row = {"case_id": case_id, "element_id": element_id, "visit": 0, "role": role}
    row |= {"performer": performer, "scheduled_s": scheduled_s, "started_s": started_s}
    row |= {"completed_s": completed_s, "cancelled_s": NAN, "work_s": completed_s - started_s}
    return row | more


def case(case_id, started_s, ended_s=NAN, outcome=None):
    """A case; completed if it has an end."""
    outcome = outcome or ("open" if math.isnan(ended_s) else "completed")
    return {"case_id": case_id, "started_s": started_s, "ended_s": ended_s, "outcome": outcome}


def columns(rows):
    """Rows as columns."""
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def a_log(cases, activities=(), *, window=(0, 3600), **more):
    """A log from rows of cases and activities."""
    empty = columns([activity("", "", 0, 0, 0)])
    table = columns(activities) or {name: [] for name in empty}
    no_cases: dict[str, list[object]] = {name: [] for name in case("", 0)}
    return EventLog.from_columns(
        epoch=MONDAY,
        window=window,
        cases=columns(cases) or no_cases,
        activities=table,
        **more,
    )


class History:
    """Writes the events of one case, a line each: minute, type, element, …"""

    def __init__(self, case_id="c1"):
        self.case_id, self.events = case_id, []

    def add(self, minute, event_type, element_id=None, **more):
        if element_id is not None:
            more = {"element_type": "userTask", "token": element_id, "lane": "desk"} | more
        self.events.append(
            HistoryEvent(
                process_key="visit",
                case_id=self.case_id,
                seq=len(self.events) + 1,
                type=EventType(event_type),
                at=MONDAY + timedelta(minutes=minute),
                element_id=element_id,
                **more,
            )
        )
        return self

    def work(self, minutes, element_id, actor="ann", **more):
        """Schedule, claim, start and complete an activity at these minutes."""
        scheduled, started, completed = minutes
        self.add(scheduled, "scheduled", element_id, **more)
        self.add(scheduled, "offered", element_id, **more)
        self.add(started, "claimed", element_id, actor=actor, **more)
        self.add(started, "started", element_id, actor=actor, **more)
        return self.add(completed, "completed", element_id, actor=actor, **more)


def a_visit(case_id="c1", start=0):
    """A completed case: register 0-2-5, triage 5-5-6 (minutes after its start)."""
    history = History(case_id).add(start, "case_started")
    history.work((start, start + 2, start + 5), "register")
    history.work((start + 5, start + 5, start + 6), "triage", lane="nurse", actor="bob")
    return history.add(start + 6, "case_completed").events
