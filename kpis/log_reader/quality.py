"""Quality: what was read of a log, what was put aside and why, what else was noticed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 5


class Fault(StrEnum):
    """Why a row was put aside; a row has one fault, the first that applies."""

    NO_CASE = "has no case id"
    NO_ACTIVITY = "has no activity"
    UNREADABLE = "has a time nobody can read"
    NO_TIME = "has no time at all"
    END_BEFORE_START = "ends before it starts"
    FUTURE = "lies in the future"
    TOO_OLD = "lies before 1980"
    DUPLICATE = "repeats another row"
    NO_SUCH_HOUR = "lies in the hour that the clocks skip"
    UNENDED = "begins what never ends"


@dataclass(slots=True)
class Quality:
    """The account of a reading: ``rows_read = rows_used + rows_aside + rows_other``."""

    source: str
    rows_read: int = 0
    rows_used: int = 0
    rows_other: int = 0  # belong to other rows (start and end of one activity), or to no activity
    aside: dict[Fault, list[int]] = field(default_factory=dict)  # lines
    cases: int = 0
    cases_touched: int = 0  # have rows that were put aside
    activities: int = 0
    resources: int = 0
    first: str = ""
    last: str = ""
    zone: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def rows_aside(self) -> int:
        """How many rows were put aside."""
        return sum(len(lines) for lines in self.aside.values())

    @property
    def adds_up(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.rows_read == self.rows_used + self.rows_aside + self.rows_other

    def put_aside(self, fault: Fault, line: int) -> None:
        """Count a row that is not used."""
        self.aside.setdefault(fault, []).append(line)

    def document(self) -> dict[str, Any]:
        """Return the account as plain values."""
        return {
            "source": self.source,
            "rows": {
                "read": self.rows_read,
                "used": self.rows_used,
                "aside": self.rows_aside,
                "other": self.rows_other,
            },
            "aside": [
                {"fault": str(fault), "rows": len(lines), "lines": lines[:_SHOWN]}
                for fault, lines in self.aside.items()
            ],
            "cases": self.cases,
            "cases_touched": self.cases_touched,
            "activities": self.activities,
            "resources": self.resources,
            "period": {"first": self.first, "last": self.last},
            "timezone": self.zone,
            "remarks": list(self.remarks),
        }

    def sentences(self) -> Sequence[str]:
        """Tell the account in words."""
        told = [
            (
                f"{self.rows_read:,} rows were read from {self.source}: {self.rows_used:,} are "
                f"used, {self.rows_aside:,} put aside, {self.rows_other:,} belong to other rows."
            ),
            (
                f"They tell of {self.cases:,} cases, {self.activities:,} activities and "
                f"{self.resources:,} resources, from {self.first} to {self.last} ({self.zone})."
            ),
        ]
        for fault, lines in self.aside.items():
            shown = ", ".join(f"{line:,}" for line in lines[:_SHOWN])
            more = ", …" if len(lines) > _SHOWN else ""
            told.append(f"{len(lines):,} put aside: the row {fault} (line {shown}{more}).")
        if self.cases_touched:
            told.append(f"{self.cases_touched:,} cases lost rows; their ways are not counted.")
        return [*told, *(f"Note: {remark}." for remark in self.remarks)]
