"""Queries about people, their groups and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter
from sqlalchemy import exc

from engine.domain.identity import Role, User, UserId
from engine.errors import DuplicateUser
from engine.store.prepared import Prepared
from engine.store.tables import app_user, user_group, user_role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain.user_task import Candidates
    from engine.store.database import Transaction
    from engine.store.types import Row

_ALL = (
    sa.select(
        app_user.c.id,
        app_user.c.name,
        app_user.c.is_active,
        user_group.c.group_name,
        user_role.c.role,
    )
    .outerjoin(user_group, user_group.c.user_id == app_user.c.id)
    .outerjoin(user_role, user_role.c.user_id == app_user.c.id)
    .order_by(app_user.c.id)
)
_ONE = Prepared(_ALL.where(app_user.c.id == parameter("id")))
_PASSWORD = sa.select(app_user.c.password_hash).where(app_user.c.id == parameter("id"))
_SET_PASSWORD = (
    sa.update(app_user)
    .where(app_user.c.id == parameter("user_id"))
    .values(password_hash=parameter("new_hash"))
)
_UPDATE = (
    sa.update(app_user)
    .where(app_user.c.id == parameter("user_id"))
    .values(name=parameter("new_name"), is_active=parameter("new_activity"))
)


def find(tx: Transaction, user_id: str) -> User | None:
    """Return a person."""
    found = _to_users(_ONE.rows(tx, {"id": user_id}))
    return found[0] if found else None


def everybody(tx: Transaction) -> list[User]:
    """Return everybody, by user name."""
    return _to_users(tx.execute(_ALL))


def meant_by(tx: Transaction, candidates: Candidates, *, limit: int) -> frozenset[str]:
    """Return active people a task is meant for, whether or not they are excluded from it."""
    wanted = sa.select(app_user.c.id).where(app_user.c.is_active).limit(limit)
    if candidates.is_restricted:
        members = sa.select(user_group.c.user_id).where(
            user_group.c.group_name.in_(sorted(candidates.groups))
        )
        named = app_user.c.id.in_(sorted(candidates.users))
        wanted = wanted.where(app_user.c.id.in_(members) | named)
    return frozenset(tx.execute(wanted.order_by(app_user.c.id)).scalars())


def insert(tx: Transaction, user: User, *, password_hash: str | None) -> None:
    """Add a person."""
    row = {
        "id": user.id,
        "name": user.name,
        "is_active": user.is_active,
        "password_hash": password_hash,
    }
    try:
        tx.execute(sa.insert(app_user), row)
    except exc.IntegrityError as error:
        raise DuplicateUser(user.id) from error
    _insert_memberships(tx, user)


def update(tx: Transaction, user: User) -> bool:
    """Replace all of a person but the password; return whether there is such a person."""
    values = {"user_id": user.id, "new_name": user.name, "new_activity": user.is_active}
    if tx.execute(_UPDATE, values).rowcount == 0:
        return False
    for table in (user_group, user_role):
        tx.execute(sa.delete(table).where(table.c.user_id == user.id))
    _insert_memberships(tx, user)
    return True


def password_hash(tx: Transaction, user_id: str) -> str | None:
    """Return the hash of a person's password."""
    return tx.execute(_PASSWORD, {"id": user_id}).scalar_one_or_none()


def set_password_hash(tx: Transaction, user_id: str, new_hash: str) -> bool:
    """Replace the hash of a person's password; return whether there is such a person."""
    return tx.execute(_SET_PASSWORD, {"user_id": user_id, "new_hash": new_hash}).rowcount == 1


def _insert_memberships(tx: Transaction, user: User) -> None:
    groups = [{"user_id": user.id, "group_name": group} for group in sorted(user.groups)]
    roles = [{"user_id": user.id, "role": role.value} for role in sorted(user.roles)]
    if groups:
        tx.execute(sa.insert(user_group), groups)
    if roles:
        tx.execute(sa.insert(user_role), roles)


def _to_users(rows: Iterable[Row]) -> list[User]:
    """Return one user for the rows of each: every group beside every role."""
    people: dict[str, tuple[str, bool, set[str], set[Role]]] = {}
    for user_id, name, is_active, group, role in rows:
        _, _, groups, roles = people.setdefault(user_id, (name, is_active, set(), set()))
        if group is not None:
            groups.add(group)
        if role is not None:
            roles.add(Role(role))
    return [
        User(UserId(user_id), name, frozenset(groups), frozenset(roles), is_active)
        for user_id, (name, is_active, groups, roles) in people.items()
    ]
