"""Signing in and out."""

import re
from datetime import timedelta

import pytest

from tests.web.clinic import PASSWORD
from web.throttle import LIMIT, WINDOW_S


def try_to_sign_in(client, user="alice", password=PASSWORD, **fields):
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"csrf_token": token, "user": user, "password": password, **fields}
    return client.post("/sign-in", data=form)


def test_right_password_opens_the_inbox(client):
    answer = try_to_sign_in(client)

    assert (answer.status_code, answer.location) == (303, "/tasks")
    assert client.get("/tasks").status_code == 200


@pytest.mark.parametrize(("user", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_wrong_name_or_password_are_refused_with_the_same_words(client, user, password):
    answer = try_to_sign_in(client, user, password)

    assert answer.status_code == 401
    assert "User name and password do not belong together." in answer.text
    assert client.get("/tasks").status_code == 302


def test_inactive_person_cannot_sign_in_and_loses_the_session(client, engine):
    try_to_sign_in(client)
    engine.update_user(replace_active(engine.user("alice")))

    assert client.get("/tasks").status_code == 302
    assert try_to_sign_in(client).status_code == 401


def replace_active(user):
    from dataclasses import replace

    return replace(user, is_active=False)


def test_guessing_is_slowed_down_until_the_window_has_passed(client, clock):
    for _ in range(LIMIT):
        assert try_to_sign_in(client, password="guess").status_code == 401
    refused = try_to_sign_in(client)
    clock.advance(timedelta(seconds=WINDOW_S))

    assert refused.status_code == 429
    assert "Wait 5 min" in refused.text
    assert try_to_sign_in(client).status_code == 303


def test_guessing_one_name_does_not_lock_out_another(client):
    for _ in range(LIMIT):
        try_to_sign_in(client, password="guess")

    assert try_to_sign_in(client, "bob").status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_never_leads_to_another_site(client, target):
    assert try_to_sign_in(client, next=target).location == "/tasks"


def test_sign_in_leads_to_where_the_person_was_going(client):
    asked = client.get("/cases?state=active").location

    assert asked == "/sign-in?next=/cases?state%3Dactive"
    assert try_to_sign_in(client, next="/cases?state=active").location == "/cases?state=active"


def test_signing_out_ends_the_session(alice):
    assert alice.post("/sign-out").location == "/sign-in"
    assert alice.get("/tasks").status_code == 302


def test_session_cookie_is_kept_from_scripts_and_other_sites(client):
    cookie = try_to_sign_in(client).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_polling_page_is_sent_to_sign_in_as_a_whole_when_the_session_is_over(client):
    answer = client.get("/tasks", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in")


def test_demo_lists_its_people_and_what_they_do(client):
    page = client.get("/sign-in").text

    assert 'data-demo-user="alice"' in page
    assert "Front desk" in page
    assert "manager" in page


def test_password_hash_is_renewed_when_it_has_become_too_cheap(client, engine, app):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    engine.set_password_hash("alice", old)
    try_to_sign_in(client)

    assert engine.password_hash("alice") != old
