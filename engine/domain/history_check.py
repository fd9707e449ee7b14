"""What a check of the history finds: seals, and faults that name case and sequence number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

DIGEST_CHARACTERS = 64


class FaultKind(StrEnum):
    """What somebody did to the history behind the engine's back."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    SEAL_BROKEN = "seal_broken"
    UNPROTECTED = "unprotected"  # a trigger that refuses changes is gone


@dataclass(frozen=True, slots=True)
class Seal:
    """What the history was like at a moment, in one hash that can be kept elsewhere."""

    number: int
    sealed_at: datetime
    sealed_by: str | None
    cases: int  # that went on since the seal before
    digest: bytes
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


@dataclass(frozen=True, slots=True)
class HistoryFault:
    """One place where the history is not what was written."""

    kind: FaultKind
    message: str
    instance_id: int | None = None
    process_key: str | None = None
    case_id: str | None = None
    seq: int | None = None

    def __str__(self) -> str:
        case = f"{self.process_key}/{self.case_id}" if self.case_id else ""
        where = case or (f"case {self.instance_id}" if self.instance_id is not None else "")
        event = f", event {self.seq}" if self.seq is not None else ""
        return f"{where}{event}: {self.message}" if where else self.message


@dataclass(frozen=True, slots=True)
class HistoryCheck:
    """How much was checked, and what was wrong with it."""

    cases: int
    events: int
    seals: int
    faults: tuple[HistoryFault, ...]

    @property
    def is_sound(self) -> bool:
        """Return whether nothing was altered, removed or inserted."""
        return not self.faults
