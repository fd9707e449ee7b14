"""Jobs: work that is due by itself at a moment, done by one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from engine.domain.instance import DefinitionId, InstanceId, Timer, TimerId

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

JobId = NewType("JobId", int)


class Work(StrEnum):
    """What a job does."""

    TIMER = "timer"  # a timer event fires
    CONTINUE = "continue"  # a case goes on where the step budget of a command ended
    SERVICE = "service"  # a connector is called
    SCRIPT = "script"  # a script runs in its child process
    CALL = "call"  # a called case is started
    RETURN = "return"  # a called case hands over to its caller
    DELIVER = "deliver"  # a message or signal reaches a token
    SIGNAL = "signal"  # a signal is handed to those that wait for it, a chunk at a time
    START = "start"  # a case starts at a moment


class Queue(StrEnum):
    """Which workers do a job: a slow service must not hold up timers."""

    INSIDE = "inside"  # needs nothing but the database
    OUTSIDE = "outside"  # calls a service or runs a script


OUTSIDE = frozenset({Work.SERVICE, Work.SCRIPT})


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: whose it is, when it was planned, how often it was tried."""

    id: JobId
    work: Work
    token: str
    element_id: str
    due_at: datetime
    instance_id: InstanceId | None = None  # of the case it belongs to, if there is one
    definition_id: DefinitionId | None = None  # of the process it starts
    attempts: int = 0
    next_try_at: datetime | None = None  # none: it waits for somebody to resolve its incident
    lease_owner: str | None = None
    last_error: str | None = None
    payload: Mapping[str, object] = field(default_factory=dict)

    @property
    def queue(self) -> Queue:
        """Return which workers do it."""
        return Queue.OUTSIDE if self.work in OUTSIDE else Queue.INSIDE

    def as_timer(self) -> Timer:
        """Return the job as the timer it is."""
        assert self.instance_id is not None
        number, case = TimerId(self.id), self.instance_id
        return Timer(number, case, self.token, self.element_id, self.due_at)
