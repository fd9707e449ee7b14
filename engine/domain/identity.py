"""People: who they are and what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

UserId = NewType("UserId", str)


class Role(StrEnum):
    """What a person does with the product; a person may hold several."""

    STAFF = "staff"
    DESIGNER = "designer"
    ANALYST = "analyst"
    MANAGER = "manager"
    QUALITY = "quality"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in. Groups are the lanes whose tasks are offered to them."""

    id: UserId
    name: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset({Role.STAFF})
    is_active: bool = True

    def may_see_personal_values(self) -> bool:
        """Return whether the person sees personal values in the cases that they may see."""
        return bool(self.roles - {Role.ANALYST, Role.DESIGNER})

    def may_manage(self) -> bool:
        """Return whether the person may see every case and intervene in it."""
        return bool(self.roles & {Role.MANAGER, Role.ADMIN})
