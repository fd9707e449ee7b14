"""What a page may do in the browser."""

import pytest

from web.security import is_own_path


@pytest.mark.parametrize("path", ["/sign-in", "/static/favicon.svg", "/nothing", "/livez"])
def test_every_answer_carries_the_guards(client, path):
    with client.get(path) as answer:
        headers = answer.headers

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_with_patient_data_are_not_kept_by_the_browser(alice):
    assert alice.get("/tasks").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/tasks", "/cases", "/cases/1", "/start", "/tasks/1"])
def test_strangers_are_asked_to_sign_in(client, path):
    assert client.get(path).location.startswith("/sign-in?next=")


def test_model_is_not_shown_to_strangers(client):
    assert client.get("/processes/clinic_visit/v/1/model.bpmn").status_code == 302


@pytest.mark.parametrize("path", ["/", "/cases?state=active", "/tasks/5#form"])
def test_own_path_is_followed(path):
    assert is_own_path(path)


@pytest.mark.parametrize(
    "path", ["", "tasks", "//evil", "/\\evil", "/\t/evil", "https://evil", "/\n//evil"]
)
def test_other_site_is_not_followed(path):
    assert not is_own_path(path)


def test_probes_answer_without_a_person(client):
    assert client.get("/livez").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready"}


def test_readiness_fails_when_the_database_does(client, engine, monkeypatch):
    from engine.errors import StoreUnavailable

    def fail():
        raise StoreUnavailable("locked")

    monkeypatch.setattr(engine, "definitions", fail)

    assert client.get("/readyz").status_code == 503
