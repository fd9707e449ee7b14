"""The error tree of measurement.

KpiError
└── EventLogInvalid         rows of an event log contradict each other; carries the problems
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import PortableError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class LogProblem:
    """One broken rule: where it is and what the rule asks for.

    ``row`` counts from 0 in the table; in a file it is the line, counted from 1.
    """

    table: str
    rule: str
    column: str | None = None
    row: int | None = None
    case_id: str | None = None

    def __str__(self) -> str:
        parts = [self.table]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.case_id is not None:
            parts.append(f"case {self.case_id!r}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return f"{', '.join(parts)}: {self.rule}"


class KpiError(PortableError):
    """A measurement cannot be made from what was given."""


class EventLogInvalid(KpiError):
    """An event log is accepted as a whole or not at all."""

    def __init__(self, problems: Sequence[LogProblem]) -> None:
        lines = [str(problem) for problem in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append(f"… and {len(problems) - _SHOWN:,} more")
        super().__init__("\n".join(lines))
        self.problems = tuple(problems)
