"""Versions of a process: how each stands, and who changed that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    from datetime import datetime

    from engine.domain.instance import DefinitionState, ProcessDefinition


class DefinitionInUse(EngineError):
    """A version goes only if nothing needs it any more."""

    def __init__(self, name: str, action: str, needed_by: str) -> None:
        super().__init__(f"{name} cannot be {action}: {needed_by}")
        self.name, self.action, self.needed_by = name, action, needed_by


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
