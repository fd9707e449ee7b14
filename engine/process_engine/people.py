"""Use cases about people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process_engine.base import UseCases
from engine.services import task_changes, users

if TYPE_CHECKING:
    from engine.domain.identity import User


class PeopleUseCases(UseCases):
    """Know who works here."""

    def add_user(self, user: User, *, password_hash: str | None = None) -> None:
        """Add a person; DuplicateUser if the user name is taken."""
        users.add(self._context, user, password_hash=password_hash)

    def update_user(self, user: User) -> None:
        """Replace the name, groups, roles and activity of a person.

        Tasks that they hold and may do no longer are offered again.
        """
        task_changes.update_person(self._context, user)

    def user(self, user_id: str) -> User:
        """Return a person."""
        return users.get(self._context, user_id)

    def users(self) -> list[User]:
        """Return everybody, by user name."""
        return users.everybody(self._context)

    def password_hash(self, user_id: str) -> str | None:
        """Return the hash of a person's password, None if they cannot sign in with one."""
        return users.password_hash(self._context, user_id)

    def set_password_hash(self, user_id: str, password_hash: str) -> None:
        """Give a person a new password."""
        users.set_password_hash(self._context, user_id, password_hash)
