"""From rows of instances to the instances that the rest of the engine knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.domain.instance import DefinitionId, InstanceId, InstanceState, ProcessInstance
from engine.store.tables import instance
from engine.store.types import from_json

if TYPE_CHECKING:
    from engine.store.types import Row

_COLUMNS = (
    instance.c.id,
    instance.c.definition_id,
    instance.c.process_key,
    instance.c.business_key,
    instance.c.state,
    instance.c.version,
    instance.c.started_at,
    instance.c.started_by,
    instance.c.ended_at,
    instance.c.case_values,
    instance.c.parent_id,
    instance.c.root_id,
    instance.c.open_incidents,
    instance.c.suspended_at,
    instance.c.route,
)
ALL = sa.select(*_COLUMNS)


def to_instance(row: Row) -> ProcessInstance:
    """Return the instance in a row of ALL, which may have more columns."""
    number, definition_id, process_key, business_key, state, version, *rest = row[:15]
    started_at, started_by, ended_at, values, parent_id, root_id, *facts = rest
    open_incidents, suspended_at, route = facts
    return ProcessInstance(
        id=InstanceId(number),
        definition_id=DefinitionId(definition_id),
        process_key=process_key,
        business_key=business_key,
        state=InstanceState(state),
        version=version,
        started_at=started_at,
        started_by=started_by,
        ended_at=ended_at,
        values=from_json(values),
        parent_id=None if parent_id is None else InstanceId(parent_id),
        root_id=None if root_id is None else InstanceId(root_id),
        open_incidents=open_incidents,
        suspended_at=suspended_at,
        route=route,
    )
