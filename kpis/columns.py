"""The tables of an event log as plain arrays: what the measures count on.

Text is kept as codes into a tuple of names, so that a measure is a few passes of numpy over
integers. Nothing is checked here; that is the work of ``kpis.checks``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kpis.errors import EventLogInvalid, LogProblem

if TYPE_CHECKING:
    from typing import Self

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.signedinteger[Any]]  # no wider than it must be
BoolArray: TypeAlias = NDArray[np.bool_]


class Outcome(StrEnum):
    """How a case ended, or that it has not."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    OPEN = "open"


OUTCOMES = tuple(outcome.value for outcome in Outcome)
_COMPLETED = OUTCOMES.index(Outcome.COMPLETED)
_ABANDONED = OUTCOMES.index(Outcome.ABANDONED)


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of text as codes into names; code -1 means None."""

    codes: IntArray
    names: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str | None] | NDArray[np.object_]) -> Self:
        """Number the texts in the order of their first appearance."""
        import pandas as pd  # takes a second to load, and a simulated log comes in codes

        codes, names = pd.factorize(np.asarray(texts, dtype=object))
        return cls(codes.astype(np.intp, copy=False), tuple(str(name) for name in names))

    def __len__(self) -> int:
        return len(self.codes)

    def texts(self) -> NDArray[np.object_]:
        """Spell the codes out; -1 becomes None."""
        # the name for code -1 stands last, where a negative index finds it
        texts: NDArray[np.object_] = np.array([*self.names, None], dtype=object)[self.codes]
        return texts

    def translated(self, names: tuple[str, ...]) -> IntArray:
        """Return the codes of the same texts among other names; -1 where there is none."""
        if names == self.names:
            return self.codes
        place = {name: code for code, name in enumerate(names)}
        table = np.array([*(place.get(name, -1) for name in self.names), -1], dtype=np.int32)
        return table[self.codes]


def sums_per(codes: IntArray, values: FloatArray | BoolArray, groups: int) -> FloatArray:
    """Sum values by code, for the codes 0 to groups - 1."""
    # numpy answers in integers when there is nothing to sum
    return np.bincount(codes, weights=values, minlength=groups).astype(np.float64, copy=False)


Column: TypeAlias = "Coded | NDArray[np.generic] | Sequence[object]"
Table: TypeAlias = Mapping[str, Column]


@dataclass(frozen=True, slots=True, eq=False)
class CaseColumns:
    """One row per case; ``ended_s`` is NaN while the case is open."""

    case_ids: tuple[str, ...]
    started_s: FloatArray
    ended_s: FloatArray
    outcome: IntArray  # codes into OUTCOMES
    process: Coded  # None: not known

    def __len__(self) -> int:
        return len(self.case_ids)

    @property
    def is_completed(self) -> BoolArray:
        """Which cases ran to a regular end."""
        is_completed: BoolArray = self.outcome == _COMPLETED
        return is_completed

    @property
    def is_abandoned(self) -> BoolArray:
        """Which cases ended because the customer had waited enough, or found no room."""
        is_abandoned: BoolArray = self.outcome == _ABANDONED
        return is_abandoned


@dataclass(frozen=True, slots=True, eq=False)
class ActivityColumns:
    """One row per activity instance; NaN stands for what has not happened (yet)."""

    case: IntArray  # row of the case
    element: Coded
    visit: IntArray  # how often the case had been at the element before
    role: Coded
    performer: Coded  # None: nobody works, the activity is automatic or a delay
    scheduled_s: FloatArray
    started_s: FloatArray
    completed_s: FloatArray
    cancelled_s: FloatArray
    work_s: FloatArray  # active work, without suspension

    def __len__(self) -> int:
        return len(self.case)

    @property
    def ended_s(self) -> FloatArray:
        """When the activity was completed or cancelled."""
        return np.fmin(self.completed_s, self.cancelled_s)


@dataclass(frozen=True, slots=True, eq=False)
class DelayColumns:
    """One row per wait for an event, such as a timer."""

    case: IntArray
    element: Coded
    scheduled_s: FloatArray
    completed_s: FloatArray


CASE_COLUMNS = ("case_id", "started_s", "ended_s", "outcome")
DELAY_COLUMNS = ("case_id", "element_id", "scheduled_s", "completed_s")
ACTIVITY_COLUMNS = (
    *("case_id", "element_id", "visit", "role", "performer", "scheduled_s"),
    *("started_s", "completed_s", "cancelled_s", "work_s"),
)
OPTIONAL_COLUMNS = frozenset({"role", "performer", "cancelled_s", "work_s", "process"})


def case_columns(table: Table) -> CaseColumns:
    """Turn the columns of the case table into arrays."""
    _ensure_shape("cases", table, (*CASE_COLUMNS, "process"))
    case_id = _coded("cases", table, "case_id")
    if problems := _repeated(case_id):
        raise EventLogInvalid(problems)
    return CaseColumns(
        case_ids=_in_order(case_id),
        started_s=_seconds("cases", table, "started_s"),
        ended_s=_seconds("cases", table, "ended_s"),
        outcome=_coded("cases", table, "outcome").translated(OUTCOMES),
        process=_coded("cases", table, "process") if "process" in table else _nobody(case_id),
    )


def activity_columns(table: Table, case_ids: tuple[str, ...]) -> ActivityColumns:
    """Turn the columns of the activity table into arrays; rows of cases are looked up."""
    _ensure_shape("activities", table, ACTIVITY_COLUMNS)
    nobody = _nobody(table["case_id"])
    started_s = _seconds("activities", table, "started_s")
    completed_s = _seconds("activities", table, "completed_s")
    never = np.full(len(nobody), np.nan)
    cancelled_s = _seconds("activities", table, "cancelled_s") if "cancelled_s" in table else never
    worked_s = np.fmin(completed_s, cancelled_s) - started_s
    return ActivityColumns(
        case=_coded("activities", table, "case_id").translated(case_ids),
        element=_coded("activities", table, "element_id"),
        visit=_whole(table["visit"]),
        role=_coded("activities", table, "role") if "role" in table else nobody,
        performer=_coded("activities", table, "performer") if "performer" in table else nobody,
        scheduled_s=_seconds("activities", table, "scheduled_s"),
        started_s=started_s,
        completed_s=completed_s,
        cancelled_s=cancelled_s,
        work_s=_seconds("activities", table, "work_s") if "work_s" in table else worked_s,
    )


def delay_columns(table: Table, case_ids: tuple[str, ...]) -> DelayColumns:
    """Turn the columns of the delay table into arrays; rows of cases are looked up."""
    _ensure_shape("delays", table, DELAY_COLUMNS)
    return DelayColumns(
        case=_coded("delays", table, "case_id").translated(case_ids),
        element=_coded("delays", table, "element_id"),
        scheduled_s=_seconds("delays", table, "scheduled_s"),
        completed_s=_seconds("delays", table, "completed_s"),
    )


def _nobody(rows: Sized) -> Coded:
    """Return a column in which nothing is known."""
    return Coded(np.full(len(rows), -1, dtype=np.intp), ())


def _ensure_shape(name: str, table: Table, columns: tuple[str, ...]) -> None:
    problems = [
        LogProblem(name, "the column is missing", column)
        for column in columns
        if column not in table and column not in OPTIONAL_COLUMNS
    ]
    problems += [
        LogProblem(name, f"there is no such column; allowed are {', '.join(columns)}", column)
        for column in table
        if column not in columns
    ]
    rows = {column: len(values) for column, values in table.items()}
    if len(set(rows.values())) > 1:
        counts = ", ".join(f"{column} {count}" for column, count in rows.items())
        problems.append(LogProblem(name, f"all columns have the same number of rows, not {counts}"))
    if problems:
        raise EventLogInvalid(problems)


def _coded(name: str, table: Table, column: str) -> Coded:
    values = table[column]
    if not isinstance(values, Coded):
        return Coded.of(np.asarray(values, dtype=object))
    bad = np.flatnonzero((values.codes < -1) | (values.codes >= len(values.names)))
    if bad.size:
        rule = f"a code lies between -1 and {len(values.names) - 1}"
        raise EventLogInvalid([LogProblem(name, rule, column, int(bad[0]))])
    return values


def _seconds(name: str, table: Table, column: str) -> FloatArray:
    try:
        return np.asarray(table[column], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EventLogInvalid([LogProblem(name, f"times are numbers: {error}", column)]) from error


def _whole(column: Column) -> IntArray:
    values = np.asarray(column)
    return values if values.dtype.kind == "i" else values.astype(np.intp)


def _in_order(column: Coded) -> tuple[str, ...]:
    """Return the names by row; a log that numbers its rows shares its names."""
    if np.array_equal(column.codes, np.arange(len(column.names))):
        return column.names
    return tuple(column.names[code] for code in column.codes)


def _repeated(case_id: Coded) -> list[LogProblem]:
    counts = np.bincount(case_id.codes[case_id.codes >= 0], minlength=len(case_id.names))
    doubled = [case_id.names[code] for code in np.flatnonzero(counts > 1)]
    problems = [
        LogProblem("cases", "a case has one row", "case_id", case_id=name) for name in doubled
    ]
    nameless = np.flatnonzero(case_id.codes < 0)
    problems += [LogProblem("cases", "a case has a name", "case_id", int(row)) for row in nameless]
    return problems
