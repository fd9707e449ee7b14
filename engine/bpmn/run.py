"""One step of a process instance: state and a command in, Delta out.

Nothing here knows the database, people or the wall clock: the caller hands in the moment and
stores what comes back. States are bytes of ``engine.bpmn.codec``. Values are JSON values:
text, numbers, booleans, null, lists and objects; a date is handed in as ISO 8601 text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.history import EventType


@dataclass(frozen=True, slots=True)
class OpenedTask:
    """A user or manual task that now waits for a person."""

    token: str
    element_id: str


@dataclass(frozen=True, slots=True)
class OpenedTimer:
    """A timer event that now waits for a moment."""

    token: str
    element_id: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened to one visit of an activity or event: scheduled, completed or cancelled."""

    type: EventType
    element_id: str
    token: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delta:
    """What a command changed; everything in the order in which it happened."""

    state: bytes
    is_completed: bool
    values: Mapping[str, object]  # the data of the case, branches merged
    opened_tasks: tuple[OpenedTask, ...] = ()
    closed_tasks: tuple[str, ...] = ()  # tokens of open tasks that an interruption withdrew
    opened_timers: tuple[OpenedTimer, ...] = ()
    closed_timers: tuple[str, ...] = ()  # tokens of timers that fired or were withdrawn
    facts: tuple[Fact, ...] = ()
