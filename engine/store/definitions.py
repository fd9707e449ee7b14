"""Queries about process definitions, their forms and the groups of their lanes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import bindparam as parameter

from engine.domain.instance import DefinitionId, DefinitionState, ProcessDefinition
from engine.store.prepared import Prepared
from engine.store.tables import decision_file, definition, deployment, form, lane_group
from engine.store.types import from_json, inserted_id, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.store.database import Transaction
    from engine.store.types import Row


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """Everything that was deployed with one version of a process."""

    definition: ProcessDefinition
    source: str
    xml: bytes
    forms: Mapping[str, Mapping[str, object]]
    groups: Mapping[str, str]  # by lane
    decisions: Mapping[str, bytes] = field(default_factory=dict)  # DMN files by name


SUMMARY = sa.select(
    definition.c.id,
    definition.c.process_key,
    definition.c.version,
    definition.c.name,
    definition.c.sha256,
    definition.c.deployed_at,
    definition.c.deployed_by,
    definition.c.is_executable,
    definition.c.deployment_id,
    definition.c.state,
)
_ACTIVE, _DRAFT = DefinitionState.ACTIVE.value, DefinitionState.DRAFT.value
_EXISTS = definition.c.state != DefinitionState.DELETED.value
_of_key = definition.alias("of_key")
_NEWEST_VERSION = (
    sa.select(sa.func.max(_of_key.c.version))
    .where(_of_key.c.process_key == parameter("key"))
    .scalar_subquery()
)
_OF_KEY = SUMMARY.where(definition.c.process_key == parameter("key"))
_NEWEST_OF_KEY = _OF_KEY.where(definition.c.version == _NEWEST_VERSION)
# The version that people mean by a process: the newest that starts cases, or the newest at all.
_USUAL_FIRST = sa.case((definition.c.state == _ACTIVE, 0), else_=1), definition.c.version.desc()
_USUAL_OF_KEY = _OF_KEY.where(_EXISTS).order_by(*_USUAL_FIRST).limit(1)
_USUAL = SUMMARY.where(_EXISTS).order_by(definition.c.process_key, *_USUAL_FIRST)
# Nobody deletes a version between this and the case that is started of it; on PostgreSQL this is
# the lock that the foreign key of the case takes anyway.
_STARTABLE = Prepared(
    _OF_KEY.where(definition.c.state == _ACTIVE)
    .order_by(definition.c.version.desc())
    .limit(sa.literal_column("1"))
    .with_for_update(read=True, key_share=True)
)
_VERSION_OF_KEY = _OF_KEY.where(definition.c.version == parameter("version"), _EXISTS)
_NEWEST_UNTIL = (
    SUMMARY.where(
        definition.c.process_key == parameter("key"),
        definition.c.deployment_id <= parameter("deployment"),
        _EXISTS,
        definition.c.state != _DRAFT,
    )
    .order_by(definition.c.version.desc())
    .limit(1)
)
_IDS = sa.select(definition.c.id).where(definition.c.process_key == parameter("key"))
_BY_ID = SUMMARY.add_columns(definition.c.source, definition.c.xml).where(
    definition.c.id == parameter("id")
)
_XML = sa.select(definition.c.xml).where(definition.c.id == parameter("id"))
_FORMS = sa.select(form.c.form_key, form.c.form_schema).where(
    form.c.definition_id == parameter("id")
)
_GROUPS = sa.select(lane_group.c.lane, lane_group.c.group_name).where(
    lane_group.c.definition_id == parameter("id")
)
_DECISIONS = sa.select(decision_file.c.name, decision_file.c.xml).where(
    decision_file.c.definition_id == parameter("id")
)


def usual(tx: Transaction) -> list[ProcessDefinition]:
    """Return the version that people mean of each process, by key."""
    found: dict[str, ProcessDefinition] = {}
    for row in tx.execute(_USUAL):
        found.setdefault(row.process_key, to_definition(row))
    return list(found.values())


def usual_of(tx: Transaction, key: str) -> ProcessDefinition | None:
    """Return the newest version of a process that starts cases; if none does, the newest."""
    row = tx.execute(_USUAL_OF_KEY, {"key": key}).one_or_none()
    return to_definition(row) if row else None


def newest_of(tx: Transaction, key: str) -> ProcessDefinition | None:
    """Return the newest version of a process, a draft or deleted perhaps."""
    row = tx.execute(_NEWEST_OF_KEY, {"key": key}).one_or_none()
    return to_definition(row) if row else None


def startable_of(tx: Transaction, key: str) -> ProcessDefinition | None:
    """Return the newest version of a process that starts cases, kept until the end of this."""
    row = _STARTABLE.one(tx, {"key": key})
    return to_definition(row) if row else None


def version_of(tx: Transaction, key: str, version: int) -> ProcessDefinition | None:
    """Return one version of a process."""
    row = tx.execute(_VERSION_OF_KEY, {"key": key, "version": version}).one_or_none()
    return to_definition(row) if row else None


def newest_until(tx: Transaction, key: str, deployment_id: int) -> ProcessDefinition | None:
    """Return the newest version of a process that was deployed with or before something else."""
    row = tx.execute(_NEWEST_UNTIL, {"key": key, "deployment": deployment_id}).one_or_none()
    return to_definition(row) if row else None


def ids_of(tx: Transaction, key: str) -> list[int]:
    """Return the ids of all versions of a process."""
    return list(tx.execute(_IDS, {"key": key}).scalars())


def xml(tx: Transaction, definition_id: int) -> bytes | None:
    """Return the BPMN file of a definition."""
    return tx.execute(_XML, {"id": definition_id}).scalar_one_or_none()


def load(tx: Transaction, definition_id: int) -> StoredDefinition | None:
    """Return a definition with all that belongs to it."""
    row = tx.execute(_BY_ID, {"id": definition_id}).one_or_none()
    if row is None:
        return None
    forms = tx.execute(_FORMS, {"id": definition_id})
    groups = tx.execute(_GROUPS, {"id": definition_id})
    return StoredDefinition(
        definition=to_definition(row),
        source=row.source,
        xml=row.xml,
        forms={key: from_json(schema) for key, schema in forms},
        groups={lane: group for lane, group in groups},  # noqa: C416 -- a Row is no tuple to mypy
        decisions={name: file for name, file in tx.execute(_DECISIONS, {"id": definition_id})},  # noqa: C416 -- as above
    )


def insert_deployment(tx: Transaction, *, source: str, at: datetime, by: str | None) -> int:
    """Store that files were deployed together and return the number of the deployment."""
    row = {"source": source, "deployed_at": at, "deployed_by": by}
    return inserted_id(tx.execute(sa.insert(deployment), row))


def insert(tx: Transaction, stored: StoredDefinition) -> ProcessDefinition:
    """Store a definition (its id is given here) with its forms and groups."""
    new = stored.definition
    row = {
        "process_key": new.key,
        "version": new.version,
        "name": new.name,
        "sha256": new.sha256,
        "source": stored.source,
        "xml": stored.xml,
        "deployed_at": new.deployed_at,
        "deployed_by": new.deployed_by,
        "is_executable": new.is_executable,
        "deployment_id": new.deployment_id,
        "state": new.state.value,
    }
    definition_id = inserted_id(tx.execute(sa.insert(definition), row))
    forms = [
        {"definition_id": definition_id, "form_key": key, "form_schema": to_json(schema)}
        for key, schema in stored.forms.items()
    ]
    groups = [
        {"definition_id": definition_id, "lane": lane, "group_name": group}
        for lane, group in stored.groups.items()
    ]
    if forms:
        tx.execute(sa.insert(form), forms)
    if groups:
        tx.execute(sa.insert(lane_group), groups)
    decisions = [
        {"definition_id": definition_id, "name": name, "xml": file}
        for name, file in stored.decisions.items()
    ]
    if decisions:
        tx.execute(sa.insert(decision_file), decisions)
    summary = tx.execute(_BY_ID, {"id": definition_id}).one()
    return to_definition(summary)


def to_definition(row: Row) -> ProcessDefinition:
    """Return the definition in a row of the summary."""
    return ProcessDefinition(
        id=DefinitionId(row.id),
        key=row.process_key,
        version=row.version,
        name=row.name,
        sha256=row.sha256,
        deployed_at=row.deployed_at,
        deployed_by=row.deployed_by,
        is_executable=row.is_executable,
        deployment_id=row.deployment_id,
        state=DefinitionState(row.state),
    )
