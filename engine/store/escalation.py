"""Queries about escalation ladders."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.escalation import EscalationAction, EscalationLadder, EscalationStep
from engine.store.tables import escalation_ladder

if TYPE_CHECKING:
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row

_EVERY_TASK = ""
_ALL = sa.select(escalation_ladder).where(
    escalation_ladder.c.process_key == parameter("process_key")
)
_OF_PROCESS = _ALL.order_by(escalation_ladder.c.element_id)
_OF_TASK = (
    _ALL.where(escalation_ladder.c.element_id.in_([parameter("element_id"), _EVERY_TASK]))
    .order_by(escalation_ladder.c.element_id.desc())
    .limit(1)
)
_DELETE = sa.delete(escalation_ladder).where(
    escalation_ladder.c.process_key == parameter("of_process"),
    escalation_ladder.c.element_id == parameter("of_element"),
)
_INSERT = sa.insert(escalation_ladder)


def ladder(tx: Transaction, process_key: str, element_id: str) -> EscalationLadder | None:
    """Return the ladder of a task: its own, else the one of its process."""
    chosen = {"process_key": process_key, "element_id": element_id}
    row = tx.execute(_OF_TASK, chosen).one_or_none()
    return _to_ladder(row) if row else None


def of_process(tx: Transaction, process_key: str) -> list[EscalationLadder]:
    """Return the ladders of a process, the one for all tasks first."""
    return [_to_ladder(row) for row in tx.execute(_OF_PROCESS, {"process_key": process_key})]


def save(tx: Transaction, new: EscalationLadder, *, by: str | None, at: datetime) -> None:
    """Replace a ladder; one without steps is taken away."""
    element_id = new.element_id or _EVERY_TASK
    tx.execute(_DELETE, {"of_process": new.process_key, "of_element": element_id})
    if not new.steps:
        return
    steps = [[step.after.total_seconds(), step.action.value, step.group] for step in new.steps]
    row = {
        "process_key": new.process_key,
        "element_id": element_id,
        "steps": orjson.dumps(steps).decode(),
        "changed_by": by,
        "changed_at": at,
    }
    tx.execute(_INSERT, row)


def _to_ladder(row: Row) -> EscalationLadder:
    steps = tuple(
        EscalationStep(timedelta(seconds=after_s), EscalationAction(action), group)
        for after_s, action, group in orjson.loads(row.steps)
    )
    return EscalationLadder(row.process_key, row.element_id or None, steps)
