"""Refusals in words."""

import pytest

from engine import errors as engine_errors
from engine.errors import EngineError, ExecutionFailed, StaleInstance, StoreUnavailable
from web.errors import TABLE


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (StaleInstance(1), 409, "Somebody else changed this case"),
        (StoreUnavailable("locked"), 503, "cannot save anything at the moment"),
        (ExecutionFailed("triage", "no way out"), 422, "no way out"),
    ],
)
def test_refusal_says_what_happened_what_is_safe_and_what_to_do(
    alice, engine, monkeypatch, error, status, words
):
    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(engine, "instances", fail)
    answer = alice.get("/cases")

    assert answer.status_code == status
    for text in (words, "What is safe", "What to do"):
        assert text in answer.text


def test_every_error_a_person_can_meet_has_words():
    silent = {"InvalidModel", "InvalidFormSchema", "InvalidHistory", "DuplicateUser"}  # designers
    kinds = {
        kind
        for kind in vars(engine_errors).values()
        if isinstance(kind, type) and issubclass(kind, EngineError) and kind is not EngineError
    }

    assert {kind.__name__ for kind in kinds if kind not in TABLE} == silent


def test_surprise_is_logged_under_the_number_that_is_shown(alice, engine, monkeypatch, caplog):
    monkeypatch.setattr(engine, "instances", lambda **_: 1 / 0)
    answer = alice.get("/cases")

    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "division" not in answer.text
    assert caplog.records[0].args[0] in answer.text
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


def test_form_without_the_token_of_its_page_is_refused(alice, case, engine):
    task = engine.open_tasks(case.id, by="alice")[0]
    answer = alice.client.post(f"/tasks/{task.id}/claim")

    assert answer.status_code == 400
    assert "open for too long" in answer.text
    assert engine.task(task.id, by="alice").claimed_by is None


def test_stranger_sees_a_refusal_without_the_rail(client):
    answer = client.get("/nothing-here")

    assert answer.status_code == 404
    assert "tf-rail" not in answer.text


def test_request_that_is_too_large_is_refused(alice):
    answer = alice.client.post("/language", data={"language": "x" * 3_000_000})

    assert answer.status_code == 413


def test_refusals_speak_chinese(alice):
    assert "此地址没有内容。" in alice.get("/tasks/999?lang=zh").text


def test_page_is_answered_in_words_when_the_database_fails_altogether(alice, engine, monkeypatch):
    def fail(*_args, **_options):
        raise StoreUnavailable("disk I/O error")

    for question in ("user", "users", "inbox", "definitions"):
        monkeypatch.setattr(engine, question, fail)
    answer = alice.get("/tasks")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "cannot save anything at the moment" in answer.text
