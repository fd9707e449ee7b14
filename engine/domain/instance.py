"""Process definitions and instances as the rest of the product sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from engine.errors import InstanceNotActive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

DefinitionId = NewType("DefinitionId", int)
InstanceId = NewType("InstanceId", int)
TimerId = NewType("TimerId", int)


class InstanceState(StrEnum):
    """The life of a process instance."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ProcessDefinition:
    """One immutable version of a deployed BPMN file."""

    id: DefinitionId
    key: str  # id of the process element
    version: int
    name: str
    sha256: str
    deployed_at: datetime
    deployed_by: str | None
    is_executable: bool = True  # a drawing cannot be started
    deployment_id: int | None = None  # of everything that was deployed at once


@dataclass(frozen=True, slots=True)
class ProcessInstance:
    """A case: one run of a process definition."""

    id: InstanceId
    definition_id: DefinitionId
    process_key: str
    business_key: str
    state: InstanceState
    version: int  # counts the commands that changed it
    started_at: datetime
    started_by: str | None
    ended_at: datetime | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    parent_id: InstanceId | None = None  # the case whose call activity started it
    root_id: InstanceId | None = None  # the first caller of all; None: it is that itself
    open_incidents: int = 0

    def ensure_active(self) -> ProcessInstance:
        """Return the instance, or raise InstanceNotActive."""
        if self.state is not InstanceState.ACTIVE:
            raise InstanceNotActive(self.id, self.state.value)
        return self


@dataclass(frozen=True, slots=True)
class Timer:
    """A token that waits for a moment."""

    id: TimerId
    instance_id: InstanceId
    token: str
    element_id: str
    due_at: datetime
