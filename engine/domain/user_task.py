"""User tasks: states and who may do what with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from engine.errors import NotAllowed, TaskAlreadyClaimed, TaskNotClaimed, TaskNotOpen

if TYPE_CHECKING:
    from datetime import datetime

    from engine.domain.identity import User, UserId
    from engine.domain.instance import DefinitionId, InstanceId

TaskId = NewType("TaskId", int)


class TaskState(StrEnum):
    """The life of a user task."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OPEN_STATES = (TaskState.OFFERED, TaskState.CLAIMED)


@dataclass(frozen=True, slots=True)
class UserTask:
    """A piece of work that a person of the candidate group can take and complete."""

    id: TaskId
    instance_id: InstanceId
    definition_id: DefinitionId
    process_key: str
    business_key: str
    token: str
    element_id: str
    name: str  # as in the model, both languages
    lane: str | None
    candidate_group: str | None
    form_key: str | None
    state: TaskState
    created_at: datetime
    claimed_by: UserId | None = None
    claimed_at: datetime | None = None
    ended_by: UserId | None = None
    ended_at: datetime | None = None

    def is_offered_to(self, user: User) -> bool:
        """Return whether the person belongs to the candidate group (no group: everybody)."""
        return self.candidate_group is None or self.candidate_group in user.groups

    def ensure_open(self) -> UserTask:
        """Return the task, or raise TaskNotOpen."""
        if self.state not in OPEN_STATES:
            raise TaskNotOpen(self.id, self.state.value, self.ended_by, self.ended_at)
        return self

    def ensure_visible(self, user: User) -> UserTask:
        """Return the task, or raise NotAllowed if it is none of this person's business."""
        is_own = user.id in (self.claimed_by, self.ended_by)
        if not (is_own or self.is_offered_to(user) or user.may_manage()):
            raise NotAllowed(user.id, "see", f"task {self.id}")
        return self

    def ensure_completable(self, user: User) -> UserTask:
        """Return the task, or raise TaskNotOpen, NotAllowed or TaskNotClaimed."""
        self.ensure_open().ensure_visible(user)
        if self.claimed_by != user.id:
            raise TaskNotClaimed(self.id, self.claimed_by)
        return self

    def claimed(self, user: User, at: datetime) -> UserTask:
        """Return the task as claimed by a person; claiming one's own task changes nothing."""
        self.ensure_open()
        if not self.is_offered_to(user):
            raise NotAllowed(user.id, "claim", f"task {self.id}")
        if self.claimed_by is None:
            return replace(self, state=TaskState.CLAIMED, claimed_by=user.id, claimed_at=at)
        if self.claimed_by != user.id:
            raise TaskAlreadyClaimed(self.id, self.claimed_by)
        return self

    def released(self, user: User) -> UserTask:
        """Return the task as offered to its group again."""
        self.ensure_completable(user)
        return replace(self, state=TaskState.OFFERED, claimed_by=None, claimed_at=None)

    def completed(self, user: User, at: datetime) -> UserTask:
        """Return the task as completed by the person who claimed it."""
        self.ensure_completable(user)
        return replace(self, state=TaskState.COMPLETED, ended_by=user.id, ended_at=at)
