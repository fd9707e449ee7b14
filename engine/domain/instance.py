"""Process definitions and instances as the rest of the product sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from engine.errors import InstanceNotActive, InstanceSuspended

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


class DefinitionState(StrEnum):
    """The life of a version of a process; what runs on it runs on, whatever becomes of it."""

    DRAFT = "draft"  # not started yet
    ACTIVE = "active"
    RETIRED = "retired"  # starts no new cases
    DELETED = "deleted"  # only its number is left, so that no other version gets it


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
    state: DefinitionState = DefinitionState.ACTIVE

    @property
    def may_start(self) -> bool:
        """Return whether new cases may be started of it."""
        return self.is_executable and self.state is DefinitionState.ACTIVE


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
    suspended_at: datetime | None = None  # it stands still since then
    route: str | None = None  # how it came to its version of the process, if by a rule

    def ensure_open(self) -> ProcessInstance:
        """Return the instance, or raise InstanceNotActive; it may be suspended."""
        if self.state is not InstanceState.ACTIVE:
            raise InstanceNotActive(self.id, self.state.value)
        return self

    def ensure_active(self) -> ProcessInstance:
        """Return the instance, or raise InstanceNotActive or InstanceSuspended."""
        self.ensure_open()
        if self.suspended_at is not None:
            raise InstanceSuspended(self.id, self.business_key, self.suspended_at)
        return self


@dataclass(frozen=True, slots=True)
class Timer:
    """A token that waits for a moment."""

    id: TimerId
    instance_id: InstanceId
    token: str
    element_id: str
    due_at: datetime
