"""WorkLog: who worked on what and when, as columns; what calibration and validation read.

Unlike ``EventLog`` it comes from anywhere: activities have names or ids of elements, a time may
be unknown (NaN), nothing is promised but a case, an activity and an end for each row. Times are
seconds after 1970 (UTC); rows are ordered by case, then by start.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from kpis.columns import BoolArray, Coded, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpis.event_log import EventLog


@dataclass(frozen=True, eq=False)
class WorkLog:
    """One row per activity that was done."""

    case_ids: tuple[str, ...]
    case: IntArray
    activity: Coded
    resource: Coded
    role: Coded
    enabled_s: FloatArray  # NaN: not told
    started_s: FloatArray  # NaN: not told
    ended_s: FloatArray
    attributes: dict[str, tuple[str | None, ...]] = field(default_factory=dict)  # per case
    is_damaged: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))  # per case
    arrived_s: FloatArray | None = None  # per case, where it is told
    delays: tuple[tuple[str, float], ...] = ()  # element and length of waits for events
    has_ids: bool = False  # activities are ids of elements
    zone: str = "UTC"

    def __len__(self) -> int:
        return len(self.case)

    @property
    def begun_s(self) -> FloatArray:
        """When work began, or was wanted, or, where neither is told, when it was done."""
        begun = np.where(np.isnan(self.started_s), self.ended_s, self.started_s)
        return np.asarray(begun)

    @property
    def case_start_s(self) -> FloatArray:
        """When each case arrived: what is told, else its first row."""
        if self.arrived_s is not None:
            return self.arrived_s
        return _least(self.case, np.fmin(self.enabled_s, self.begun_s), len(self.case_ids))

    @property
    def case_end_s(self) -> FloatArray:
        """When the last row of each case ended."""
        return -_least(self.case, -self.ended_s, len(self.case_ids))

    def only(self, cases: BoolArray) -> WorkLog:
        """Return the log of some of its cases."""
        kept = cases[self.case]
        number = np.cumsum(cases) - 1
        return replace(
            self,
            case_ids=tuple(np.array(self.case_ids, dtype=object)[cases]),
            case=number[self.case[kept]].astype(np.intp),
            activity=_taken(self.activity, kept),
            resource=_taken(self.resource, kept),
            role=_taken(self.role, kept),
            enabled_s=self.enabled_s[kept],
            started_s=self.started_s[kept],
            ended_s=self.ended_s[kept],
            attributes={
                name: tuple(np.array(values, dtype=object)[cases])
                for name, values in self.attributes.items()
            },
            is_damaged=self.is_damaged[cases],
            arrived_s=None if self.arrived_s is None else self.arrived_s[cases],
        )

    def split(self, share: float) -> tuple[WorkLog, WorkLog]:
        """Return the cases that arrived first, and the rest."""
        order = np.argsort(self.case_start_s, kind="stable")
        is_first = np.zeros(len(self.case_ids), dtype=np.bool_)
        is_first[order[: round(share * len(order))]] = True
        return self.only(is_first), self.only(~is_first)


def from_event_log(log: EventLog) -> WorkLog:
    """Return the completed activities of our own log, under the ids of their elements."""
    rows = log.activity_columns
    kept = ~np.isnan(rows.completed_s)
    epoch_s = log.epoch.timestamp()
    delays = log.delay_columns
    waited_s = delays.completed_s - delays.scheduled_s
    names = delays.element.texts()
    return ordered(
        WorkLog(
            case_ids=tuple(log.case_columns.case_ids),
            case=rows.case[kept],
            activity=_taken(rows.element, kept),
            resource=_taken(rows.performer, kept),
            role=_taken(rows.role, kept),
            enabled_s=rows.scheduled_s[kept] + epoch_s,
            started_s=rows.started_s[kept] + epoch_s,
            ended_s=rows.completed_s[kept] + epoch_s,
            is_damaged=np.zeros(len(log.case_columns), dtype=np.bool_),
            arrived_s=log.case_columns.started_s + epoch_s,
            delays=tuple(
                (str(name), float(wait))
                for name, wait in zip(names, waited_s, strict=True)
                if not np.isnan(wait)
            ),
            has_ids=True,
        )
    )


def ordered(log: WorkLog) -> WorkLog:
    """Return the rows by case, start and end."""
    order = np.lexsort((log.ended_s, log.begun_s, log.case))
    return replace(
        log,
        case=log.case[order],
        activity=_taken(log.activity, order),
        resource=_taken(log.resource, order),
        role=_taken(log.role, order),
        enabled_s=log.enabled_s[order],
        started_s=log.started_s[order],
        ended_s=log.ended_s[order],
    )


def coded(texts: Sequence[str]) -> Coded:
    """Return a column of texts as codes; an empty text is None."""
    number: dict[str, int] = {}
    codes = [number.setdefault(text, len(number)) if text else -1 for text in texts]
    return Coded(np.array(codes, dtype=np.intp), tuple(number))


def _taken(column: Coded, rows: BoolArray | IntArray) -> Coded:
    return Coded(column.codes[rows], column.names)


def _least(groups: IntArray, values: FloatArray, count: int) -> FloatArray:
    least = np.full(count, np.inf)
    np.fmin.at(least, groups, values)
    return least
