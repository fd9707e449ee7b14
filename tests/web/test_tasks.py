"""The inbox and the work on one task."""

import re

import pytest

from engine.domain.history import EventType

VALUES = {"patient_name": "王芳", "kind": "first", "urgent": False}


@pytest.fixture
def task(engine, case):
    return engine.open_tasks(case.id, by="alice")[0]


def complete(browser, task, values, **fields):
    return browser.values(
        f"/tasks/{task.id}/completion", values, page=f"/tasks/{task.id}", **fields
    )


def events(engine, case):
    return [event.type for event in engine.history(case.id, by="dora")]


def test_home_leads_to_the_tasks(client):
    assert client.get("/").location == "/tasks"


def test_inbox_shows_what_is_offered_to_the_group_only(alice, bob, task):
    assert "Offered to Front desk" in alice.get("/tasks").text
    assert "Nothing waiting" in bob.get("/tasks").text


def test_inbox_shows_own_tasks_first(alice, engine, case, task):
    engine.start_process("clinic_visit", by="alice", start_event="walk_in")
    alice.post(f"/tasks/{task.id}/claim")
    page = alice.get("/tasks").text

    assert page.index("Mine") < page.index("Offered to Front desk")


def test_inbox_says_how_long_a_task_waits(alice, task, clock):
    from datetime import timedelta

    clock.advance(timedelta(minutes=38))

    assert "38 min" in alice.get("/tasks").text


def test_taking_a_task_opens_its_form(alice, engine, case, task):
    answer = alice.post(f"/tasks/{task.id}/claim")

    assert (answer.status_code, answer.location) == (303, f"/tasks/{task.id}")
    assert events(engine, case)[-2:] == [EventType.CLAIMED, EventType.STARTED]
    assert "data-form" in alice.get(answer.location).text


def test_form_is_read_only_until_the_task_is_taken(alice, task):
    assert "data-readonly" in alice.get(f"/tasks/{task.id}").text
    alice.post(f"/tasks/{task.id}/claim")

    assert "data-readonly" not in alice.get(f"/tasks/{task.id}").text


def test_completing_leads_to_the_next_task_of_the_case(alice, engine, case, task):
    alice.post(f"/tasks/{task.id}/claim")
    answer = complete(alice, task, VALUES)
    following = engine.open_tasks(case.id, by="alice")[0]

    assert (answer.status_code, answer.location) == (303, f"/tasks/{following.id}")
    assert "“Register” is done (case C-1)." in alice.get(answer.location).text


def test_completing_the_last_own_task_leads_to_the_inbox(alice, engine, case, task):
    alice.post(f"/tasks/{task.id}/claim")
    complete(alice, task, VALUES)
    confirm = engine.open_tasks(case.id, by="alice")[0]
    alice.post(f"/tasks/{confirm.id}/claim")

    assert complete(alice, confirm, {}).location == "/tasks"


def test_wrong_values_are_shown_again_with_words_and_nothing_is_saved(alice, engine, case, task):
    alice.post(f"/tasks/{task.id}/claim")
    answer = complete(alice, task, {"temperature": 99, "kind": "first"})

    assert answer.status_code == 422
    assert "Patient name: Please fill this in." in answer.text
    assert "Temperature: Must be at most 42." in answer.text
    assert '"temperature": 99' in answer.text
    assert EventType.COMPLETED not in events(engine, case)[3:]


def test_sending_a_form_twice_acts_once(alice, engine, case, task):
    alice.post(f"/tasks/{task.id}/claim")
    page = alice.get(f"/tasks/{task.id}").text
    request_id = re.search(r'name="request_id" value="(\w+)"', page)[1]
    first = complete(alice, task, VALUES, request_id=request_id)
    second = complete(alice, task, VALUES, request_id=request_id)

    assert (second.status_code, second.location) == (first.status_code, first.location)
    assert len(engine.open_tasks(case.id, by="alice")) == 1


def test_completing_a_completed_task_is_refused_in_words(alice, task):
    alice.post(f"/tasks/{task.id}/claim")
    complete(alice, task, VALUES)
    answer = complete(alice, task, VALUES)

    assert answer.status_code == 409
    assert "Alice Li completed this task today 09:00." in answer.text


def test_task_that_somebody_else_holds_says_who(engine, alice, dora, sign_in, task):
    from engine.domain.identity import User, UserId
    from tests.web.clinic import CHEAP, PASSWORD
    from web.security import Passwords

    eve = User(UserId("eve"), "Eve", frozenset({"frontdesk"}))
    engine.add_user(eve, password_hash=Passwords(engine, CHEAP).hash(PASSWORD))
    browser = sign_in("eve")
    alice.post(f"/tasks/{task.id}/claim")

    assert "Alice Li took this task" in browser.get(f"/tasks/{task.id}").text
    refusal = browser.post(f"/tasks/{task.id}/claim")
    assert (refusal.status_code, "before you" in refusal.text) == (409, True)
    assert complete(browser, task, VALUES).status_code == 409


def test_giving_back_offers_the_task_again(alice, engine, case, task):
    alice.post(f"/tasks/{task.id}/claim")
    answer = alice.post(f"/tasks/{task.id}/release")

    assert answer.location == "/tasks"
    assert engine.task(task.id, by="alice").claimed_by is None


@pytest.mark.parametrize("path", ["", "/claim", "/release", "/completion"])
def test_task_of_another_group_is_refused(charlie, task, path):
    url = f"/tasks/{task.id}{path}"
    answer = charlie.post(url) if path else charlie.get(url)

    assert answer.status_code == 403
    assert "This is not for you to see or to do." in answer.text


def test_values_that_are_no_json_object_are_refused(alice, task):
    alice.post(f"/tasks/{task.id}/claim")

    for text in ("[1]", "{", '"x"'):
        assert alice.post(f"/tasks/{task.id}/completion", values=text).status_code == 400


def test_unknown_task_is_not_found(alice):
    assert alice.get("/tasks/999").status_code == 404


def test_task_page_tells_what_is_known_and_what_happened(bob, alice, engine, case, task, clock):
    from datetime import timedelta

    for task_values in (VALUES, {}):
        open_task = engine.open_tasks(case.id, by="alice")[0]
        engine.claim(open_task.id, by="alice")
        engine.complete_task(open_task.id, by="alice", values=task_values)
    clock.advance(timedelta(minutes=35))
    engine.fire_due_timers()
    page = bob.get(f"/tasks/{engine.inbox('bob')[0].id}").text

    assert "王芳" in page
    assert "First visit" in page
    assert "Alice Li completed “Register”" in page


def test_task_page_speaks_chinese(alice, task):
    page = alice.get(f"/tasks/{task.id}?lang=zh-CN").text

    assert '<html lang="zh-Hans">' in page
    assert "领取此任务" in page
    assert "患者姓名" in page
    assert "Patient name" not in page
