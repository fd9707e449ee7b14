"""Versions of a process: how each stands, and who changed that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from engine.domain.instance import DefinitionState, ProcessDefinition


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a process, and the cases that run or ran on it."""

    definition: ProcessDefinition
    running: int
    ended: int
    rules: tuple[int, ...] = ()  # numbers of the routing rules that send cases to it

    @property
    def name(self) -> str:
        """Return how people call it."""
        return f"{self.definition.key} version {self.definition.version}"


@dataclass(frozen=True, slots=True)
class VersionChange:
    """Who changed the state of a version, when and why."""

    version: int
    state: DefinitionState
    changed_at: datetime
    changed_by: str | None
    reason: str
