from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.domain.history import EventType, HistoryEvent
from engine.domain.instance import InstanceState
from engine.errors import DuplicateBusinessKey, InvalidHistory, NotAllowed
from tests.engine.conftest import MONDAY

NAIVE = MONDAY.replace(tzinfo=None)


def a_finished_case(case_id="V1", start=MONDAY, end=EventType.CASE_COMPLETED):
    def event(seq, event_type, minutes, **where):
        at = start + timedelta(minutes=minutes)
        return HistoryEvent("patient_visit", case_id, seq, event_type, at, **where)

    register = {"element_id": "register", "element_type": "userTask", "token": "t1"}
    return [
        event(1, EventType.CASE_STARTED, 0),
        event(2, EventType.SCHEDULED, 0, **register, lane="desk"),
        event(5, EventType.COMPLETED, 7, **register, actor="desk 1", detail={"note": "好"}),
        event(6, end, 7),
    ]


def definition_id(engine):
    return engine.definition("patient_visit").id


def test_imported_events_come_back_as_they_were(engine):
    cases = a_finished_case("V1") + a_finished_case("V2", MONDAY + timedelta(hours=1))

    assert engine.import_history(definition_id(engine), cases) == 2

    assert list(engine.events("patient_visit")) == cases


def test_imported_case_is_closed(engine):
    events = a_finished_case(end=EventType.CASE_CANCELLED)
    engine.import_history(definition_id(engine), events)

    case = engine.find_instance("patient_visit", "V1", by="dora")

    assert (case.state, case.started_at) == (InstanceState.CANCELLED, MONDAY)
    assert case.ended_at == MONDAY + timedelta(minutes=7)
    assert engine.history(case.id, by="dora") == events


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda events: events[:-1], "has not ended"),
        (lambda events: events[1:], "not case_started"),
        (lambda events: [events[0], events[2], events[1], events[3]], "comes after"),
        (lambda events: [*events[:3], replace(events[3], at=MONDAY)], "earlier"),
        (lambda events: [replace(event, process_key="x") for event in events], "of process 'x'"),
        (lambda events: [events[0], replace(events[1], element_id="x"), *events[2:]], "'x'"),
        (lambda events: [replace(event, case_id="") for event in events], "1 to 100"),
        (lambda events: [*events[:3], replace(events[3], at=NAIVE)], "times with a zone"),
    ],
)
def test_import_refuses_what_is_not_a_finished_case_and_stores_nothing(engine, spoil, complaint):
    events = a_finished_case("V0") + spoil(a_finished_case("V1"))

    with pytest.raises(InvalidHistory, match=complaint):
        engine.import_history(definition_id(engine), events)

    assert list(engine.events("patient_visit")) == []


def test_import_refuses_a_case_that_is_there_already(engine):
    engine.import_history(definition_id(engine), a_finished_case())

    with pytest.raises(DuplicateBusinessKey):
        engine.import_history(definition_id(engine), a_finished_case("V2") + a_finished_case())

    assert sum(engine.count_instances().values()) == 1


def test_events_are_those_of_cases_started_in_the_period(engine):
    for hour in range(3):
        case = a_finished_case(f"V{hour}", MONDAY + timedelta(hours=hour))
        engine.import_history(definition_id(engine), case)

    def cases(**period):
        events = engine.events("patient_visit", **period)
        return sorted({event.case_id for event in events})

    assert cases(since=MONDAY + timedelta(hours=1)) == ["V1", "V2"]
    assert cases(until=MONDAY + timedelta(hours=1)) == ["V0"]
    assert list(engine.events("surgery")) == []


def test_events_can_be_left_unread(engine):
    engine.import_history(definition_id(engine), a_finished_case())
    events = engine.events("patient_visit")

    next(events)
    events.close()

    engine.start_process("patient_visit", by="alice")


def test_history_is_shown_only_to_those_it_concerns(engine):
    case = engine.start_process("patient_visit", by="alice")

    assert engine.history(case.id, by="dora") == engine.history(case.id, by="alice")
    with pytest.raises(NotAllowed):
        engine.history(case.id, by="charlie")
