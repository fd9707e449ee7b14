"""Use cases about people, and the check who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import NotAllowed, NotFound
from engine.store import users

if TYPE_CHECKING:
    from engine.domain.identity import User
    from engine.services.context import Context
    from engine.store.database import Transaction


def add(context: Context, user: User, *, password_hash: str | None) -> None:
    """Add a person."""
    context.database.run(lambda tx: users.insert(tx, user, password_hash=password_hash))


def update(context: Context, user: User) -> None:
    """Replace all of a person but the password."""
    if not context.database.run(lambda tx: users.update(tx, user)):
        raise NotFound("user", user.id)


def get(context: Context, user_id: str) -> User:
    """Return a person, also one who is not active any more."""
    with context.database.reading() as tx:
        return _find(tx, user_id)


def everybody(context: Context) -> list[User]:
    """Return everybody, by user name."""
    with context.database.reading() as tx:
        return users.everybody(tx)


def password_hash(context: Context, user_id: str) -> str | None:
    """Return the hash of a person's password."""
    with context.database.reading() as tx:
        _find(tx, user_id)
        return users.password_hash(tx, user_id)


def set_password_hash(context: Context, user_id: str, new_hash: str) -> None:
    """Give a person a new password."""
    if not context.database.run(lambda tx: users.set_password_hash(tx, user_id, new_hash)):
        raise NotFound("user", user_id)


def acting(tx: Transaction, user_id: str) -> User:
    """Return the person who acts; NotAllowed if they are not active any more."""
    user = _find(tx, user_id)
    if not user.is_active:
        raise NotAllowed(user_id, "use", "this installation any more")
    return user


def ensure_manager(tx: Transaction, user_id: str, action: str, subject: str) -> User:
    """Return the person who acts, or raise NotAllowed if they do not manage."""
    user = acting(tx, user_id)
    if not user.may_manage():
        raise NotAllowed(user_id, action, subject)
    return user


def get_in(tx: Transaction, user_id: str) -> User:
    """Return a person within a transaction, also one who is not active any more."""
    return _find(tx, user_id)


def _find(tx: Transaction, user_id: str) -> User:
    user = users.find(tx, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user
