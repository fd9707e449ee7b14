"""The escalation ladder: what happens when a task is not done in time, as data.

A ladder has steps, each at a distance from the moment the task is due: before it (a warning),
at it, or after it. Steps are taken one after another, each once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

MOST_STEPS = 20


class InvalidLadder(ValueError):
    """The steps of a ladder can be taken."""


class EscalationAction(StrEnum):
    """What a step does."""

    WARN = "warn"  # tell who can do the task that time is running out
    REMIND = "remind"  # tell them that it is late
    REASSIGN = "reassign"  # offer it to another group
    ESCALATE = "escalate"  # tell another group, and raise the priority


NEEDS_GROUP = frozenset({EscalationAction.REASSIGN, EscalationAction.ESCALATE})


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """One step: when, counted from the due moment (negative: before it), and what is done."""

    after: timedelta
    action: EscalationAction
    group: str | None = None  # who gets the task, or is told


@dataclass(frozen=True, slots=True)
class EscalationLadder:
    """The steps for one task of a process, or for all of its tasks that have none of their own."""

    process_key: str
    element_id: str | None  # None: every task of the process
    steps: tuple[EscalationStep, ...]

    def __post_init__(self) -> None:
        if len(self.steps) > MOST_STEPS:
            raise InvalidLadder(f"a ladder has at most {MOST_STEPS} steps")
        if [step.after for step in self.steps] != sorted(step.after for step in self.steps):
            raise InvalidLadder("the steps of a ladder stand in the order of time")
        for number, step in enumerate(self.steps, 1):
            if (step.group is None) is (step.action in NEEDS_GROUP):
                needs = "names a group" if step.group is None else "names no group"
                raise InvalidLadder(f"step {number}: {step.action} {needs}")

    def moment(self, number: int, due_at: datetime | None) -> datetime | None:
        """Return when step ``number`` (from 0) is to be taken; None: there is none."""
        if due_at is None or number >= len(self.steps):
            return None
        return due_at + self.steps[number].after
