"""Bulk operations: one action on many cases, tasks or incidents, each with its own result."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class BulkKind(StrEnum):
    """What is done to each item."""

    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    MIGRATE = "migrate"
    RETRY = "retry"  # incidents
    REASSIGN = "reassign"  # tasks


class BulkState(StrEnum):
    """How far a bulk operation is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # what was not done by then is skipped


class ItemState(StrEnum):
    """What became of an item."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    SKIPPED = "skipped"  # the operation was stopped before


TARGETS = {BulkKind.RETRY: "incident", BulkKind.REASSIGN: "task"}  # others: cases


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """An order: what to do, to which cases (tasks, incidents), with which arguments, and why.

    Arguments: ``timers`` (resume: keep or shift), ``to_version`` and ``mapping`` (migrate),
    ``to`` (reassign: a person). Without targets, all running cases of the process are meant (of
    one ``version``, if it is given).
    """

    kind: BulkKind
    reason: str
    targets: Sequence[int] | None = None
    process_key: str | None = None
    version: int | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One case, task or incident, and what became of it."""

    target_id: int
    state: ItemState
    result: str | None = None
    position: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """A stored order, and how far it is."""

    id: int
    kind: BulkKind
    arguments: Mapping[str, object]
    reason: str
    state: BulkState
    requested_at: datetime
    requested_by: str
    ended_at: datetime | None
    counts: Mapping[ItemState, int]

    @property
    def total(self) -> int:
        """Return how many items there are."""
        return sum(self.counts.values())
