"""Cases that are under way when a run begins, as they are told to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A token of a case: at which element, since when, and how far it is there."""

    element_id: str
    since: datetime  # when it came there
    begun_at: datetime | None = None  # somebody works on it since then
    due_at: datetime | None = None  # a timer: when it goes on

    @property
    def is_begun(self) -> bool:
        """Whether it holds a unit, or time passes for it already."""
        return self.begun_at is not None or self.due_at is not None


@dataclass(frozen=True)
class OpenCase:
    """A case that is under way; ``values`` are those its attributes have."""

    case_id: str
    started_at: datetime
    places: tuple[Place, ...]
    values: Mapping[str, object] = field(default_factory=dict)
