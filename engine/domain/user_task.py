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
    """The life of a user task; as in WS-HumanTask, but claiming begins the work."""

    OFFERED = "offered"
    RESERVED = "reserved"  # meant for one person, who has not begun
    CLAIMED = "claimed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OPEN_STATES = (TaskState.OFFERED, TaskState.RESERVED, TaskState.CLAIMED)
HELD_STATES = (TaskState.RESERVED, TaskState.CLAIMED)
USUAL_PRIORITY = 50  # of 0 to 100
MOST_URGENT = 100


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may do a task. Nobody named at all: everybody who is not excluded."""

    groups: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()

    @property
    def is_restricted(self) -> bool:
        """Return whether a task is for somebody in particular."""
        return bool(self.groups or self.users)

    @property
    def named(self) -> list[str]:
        """Return the people who are named and not excluded."""
        return sorted(self.users - self.excluded)

    def include(self, user: User) -> bool:
        """Return whether the person may do the task."""
        if user.id in self.excluded:
            return False
        return not self.is_restricted or user.id in self.users or bool(self.groups & user.groups)


@dataclass(frozen=True, slots=True)
class UserTask:
    """A piece of work that one of the candidates can take and complete."""

    id: TaskId
    instance_id: InstanceId
    definition_id: DefinitionId
    process_key: str
    business_key: str
    token: str
    element_id: str
    name: str  # as in the model, both languages
    lane: str | None
    candidates: Candidates
    form_key: str | None
    state: TaskState
    created_at: datetime
    claimed_by: UserId | None = None
    claimed_at: datetime | None = None
    appointed_by: str | None = None  # who handed the task to the person that holds it
    ended_by: UserId | None = None
    ended_at: datetime | None = None
    priority: int = USUAL_PRIORITY
    due_at: datetime | None = None
    follow_up_at: datetime | None = None  # until then the task is nobody's concern
    escalated: int = 0  # steps of the escalation ladder that were taken
    next_step_at: datetime | None = None  # of the escalation ladder

    @property
    def candidate_group(self) -> str | None:
        """Return the group a task is offered to, if it is just one; None: others, or everybody."""
        only = self.candidates.groups if not self.candidates.users else ()
        return next(iter(only)) if len(only) == 1 else None

    def is_offered_to(self, user: User) -> bool:
        """Return whether the person is among the candidates."""
        return self.candidates.include(user)

    def is_overdue(self, now: datetime) -> bool:
        """Return whether the task should have been done by now."""
        return self.state in OPEN_STATES and self.due_at is not None and self.due_at <= now

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

    def ensure_held_by(self, user: User) -> UserTask:
        """Return the task, or raise TaskNotOpen, NotAllowed or TaskNotClaimed."""
        self.ensure_open().ensure_visible(user)
        if self.claimed_by != user.id or self.state is not TaskState.CLAIMED:
            raise TaskNotClaimed(self.id, self.claimed_by)
        return self

    def is_held_rightly(self, user: User) -> bool:
        """Return whether a person may do the task now: groups and exclusions change."""
        if user.id in self.candidates.excluded:
            return False
        is_appointed = self.appointed_by is not None and self.claimed_by == user.id
        return is_appointed or self.is_offered_to(user)

    def claimed(self, user: User, at: datetime) -> UserTask:
        """Return the task as claimed by a person; claiming one's own task changes nothing."""
        self.ensure_open()
        if self.claimed_by == user.id and self.state is TaskState.CLAIMED:
            return self
        if not self.is_held_rightly(user):
            raise NotAllowed(user.id, "claim", f"task {self.id}")
        if self.claimed_by not in (None, user.id):
            raise TaskAlreadyClaimed(self.id, self.claimed_by)
        return replace(self, state=TaskState.CLAIMED, claimed_by=user.id, claimed_at=at)

    def released(self) -> UserTask:
        """Return the task as offered to its candidates again."""
        self.ensure_open()
        return replace(
            self, state=TaskState.OFFERED, claimed_by=None, claimed_at=None, appointed_by=None
        )

    def given_back(self, user: User) -> UserTask:
        """Return the task as given back by the person who holds it."""
        self.ensure_open().ensure_visible(user)
        if self.claimed_by != user.id:
            raise TaskNotClaimed(self.id, self.claimed_by)
        return self.released()

    def appointed(self, user: User, *, by: str, at: datetime) -> UserTask:
        """Return the task as kept for a person, who need not be a candidate.

        Raises NotAllowed if the person may not do it whoever says so.
        """
        self.ensure_open()
        if not user.is_active or user.id in self.candidates.excluded:
            raise NotAllowed(user.id, "do", f"task {self.id}")
        return replace(
            self, state=TaskState.RESERVED, claimed_by=user.id, claimed_at=at, appointed_by=by
        )

    def offered_to(self, group: str) -> UserTask:
        """Return the task as offered to another group instead of its candidates."""
        candidates = Candidates(frozenset({group}), frozenset(), self.candidates.excluded)
        return replace(self.released(), candidates=candidates)

    def completed(self, user: User, at: datetime) -> UserTask:
        """Return the task as completed by the person who claimed it."""
        self.ensure_held_by(user)
        if not self.is_held_rightly(user):
            raise NotAllowed(user.id, "complete", f"task {self.id}")
        return replace(self, state=TaskState.COMPLETED, ended_by=user.id, ended_at=at)
