"""Where a case stands, read from its history."""

import pytest

from engine.domain.escalation import EscalationAction
from engine.domain.history import EventType, HistoryEvent
from tests.web.clinic import MONDAY
from web.timeline import element_states, tell


def history(*facts):
    return [
        HistoryEvent("p", "1", seq, EventType(type_), MONDAY, element_id=element, token=token)
        for seq, (type_, element, token) in enumerate(facts)
    ]


def test_element_is_active_until_its_token_leaves():
    events = history(("scheduled", "a", "1"), ("completed", "a", "1"), ("scheduled", "b", "2"))

    assert element_states(events) == {"a": "done", "b": "active"}


def test_element_that_is_visited_again_is_active():
    events = history(
        ("scheduled", "a", "1"),
        ("completed", "a", "1"),
        ("scheduled", "a", "2"),
    )

    assert element_states(events) == {"a": "active"}


def test_withdrawn_element_is_neither_done_nor_active():
    events = history(("scheduled", "a", "1"), ("cancelled", "a", "1"))

    assert element_states(events) == {}


def test_facts_about_the_case_mark_no_element():
    assert element_states(history(("case_started", None, None))) == {}


CASE = {
    EventType.CASE_STARTED,
    EventType.CASE_COMPLETED,
    EventType.CASE_CANCELLED,
    EventType.DATA_CHANGED,
    EventType.SUSPENDED,
    EventType.RESUMED,
    EventType.MOVED,
    EventType.MIGRATED,
}
DETAILS = {
    EventType.DELEGATED: {"to": "bob", "reason": "knows the patient"},
    EventType.REASSIGNED: {"group": "doctor"},
    EventType.ESCALATED: {"step": 1, "action": "escalate", "group": "doctor"},
    EventType.CHANGED: {"priority": 90, "due": MONDAY.isoformat()},
    EventType.INCIDENT_OPENED: {"incident": 1, "kind": "service", "reason": "no answer"},
    EventType.INCIDENT_RESOLVED: {"incident": 1, "resolution": "skipped"},
    EventType.DATA_CHANGED: {"fields": ["patient_name"]},
    EventType.MIGRATED: {"from": 1, "to": 2},
}


def told(app, engine, *events, language="en"):
    from web.presenters import words

    with app.test_request_context(f"/?lang={language}"):
        definition = engine.definition("clinic_visit")
        labels = words().field_labels(definition.id)
        return tell(events, engine.graph(definition.id), words(), labels=labels)


def an_event(kind, seq=1, element="register", token="1", **detail):
    element = None if kind in CASE else element
    return HistoryEvent(
        "clinic_visit", "C-1", seq, kind, MONDAY, element_id=element, token=element and token,
        element_type=element and "userTask", lane="frontdesk", actor="alice",
        detail=detail or DETAILS.get(kind, {}),
    )  # fmt: skip


@pytest.mark.parametrize("kind", EventType)
def test_every_event_has_words_in_each_language(app, engine, kind):
    (english,) = told(app, engine, an_event(kind))
    (chinese,) = told(app, engine, an_event(kind), language="zh")

    assert kind.value not in chinese.text
    assert english.text != chinese.text
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.text)


@pytest.mark.parametrize("action", EscalationAction)
def test_every_step_of_an_escalation_has_words(app, engine, action):
    event = an_event(EventType.ESCALATED, action=action.value, group="doctor")
    (entry,) = told(app, engine, event)

    assert "“Register”" in entry.text
    assert action.value not in entry.text


def test_one_act_of_a_person_is_told_once(app, engine):
    events = [
        an_event(kind, seq) for seq, kind in enumerate((EventType.CLAIMED, EventType.STARTED))
    ]

    assert [entry.text for entry in told(app, engine, *events)] == ["Alice Li took “Register”"]


def test_handover_tells_to_whom_and_why(app, engine):
    (entry,) = told(app, engine, an_event(EventType.DELEGATED))

    assert entry.text == "Alice Li handed “Register” over to Bob Bao"
    assert entry.note == "Reason: knows the patient"


def test_corrected_data_are_called_as_the_forms_call_them(app, engine):
    (entry,) = told(app, engine, an_event(EventType.DATA_CHANGED))

    assert entry.text == "Alice Li corrected data of the case: Patient name"


def test_step_of_another_version_is_told_by_its_id(app, engine):
    (entry,) = told(app, engine, an_event(EventType.COMPLETED, element="weigh"))

    assert entry.text == "Alice Li completed “weigh”"


def test_case_waits_for_the_message_and_not_for_the_event(app, engine):
    from tests.engine.services.service_models import WAITS_FOR_PAYMENT
    from web.presenters import words

    order = engine.deploy(WAITS_FOR_PAYMENT, source="order.bpmn", forms={})
    case = engine.start_process("order", by="dora", values={"order": "1"})
    with app.test_request_context("/?lang=en"):
        newest, *_ = tell(engine.history(case.id, by="dora"), engine.graph(order.id), words())

    assert newest.text == "The case waits for “paid”"
