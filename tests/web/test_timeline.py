"""Where a case stands, read from its history."""

from engine.domain.history import EventType, HistoryEvent
from tests.web.clinic import MONDAY
from web.timeline import element_states


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
