"""EventLog: the checked record of what happened, live or simulated, that every KPI is read from.

Three tables (cases, activity instances, delays) with times in float seconds after ``epoch``.
A log is checked when it is made and never changes. How history events become rows lives in
``kpis.history_reader``, the file format in ``kpis.log_file``. pandas, which takes a second to
load, is imported by those who ask for a frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kpis import checks, history_reader, log_file
from kpis.columns import (
    DELAY_COLUMNS,
    OUTCOMES,
    ActivityColumns,
    CaseColumns,
    DelayColumns,
    activity_columns,
    case_columns,
    delay_columns,
)
from kpis.errors import EventLogInvalid, LogProblem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from engine.domain.history import HistoryEvent
    from kpis.columns import BoolArray, Coded, IntArray, Table

Period = tuple[float, float]


@dataclass(frozen=True, eq=False)
class EventLog:
    """Cases, their activity instances and delays, seen through an observation window.

    ``window`` (seconds after ``epoch``) is where rates, work in progress, utilisation and
    queues are measured. ``counted`` is the period a case must end in to count in figures per
    case, so that warm-up or other months stay out; drained cases end after the window and
    count. ``process`` tells of which process cases count and are in progress, where the log
    holds others as well; what people do for these is in the log, they are busy with it.
    ``corrections`` tells how many events were moved forward because the clock of a machine ran
    backwards within a case.
    """

    epoch: datetime
    window: Period
    counted: Period
    case_columns: CaseColumns
    activity_columns: ActivityColumns
    delay_columns: DelayColumns
    until_s: float  # work in hand is known up to here: the end of the first window
    corrections: int = 0
    process: str | None = None  # None: cases of every process

    @classmethod
    def from_columns(  # noqa: PLR0913 -- three tables and their frame of time
        cls,
        *,
        epoch: datetime,
        window: Period,
        cases: Table,
        activities: Table,
        delays: Table | None = None,
        counted: Period | None = None,
        corrections: int = 0,
        process: str | None = None,
    ) -> EventLog:
        """Check columns of equal length and make a log of them; the fast way in.

        Text columns are sequences of str or None, or ``Coded`` (integer codes into names),
        which spares the look-up. The columns are those of the frames ``cases``, ``activities``
        and ``delays``; ``role``, ``performer``, ``cancelled_s`` (default NaN) and ``work_s``
        (default: the time from start to end) may be left out. By default a case counts when
        it ends after the start of the window.

        Raises:
            EventLogInvalid: names table, row, case and column of each broken rule.
        """
        counted = (window[0], np.inf) if counted is None else counted
        _ensure_frame(epoch, window, counted)
        case_table = case_columns(cases)
        activity_table = activity_columns(activities, case_table.case_ids)
        empty: Table = {column: [] for column in DELAY_COLUMNS}
        delay_table = delay_columns(empty if delays is None else delays, case_table.case_ids)
        if broken := checks.problems(case_table, activity_table, delay_table):
            raise EventLogInvalid(broken)
        return cls(
            epoch=epoch.astimezone(UTC),
            window=(float(window[0]), float(window[1])),
            counted=(float(counted[0]), float(counted[1])),
            case_columns=case_table,
            activity_columns=activity_table,
            delay_columns=delay_table,
            until_s=float(window[1]),
            corrections=corrections,
            process=process,
        )

    @classmethod
    def from_events(
        cls,
        events: Iterable[HistoryEvent],
        *,
        window: tuple[datetime, datetime] | None = None,
        epoch: datetime | None = None,
        process: str | None = None,
    ) -> EventLog:
        """Read the history of whole cases, in any order of cases and events.

        The window defaults to the time from the first to the last event; a given window also
        decides which cases count: those that end inside it. ``epoch`` defaults to the start of
        the window. ``process`` names whose cases count (default: all).

        Raises:
            EventLogInvalid: names case, sequence number and rule.
        """
        read = history_reader.read(events, window=window, epoch=epoch)
        return cls.from_columns(
            epoch=read.epoch,
            window=read.window,
            counted=read.window if window is not None else None,
            cases=read.cases,
            activities=read.activities,
            delays=read.delays,
            corrections=read.corrections,
            process=process,
        )

    @classmethod
    def read_csv(cls, path: Path) -> EventLog:
        """Read a log that ``to_csv`` wrote; problems name the line of the file."""
        read = log_file.read(path)
        try:
            return cls.from_columns(
                epoch=read.epoch,
                window=read.window,
                counted=read.counted,
                cases=read.cases,
                activities=read.activities,
                delays=read.delays,
            )
        except EventLogInvalid as error:
            raise EventLogInvalid([read.located(problem) for problem in error.problems]) from error

    def to_csv(self, path: Path) -> None:
        """Write the log as one CSV file; the columns are described in ``kpis.log_file``."""
        log_file.write(
            path,
            frames={"case": self.cases, "activity": self.activities, "delay": self.delays},
            epoch=self.epoch,
            window=self.window,
            counted=self.counted,
        )

    @cached_property
    def cases(self) -> pd.DataFrame:
        """The cases as a frame: case_id, started_s, ended_s (NaN: open), outcome."""
        import pandas as pd

        table = self.case_columns
        return pd.DataFrame(
            {
                "case_id": pd.Series(table.case_ids, dtype="str"),
                "started_s": table.started_s,
                "ended_s": table.ended_s,
                "outcome": pd.Series(np.array(OUTCOMES)[table.outcome], dtype="str"),
            }
        )

    @cached_property
    def activities(self) -> pd.DataFrame:
        """The activity instances as a frame, one row each; NaN or None: not (yet) known."""
        import pandas as pd

        table = self.activity_columns
        return pd.DataFrame(
            {
                "case_id": self.cases["case_id"].take(table.case).reset_index(drop=True),
                "element_id": _text(table.element),
                "visit": table.visit.astype(np.intp, copy=False),
                "role": _text(table.role),
                "performer": _text(table.performer),
                "scheduled_s": table.scheduled_s,
                "started_s": table.started_s,
                "completed_s": table.completed_s,
                "cancelled_s": table.cancelled_s,
                "work_s": table.work_s,
            }
        )

    @cached_property
    def delays(self) -> pd.DataFrame:
        """The waits for events as a frame: case_id, element_id, scheduled_s, completed_s."""
        import pandas as pd

        table = self.delay_columns
        return pd.DataFrame(
            {
                "case_id": self.cases["case_id"].take(table.case).reset_index(drop=True),
                "element_id": _text(table.element),
                "scheduled_s": table.scheduled_s,
                "completed_s": table.completed_s,
            }
        )

    @cached_property
    def has_ended(self) -> BoolArray:
        """Tell which cases ended in the counted period, completed or not."""
        cases, (start_s, end_s) = self.case_columns, self.counted
        return self.is_own & (cases.ended_s >= start_s) & (cases.ended_s <= end_s)

    @cached_property
    def is_own(self) -> BoolArray:
        """Tell which cases are of the process that is measured."""
        column = self.case_columns.process
        if self.process is None:
            return np.ones(len(column), dtype=np.bool_)
        own = np.array([*(name == self.process for name in column.names), False])
        return np.asarray(own[column.codes])

    @cached_property
    def ended_cases(self) -> IntArray:
        """The rows of the cases that ended in the counted period, completed or not."""
        return np.flatnonzero(self.has_ended)

    @cached_property
    def is_counted(self) -> BoolArray:
        """Tell which cases count in figures per case: completed in the counted period."""
        return self.has_ended & self.case_columns.is_completed

    @cached_property
    def counted_cases(self) -> IntArray:
        """The rows of the cases that count."""
        return np.flatnonzero(self.is_counted)

    @property
    def window_s(self) -> float:
        """The length of the observation window."""
        return self.window[1] - self.window[0]

    def at(self, time_s: float) -> datetime:
        """Return the moment that lies so many seconds after the epoch."""
        return self.epoch + timedelta(seconds=time_s)

    def seconds(self, at: datetime) -> float:
        """Return the seconds from the epoch to a moment."""
        return (at - self.epoch) / timedelta(seconds=1)

    def within(self, start_s: float, end_s: float) -> EventLog:
        """Return the same rows seen through another window; cases count that end in it."""
        period = (float(start_s), float(end_s))
        _ensure_frame(self.epoch, period, period)
        return replace(self, window=period, counted=period)


def _text(column: Coded) -> pd.Series[str]:
    import pandas as pd

    return pd.Series(column.texts(), dtype="str")


def _ensure_frame(epoch: datetime, window: Period, counted: Period) -> None:
    problems = []
    if epoch.tzinfo is None:
        problems.append(LogProblem("log", "the epoch is an aware datetime", "epoch"))
    if not (np.isfinite(window).all() and window[0] <= window[1]):
        rule = f"the window is finite and ends after its start, not {window}"
        problems.append(LogProblem("log", rule, "window"))
    if not counted[0] <= counted[1]:
        rule = f"the counted period ends after its start, not {counted}"
        problems.append(LogProblem("log", rule, "counted"))
    if problems:
        raise EventLogInvalid(problems)
