"""``twinflow start``, ``tasks``, ``claim``, ``release``, ``complete`` and ``instance``."""

import json

import pytest

REGISTER = ("--set", "patient=Wang Fang")


@pytest.fixture
def task(clinic) -> int:
    """A task that waits at the front desk."""
    started = clinic("start", "patient_visit", "--as", "alice", "--json")
    return int(started.document["tasks"][0]["id"])


def test_started_case_offers_its_first_task(clinic):
    started = clinic("start", "patient_visit", "--as", "alice", "--business-key", "V-1")

    assert started.status == 0
    assert "(patient_visit/V-1) is active" in started.out
    assert "[frontdesk]: waiting" in started.out


def test_tasks_are_those_of_the_person(clinic, task):
    assert [offered["id"] for offered in clinic("tasks", "--as", "alice", "--json").document] == [
        task
    ]
    assert clinic("tasks", "--as", "bob", "--json").document == []


def test_claim_lists_the_fields_of_the_form(clinic, task):
    claimed = clinic("claim", task, "--as", "alice")

    assert f"task {task} " in claimed.out
    assert "--set patient=" in claimed.out


def test_released_task_is_offered_again(clinic, task):
    clinic("claim", task, "--as", "alice")

    released = clinic("release", task, "--as", "alice", "--json")

    assert released.document["state"] == "offered"


def test_completed_task_hands_on_to_the_next(clinic, task):
    clinic("claim", task, "--as", "alice")

    done = clinic("complete", task, "--as", "alice", *REGISTER, "--json")

    assert [following["element_id"] for following in done.document["next"]] == ["triage"]


def test_values_come_from_a_file_as_well(clinic, task, home):
    (home / "values.json").write_text(json.dumps({"patient": "Wang Fang", "visit_kind": "return"}))
    clinic("claim", task, "--as", "alice")

    done = clinic("complete", task, "--as", "alice", "--values", "values.json")

    assert done.status == 0


def test_wrong_values_are_named_and_change_nothing(clinic, task):
    clinic("claim", task, "--as", "alice")

    refusal = clinic("complete", task, "--as", "alice", "--set", "visit_kind=maybe")

    assert refusal.status == 2
    assert "visit_kind: must be one of" in refusal.err
    assert "patient: " in refusal.err


def test_completing_twice_is_refused_in_words(clinic, task):
    clinic("claim", task, "--as", "alice")
    clinic("complete", task, "--as", "alice", *REGISTER)

    refusal = clinic("complete", task, "--as", "alice", *REGISTER)

    assert refusal.status == 1
    assert "already completed (by alice)" in refusal.err


def test_claiming_what_is_not_offered_is_refused(clinic, task):
    refusal = clinic("claim", task, "--as", "bob")

    assert refusal.status == 1
    assert "bob may not" in refusal.err


def test_case_is_found_by_its_business_key(clinic):
    clinic("start", "patient_visit", "--as", "alice", "--business-key", "V-7")

    shown = clinic("instance", "patient_visit/V-7", "--as", "alice")

    assert shown.status == 0
    assert "case_started" in shown.out


def test_history_of_a_case_is_json_for_programs(clinic, task):
    shown = clinic("instance", "1", "--as", "alice", "--json").document

    assert shown["history"][0]["type"] == "case_started"
    assert shown["tasks"][0]["id"] == task


@pytest.mark.parametrize("text", ["patient", "=x"])
def test_value_without_key_is_wrong_input(clinic, task, text):
    refusal = clinic("complete", task, "--as", "alice", "--set", text)

    assert refusal.status == 2


def test_acting_needs_a_name(clinic):
    assert "--as" in clinic("tasks").err
