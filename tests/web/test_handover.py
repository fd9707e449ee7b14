"""Giving tasks to others, and how urgent they are."""

from datetime import timedelta

import pytest

from engine.domain.user_task import TaskState

WHY = "You know the patient"


@pytest.fixture
def task(engine, case):
    return engine.open_tasks(case.id, by="alice")[0]


@pytest.fixture
def taken(engine, task):
    return engine.claim(task.id, by="alice")


def test_holder_hands_a_task_over_with_a_reason(alice, bob, engine, taken):
    answer = alice.post(f"/tasks/{taken.id}/handover", to="person:bob", reason=WHY)

    assert answer.location == "/tasks"
    assert engine.task(taken.id, by="bob").state is TaskState.RESERVED
    page = bob.get(f"/tasks/{taken.id}").text
    assert "Alice Li gave you this task" in page
    assert f"Reason: {WHY}" in page


def test_kept_task_stands_in_the_inbox_with_begin(bob, alice, engine, taken):
    engine.delegate(taken.id, to="bob", by="alice", reason=WHY)
    inbox = bob.get("/tasks").text
    assert "Kept for you" in inbox
    assert "Begin: Register, C-1" in inbox

    bob.post(f"/tasks/{taken.id}/claim")
    assert "data-readonly" not in bob.get(f"/tasks/{taken.id}").text
    assert "is kept for Bob Bao" not in alice.get(f"/tasks/{taken.id}").text


def test_others_read_for_whom_a_task_is_kept(dora, engine, taken):
    engine.delegate(taken.id, to="bob", by="alice", reason=WHY)

    page = dora.get(f"/tasks/{taken.id}").text
    assert "kept for Bob Bao" in page
    assert "Alice Li handed “Register” over to Bob Bao" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": WHY}, "Choose who should do this task."),
        ({"to": "person:bob", "reason": " "}, "Please give a reason"),
        ({"to": "person:nobody", "reason": WHY}, "may not do this task"),
    ],
)
def test_handover_that_lacks_something_opens_the_dialog_again(alice, engine, taken, fields, words):
    answer = alice.post(f"/tasks/{taken.id}/handover", **fields)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-labelledby="handover-title" data-open' in answer.text
    assert engine.task(taken.id, by="alice").claimed_by == "alice"


def test_manager_gives_a_task_to_another_group(dora, bob, engine, task):
    dora.post(f"/tasks/{task.id}/handover", to="group:doctor", reason=WHY)

    assert "Offered to Doctor" in bob.get("/tasks").text
    assert "gave “Register” to Doctor" in dora.get(f"/tasks/{task.id}").text


def test_manager_takes_a_task_from_its_holder(dora, engine, taken):
    dora.post(f"/tasks/{taken.id}/handover", to="person:bob", reason=WHY)

    assert engine.task(taken.id, by="dora").claimed_by == "bob"


def test_staff_give_no_task_to_a_group_and_none_they_do_not_hold(alice, engine, task):
    assert "data-opens" not in alice.get(f"/tasks/{task.id}").text
    for to in ("group:doctor", "person:bob"):
        answer = alice.post(f"/tasks/{task.id}/handover", to=to, reason=WHY)
        assert answer.status_code == 403


def test_only_managers_are_offered_groups(alice, dora, taken):
    assert "group:doctor" not in alice.get(f"/tasks/{taken.id}").text
    assert "group:doctor" in dora.get(f"/tasks/{taken.id}").text


def test_manager_changes_priority_and_due_date(dora, alice, engine, task):
    dora.post(f"/tasks/{task.id}/urgency", priority="90", due="2026-03-02T11:30", reason=WHY)

    changed = engine.task(task.id, by="dora")
    assert (changed.priority, changed.due_at.isoformat()) == (90, "2026-03-02T03:30:00+00:00")
    inbox = alice.get("/tasks").text
    assert "Urgent" in inbox
    assert "due today 11:30" in inbox
    assert "changed “Register”: Urgent, due today 11:30" in dora.get(f"/tasks/{task.id}").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"priority": "90"}, "Please give a reason"),
        ({"priority": "50", "reason": WHY}, "Nothing is different from before."),
        ({"priority": "high", "reason": WHY}, "A date with a time is needed"),
        ({"due": "soon", "reason": WHY}, "A date with a time is needed"),
        ({"priority": "900", "reason": WHY}, "from 0 to 100"),
    ],
)
def test_change_that_makes_no_sense_is_refused_in_words(dora, engine, task, fields, words):
    answer = dora.post(f"/tasks/{task.id}/urgency", **fields)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert engine.task(task.id, by="dora").priority == 50


def test_staff_do_not_change_how_urgent_a_task_is(alice, task):
    assert alice.post(f"/tasks/{task.id}/urgency", priority="90", reason=WHY).status_code == 403


def test_late_task_says_by_how_much(alice, engine, clock, task):
    due = clock.now() + timedelta(hours=4)
    engine.change_task(task.id, by="dora", due_at=due, reason=WHY)
    assert "due today 13:00" in alice.get("/tasks").text

    clock.advance(timedelta(hours=3, minutes=30))
    assert "due in 30 min" in alice.get("/tasks").text
    clock.advance(timedelta(hours=2))
    page = alice.get("/tasks").text
    assert "90 min overdue" in page or "1.5 h overdue" in page
    assert "tf-badge-problem" in page
