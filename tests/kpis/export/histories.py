"""Histories to export: a case with everything that the forms have to tell apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.domain.history import EventType, HistoryEvent
from kpis.export.told import Teller

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NAMES = {"register": "登记 / Register", "treat": "treat & <see>"}
REGISTER = {"element_id": "register", "element_type": "userTask", "token": "t1", "lane": "desk"}
TREAT = {"element_id": "treat", "element_type": "userTask", "token": "t2", "lane": "ward"}


def a_history(case_id="V1", *, is_open=False):
    """Return the events of a case: one task done, one withdrawn while somebody worked on it."""
    facts = [
        (EventType.CASE_STARTED, {}, "alice"),
        (EventType.SCHEDULED, REGISTER, None),
        (EventType.OFFERED, REGISTER, None),
        (EventType.CLAIMED, REGISTER, "alice"),
        (EventType.STARTED, REGISTER, "alice"),
        (EventType.COMPLETED, REGISTER, "alice"),
        (EventType.SCHEDULED, TREAT, None),
        (EventType.STARTED, TREAT, "bob"),
        (EventType.CANCELLED, TREAT, None),
        (EventType.CASE_CANCELLED, {}, "dora"),
    ]
    return [
        HistoryEvent(
            *("patient_visit", case_id, seq, event_type, MONDAY + timedelta(minutes=seq)),
            **where,
            actor=actor,
            detail={"reason": "canary"},
        )
        for seq, (event_type, where, actor) in enumerate(facts[: -1 if is_open else None], 1)
    ]


def told(*case_ids, **options):
    """Return cases as they are told."""
    events = [event for case_id in case_ids or ("V1",) for event in a_history(case_id)]
    return Teller(NAMES, **options).cases(events)
