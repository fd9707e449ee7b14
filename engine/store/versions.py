"""Queries about the versions of a process: their states, who needs them, and their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import DefinitionId, DefinitionState, InstanceState, ProcessDefinition
from engine.domain.versions import VersionChange
from engine.store.definitions import SUMMARY, to_definition
from engine.store.tables import (
    decision_file,
    definition,
    form,
    incident,
    instance,
    lane_group,
    version_change,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.store.database import Transaction

_OF_KEY = SUMMARY.where(
    definition.c.process_key == parameter("key"),
    definition.c.state != DefinitionState.DELETED.value,
).order_by(definition.c.version.desc())
_LOCKED = SUMMARY.where(
    definition.c.process_key == parameter("key"), definition.c.version == parameter("version")
).with_for_update()
_COUNT = (
    sa.select(instance.c.definition_id, instance.c.state, sa.func.count())
    .where(instance.c.process_key == parameter("key"))
    .group_by(instance.c.definition_id, instance.c.state)
)
_INCIDENTS = sa.select(sa.func.count()).where(incident.c.definition_id == parameter("id"))
_CHANGES = (
    sa.select(version_change, definition.c.version)
    .join(definition, definition.c.id == version_change.c.definition_id)
    .where(definition.c.process_key == parameter("key"))
    .order_by(version_change.c.id.desc())
)
_SET_STATE = (
    sa.update(definition)
    .where(definition.c.id == parameter("old_id"))
    .values(state=parameter("new_state"))
)
_EMPTY = _SET_STATE.values(xml=b"", sha256="")


def of_process(tx: Transaction, key: str) -> list[ProcessDefinition]:
    """Return the versions of a process, the newest first."""
    return [to_definition(row) for row in tx.execute(_OF_KEY, {"key": key})]


def lock(tx: Transaction, key: str, version: int) -> ProcessDefinition | None:
    """Return a version to change it: no case of it is started meanwhile."""
    row = tx.execute(_LOCKED, {"key": key, "version": version}).one_or_none()
    return to_definition(row) if row else None


def count_cases(tx: Transaction, key: str) -> dict[DefinitionId, Mapping[InstanceState, int]]:
    """Return how many cases each version of a process has in each state."""
    counted: dict[DefinitionId, dict[InstanceState, int]] = {}
    for definition_id, state, number in tx.execute(_COUNT, {"key": key}):
        counted.setdefault(DefinitionId(definition_id), {})[InstanceState(state)] = number
    return dict(counted.items())


def count_incidents(tx: Transaction, definition_id: int) -> int:
    """Return how many incidents a version has that belong to no case."""
    return int(tx.execute(_INCIDENTS, {"id": definition_id}).scalar_one())


def set_state(tx: Transaction, definition_id: int, state: DefinitionState) -> None:
    """Store the state of a version."""
    tx.execute(_SET_STATE, {"old_id": definition_id, "new_state": state.value})


def empty(tx: Transaction, definition_id: int) -> None:
    """Forget all but the number of a version."""
    for table in (form, lane_group, decision_file):
        tx.execute(sa.delete(table).where(table.c.definition_id == definition_id))
    state = DefinitionState.DELETED.value
    tx.execute(_EMPTY, {"old_id": definition_id, "new_state": state})


def note(
    tx: Transaction,
    definition_id: int,
    state: DefinitionState,
    *,
    at: datetime,
    by: str | None,
    reason: str,
) -> None:
    """Store who changed the state of a version, when and why."""
    row = {
        "definition_id": definition_id,
        "state": state.value,
        "changed_at": at,
        "changed_by": by,
        "reason": reason,
    }
    tx.execute(sa.insert(version_change), row)


def changes(tx: Transaction, key: str) -> list[VersionChange]:
    """Return what was done to the versions of a process, the newest first."""
    return [
        VersionChange(
            row.version, DefinitionState(row.state), row.changed_at, row.changed_by, row.reason
        )
        for row in tx.execute(_CHANGES, {"key": key})
    ]
