"""Who may see a case: managers every one, staff those they started or work in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import NotAllowed, NotFound
from engine.services import users
from engine.store import cases, instances

if TYPE_CHECKING:
    from engine.domain.instance import ProcessInstance
    from engine.store.database import Transaction


def ensure_case_visible(tx: Transaction, instance_id: int, user_id: str) -> ProcessInstance:
    """Return a case, or raise NotFound or NotAllowed."""
    user = users.acting(tx, user_id)
    instance = instances.get(tx, instance_id)
    if instance is None:
        raise NotFound("case", instance_id)
    if not (user.may_manage() or cases.is_visible(tx, instance_id, user)):
        raise NotAllowed(user_id, "see", f"case {instance.business_key}")
    return instance
