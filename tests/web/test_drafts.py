"""What a person types into a task is kept until it is sent."""

import orjson
import pytest

from engine.errors import NotFound


@pytest.fixture
def task(engine, case):
    return engine.claim(engine.open_tasks(case.id, by="alice")[0].id, by="alice")


def save(browser, task, values):
    page = browser.get("/tasks").text
    token = page.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]
    return browser.client.post(
        f"/tasks/{task.id}/draft",
        data=values if isinstance(values, str) else orjson.dumps(values),
        headers={"X-CSRFToken": token, "Content-Type": "application/json"},
    )


def test_draft_is_saved_with_the_time_and_comes_back(alice, task):
    answer = save(alice, task, {"patient_name": "王芳", "temperature": 99})

    assert answer.json == {"saved": "saved 09:00", "news": ""}
    page = alice.get(f"/tasks/{task.id}").text
    assert "What you typed is back" in page
    assert '"temperature": 99' in page


def test_draft_needs_the_token_of_the_page(alice, task):
    assert alice.client.post(f"/tasks/{task.id}/draft", data="{}").status_code == 400


def test_draft_of_others_is_not_shown(dora, alice, task):
    save(alice, task, {"patient_name": "王芳"})

    assert "王芳" not in dora.get(f"/tasks/{task.id}").text


def test_discarded_draft_is_gone(alice, engine, task):
    save(alice, task, {"patient_name": "王芳"})
    answer = alice.post(f"/tasks/{task.id}/draft/discard")

    assert "王芳" not in alice.get(answer.location).text
    assert engine.draft(task.id, by="alice") is None


def test_completing_a_task_ends_its_draft(alice, engine, task):
    save(alice, task, {"patient_name": "王芳"})
    alice.values(f"/tasks/{task.id}/completion", {"patient_name": "王芳", "kind": "first"})

    assert engine.draft(task.id, by="alice") is None


def test_person_learns_that_somebody_else_completed_the_task(alice, bob, engine, task):
    engine.reassign(task.id, to="bob", by="dora", reason="Alice left")
    engine.claim(task.id, by="bob")
    values = {"patient_name": "李雷", "kind": "first"}
    engine.complete_task(task.id, by="bob", values=values)
    answer = save(alice, task, {"patient_name": "王芳"})

    assert answer.json["news"] == "Bob Bao completed this task today 09:00."
    page = alice.get(f"/tasks/{task.id}").text
    assert "Bob Bao completed this task" in page
    assert "What you typed" in page
    assert "王芳" in page


def test_sending_a_task_that_others_completed_keeps_what_was_typed(alice, engine, task):
    engine.reassign(task.id, to="bob", by="dora", reason="Alice left")
    engine.claim(task.id, by="bob")
    engine.complete_task(task.id, by="bob", values={"patient_name": "李雷", "kind": "first"})
    answer = alice.values(f"/tasks/{task.id}/completion", {"patient_name": "王芳", "kind": "first"})

    assert answer.status_code == 409
    assert "Bob Bao completed this task" in answer.text
    assert "王芳" in answer.text
    assert engine.draft(task.id, by="alice")[0]["patient_name"] == "王芳"


def test_withdrawn_task_says_so_and_keeps_what_was_typed(alice, engine, case, task):
    save(alice, task, {"patient_name": "王芳"})
    engine.cancel_instance(case.id, by="dora", reason="The patient went home")

    assert alice.get(f"/tasks/{task.id}/state").json["news"].startswith("This task was withdrawn")
    page = alice.get(f"/tasks/{task.id}").text
    assert "This task was withdrawn" in page
    assert "王芳" in page


def test_task_that_a_manager_gave_to_others_says_so(alice, engine, task):
    engine.reassign(task.id, to="bob", by="dora", reason="Alice left")

    assert alice.get(f"/tasks/{task.id}/state").json["news"] == "Bob Bao has this task now."


def test_task_of_a_suspended_case_keeps_what_was_sent(alice, engine, case, task):
    engine.suspend_instance(case.id, by="dora", reason="Power cut")
    answer = alice.values(f"/tasks/{task.id}/completion", {"patient_name": "王芳", "kind": "first"})

    assert (answer.status_code, "Case C-1 is suspended" in answer.text) == (409, True)
    assert "王芳" in alice.get(f"/tasks/{task.id}").text


@pytest.mark.parametrize("text", ["[1]", "{", '"x"'])
def test_draft_that_is_no_object_is_refused(alice, task, text):
    assert save(alice, task, text).status_code == 400


def test_draft_of_a_task_out_of_sight_is_refused(charlie, task):
    answer = save(charlie, task, {"patient_name": "王芳"})

    assert (answer.status_code, "with others now" in answer.json["news"]) == (403, True)


def test_draft_of_no_task_is_refused(alice, engine, task):
    with pytest.raises(NotFound):
        engine.task(999, by="alice")
    task_999 = type("Task", (), {"id": 999})
    assert save(alice, task_999, {}).status_code == 404
