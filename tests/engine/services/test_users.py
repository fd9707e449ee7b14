from __future__ import annotations

from dataclasses import replace

import pytest

from engine.domain.identity import Role, User, UserId
from engine.errors import DuplicateUser, NotFound
from tests.engine.conftest import CAST

ERIN = User(UserId("erin"), "Erin 艾琳", frozenset({"desk", "ward"}), frozenset({Role.QUALITY}))


def test_user_comes_back_as_added(engine):
    engine.add_user(ERIN, password_hash="argon2…")

    assert engine.user("erin") == ERIN
    assert engine.password_hash("erin") == "argon2…"
    assert engine.users() == [*CAST, ERIN]


def test_user_without_groups_and_roles_is_a_user_too(engine):
    nobody = User(UserId("nobody"), "", frozenset(), frozenset(), is_active=False)

    engine.add_user(nobody)

    assert engine.user("nobody") == nobody


def test_add_user_is_refused_when_the_name_is_taken(engine):
    with pytest.raises(DuplicateUser):
        engine.add_user(replace(ERIN, id=UserId("alice")))

    assert engine.user("alice") == CAST[0]


def test_update_user_replaces_everything_but_the_password(engine):
    engine.add_user(ERIN, password_hash="argon2…")
    changed = User(ERIN.id, "E.", frozenset({"lab"}), frozenset({Role.ADMIN}), is_active=False)

    engine.update_user(changed)

    assert engine.user("erin") == changed
    assert engine.password_hash("erin") == "argon2…"


def test_password_hash_can_be_replaced(engine):
    assert engine.password_hash("alice") is None

    engine.set_password_hash("alice", "new")

    assert engine.password_hash("alice") == "new"


def test_user_that_does_not_exist_is_not_found(engine):
    for look_up in (
        lambda: engine.user("erin"),
        lambda: engine.password_hash("erin"),
        lambda: engine.set_password_hash("erin", "new"),
        lambda: engine.update_user(ERIN),
        lambda: engine.inbox("erin"),
    ):
        with pytest.raises(NotFound, match="no user 'erin'"):
            look_up()
