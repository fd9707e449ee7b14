"""Delta: what one command changed in a case, as values; everything in the order it happened.

Tokens are named by texts that are unique in the instance and stay the same while a token waits.
What a step opens waits for somebody outside: a person, a moment, a worker, a message, another
case. What it closes was answered, or withdrawn by an interruption.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.history import EventType
    from engine.domain.process_graph import CalledProcess


@dataclass(frozen=True, slots=True)
class OpenedTask:
    """A user or manual task that now waits for a person; ``values`` are those it sees."""

    token: str
    element_id: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenedTimer:
    """A timer event that now waits for a moment."""

    token: str
    element_id: str
    due_at: datetime


class JobKind(StrEnum):
    """What a worker does for a token."""

    SERVICE = "service"  # call a connector
    SCRIPT = "script"  # run a script in its child process
    CONTINUE = "continue"  # go on where the step budget of a command ended


@dataclass(frozen=True, slots=True)
class OpenedJob:
    """Work that a worker does for a token; ``inputs`` are the values it needs."""

    token: str
    element_id: str
    kind: JobKind
    inputs: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenedSubscription:
    """A token that now waits for a message or signal of this name (and key, for messages)."""

    token: str
    element_id: str
    kind: EventKind  # MESSAGE or SIGNAL
    name: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class OpenedCall:
    """A call activity that now waits for a case of another process, still to be started."""

    token: str
    element_id: str
    called: CalledProcess
    business_key: str | None
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message or signal that left the case."""

    token: str
    element_id: str
    kind: EventKind  # MESSAGE or SIGNAL
    name: str
    key: str | None
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Uncaught:
    """An error or escalation that nothing in the case caught.

    An escalation changes nothing. An error has ended the case; if another case called it,
    the call activity there throws it again.
    """

    element_id: str
    kind: EventKind  # ERROR or ESCALATION
    code: str | None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened to one visit of an activity or event: scheduled, completed or cancelled."""

    type: EventType
    element_id: str
    token: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delta:
    """What a command changed."""

    state: bytes
    is_completed: bool
    values: Mapping[str, object]  # the data of the case, branches merged
    opened_tasks: tuple[OpenedTask, ...] = ()
    closed_tasks: tuple[str, ...] = ()  # tokens of open tasks that an interruption withdrew
    opened_timers: tuple[OpenedTimer, ...] = ()
    closed_timers: tuple[str, ...] = ()  # tokens of timers that fired or were withdrawn
    opened_jobs: tuple[OpenedJob, ...] = ()
    closed_jobs: tuple[str, ...] = ()
    opened_subscriptions: tuple[OpenedSubscription, ...] = ()
    closed_subscriptions: tuple[str, ...] = ()
    opened_calls: tuple[OpenedCall, ...] = ()
    closed_calls: tuple[str, ...] = ()  # tokens whose called case is to be cancelled, if it runs
    thrown: tuple[Thrown, ...] = ()
    uncaught: tuple[Uncaught, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def error(self) -> Uncaught | None:
        """Return the error that ended the case."""
        return next((one for one in self.uncaught if one.kind is EventKind.ERROR), None)
