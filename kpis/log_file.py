"""The event log as one CSV file that people and other tools can read.

One row per record, told apart by the column ``record``. Times are ISO 8601 in UTC to the
microsecond, empty where nothing has happened (yet); text is UTF-8, and begins with an
apostrophe where a spreadsheet would take it for a formula.

========== =======================================================================
record     what the row is: log, window, counted, case, activity or delay
case_id    the case
element_id id of the BPMN element
visit      earlier visits of the case to the element; log: how many rows follow
role       lane or resource pool
performer  person or unit; empty: nobody works, it is automatic or a delay
scheduled  activity, delay: the token arrived; log: the epoch
started    case, activity; window, counted: from (empty: unbounded)
completed  case, activity, delay; window, counted: to (empty: unbounded)
cancelled  activity that was withdrawn
work_s     seconds of active work, without suspension
outcome    of the case: completed, cancelled, abandoned, open
========== =======================================================================
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kpis.errors import EventLogInvalid, LogProblem
from kpis.export.cells import plain_cell, safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pandas as pd

Period = tuple[float, float]
Row = dict[str, str]

_LONGEST_COUNT = 15  # digits: more do not fit a column of whole numbers
COLUMNS = (
    *("record", "case_id", "element_id", "visit", "role", "performer", "scheduled", "started"),
    *("completed", "cancelled", "work_s", "outcome"),
)
_TABLES = {"case": "cases", "activity": "activities", "delay": "delays"}
_FRAMES = ("log", "window", "counted")
# column of the log → column of the file
_TEXTS = {"case_id": "case_id", "element_id": "element_id", "role": "role"} | {
    "performer": "performer",
    "outcome": "outcome",
}
_TIMES = {"scheduled_s": "scheduled", "started_s": "started", "completed_s": "completed"} | {
    "cancelled_s": "cancelled",
    "ended_s": "completed",
}
_COLUMNS_OF = {
    "case": ("case_id", "started_s", "ended_s", "outcome"),
    "activity": (
        *("case_id", "element_id", "visit", "role", "performer", "scheduled_s", "started_s"),
        *("completed_s", "cancelled_s", "work_s"),
    ),
    "delay": ("case_id", "element_id", "scheduled_s", "completed_s"),
}


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds: columns by table, and the line each row came from."""

    epoch: datetime
    window: Period
    counted: Period
    cases: dict[str, list[object]]
    activities: dict[str, list[object]]
    delays: dict[str, list[object]]
    lines: Mapping[str, list[int]]

    def located(self, problem: LogProblem) -> LogProblem:
        """Return the problem with the line of the file in place of the row of the table."""
        lines = self.lines.get(problem.table)
        if lines is None or problem.row is None:
            return problem
        return replace(problem, row=lines[problem.row])


def write(
    path: Path,
    *,
    frames: Mapping[str, pd.DataFrame],
    epoch: datetime,
    window: Period,
    counted: Period,
) -> None:
    """Write the frames of a log, keyed case, activity and delay."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        follow = 2 + sum(len(frame) for frame in frames.values())
        writer.writerow({"record": "log", "visit": follow, "scheduled": epoch.isoformat()})
        for record, (start_s, end_s) in (("window", window), ("counted", counted)):
            bounds = {"started": _time(start_s, epoch), "completed": _time(end_s, epoch)}
            writer.writerow({"record": record, **bounds})
        for record, frame in frames.items():
            texts = {
                column: [_text(name, value, epoch) for value in frame[name].tolist()]
                for name, column in _file_columns(record).items()
            }
            for row in zip(*texts.values(), strict=True):
                writer.writerow({"record": record, **dict(zip(texts, row, strict=True))})


def read(path: Path) -> ReadFile:
    """Read a file as a whole, or say by line and column what is wrong with it."""
    rows = list(_rows(path))
    epoch = _epoch(rows)
    columns: dict[str, dict[str, list[object]]] = {
        record: {name: [] for name in names} for record, names in _COLUMNS_OF.items()
    }
    lines: dict[str, list[int]] = {table: [] for table in _TABLES.values()}
    periods: dict[str, Period] = {}
    problems: list[LogProblem] = []
    for line, row in rows:
        try:
            if row["record"] in _TABLES:
                for name, column in _file_columns(row["record"]).items():
                    columns[row["record"]][name].append(_value(name, column, row, epoch))
                lines[_TABLES[row["record"]]].append(line)
            elif row["record"] in {"window", "counted"}:
                periods[row["record"]] = _period(row, epoch)
        except _BadValue as error:
            problems.append(LogProblem(path.name, error.rule, error.column, line, row["case_id"]))
    problems += [
        LogProblem(path.name, f"the file has a row {record!r}", "record")
        for record in ("window", "counted")
        if record not in periods and not problems
    ]
    if problems:
        raise EventLogInvalid(problems)
    return ReadFile(
        epoch=epoch,
        window=periods["window"],
        counted=periods["counted"],
        cases=columns["case"],
        activities=columns["activity"],
        delays=columns["delay"],
        lines=lines,
    )


class _BadValue(Exception):
    """A field of the file cannot be understood."""

    def __init__(self, column: str, rule: str) -> None:
        super().__init__(rule)
        self.column, self.rule = column, rule


def _file_columns(record: str) -> dict[str, str]:
    renamed = _TEXTS | _TIMES
    return {name: renamed.get(name, name) for name in _COLUMNS_OF[record]}


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield line number and row; refuse what is not such a file."""
    line = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                rule = f"the first line is {','.join(COLUMNS)}"
                raise EventLogInvalid([LogProblem(path.name, rule, row=1)])
            for row in reader:
                line = reader.line_num
                if None in row or None in row.values():
                    rule = f"a line has {len(COLUMNS)} fields"
                    raise EventLogInvalid([LogProblem(path.name, rule, row=line)])
                if row["record"] not in _TABLES and row["record"] not in _FRAMES:
                    rule = f"a record is one of {', '.join([*_FRAMES, *_TABLES])}"
                    raise EventLogInvalid([LogProblem(path.name, rule, "record", line)])
                yield line, row
    except (csv.Error, UnicodeDecodeError) as error:
        rule = f"the file is UTF-8 text in CSV form: {error}"
        raise EventLogInvalid([LogProblem(path.name, rule, row=line + 1)]) from error


def _epoch(rows: list[tuple[int, Row]]) -> datetime:
    if not rows or rows[0][1]["record"] != "log":
        raise EventLogInvalid([LogProblem("file", "the first record is 'log'", "record", 2)])
    line, row = rows[0]
    if row["visit"] != str(len(rows) - 1):
        rule = f"{row['visit']} rows follow, but {len(rows) - 1} were found: the file is cut off"
        raise EventLogInvalid([LogProblem("file", rule, "visit", line)])
    try:
        return _moment("scheduled", row["scheduled"])
    except _BadValue as error:
        raise EventLogInvalid([LogProblem("file", error.rule, error.column, line)]) from error


def _period(row: Row, epoch: datetime) -> Period:
    start_s, end_s = (_seconds(column, row[column], epoch) for column in ("started", "completed"))
    return (
        -math.inf if math.isnan(start_s) else start_s,
        math.inf if math.isnan(end_s) else end_s,
    )


def _value(name: str, column: str, row: Row, epoch: datetime) -> object:
    text = row[column]
    if name in _TIMES:
        return _seconds(column, text, epoch)
    if name in _TEXTS:
        return plain_cell(text) or None
    if name == "visit" and len(text) > _LONGEST_COUNT:
        raise _BadValue(column, f"{text[:_LONGEST_COUNT]}… is not a number of visits")
    try:
        return int(text) if name == "visit" else float(text or "nan")
    except ValueError:
        raise _BadValue(column, f"{text!r} is not a number") from None


def _seconds(column: str, text: str, epoch: datetime) -> float:
    return (_moment(column, text) - epoch) / timedelta(seconds=1) if text else math.nan


def _moment(column: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        rule = f"{text!r} is not a time with zone such as 2026-03-02T08:00:00+00:00"
        raise _BadValue(column, rule)
    return at


def _text(name: str, value: str | float | None, epoch: datetime) -> str:
    if name in _TIMES:
        return _time(float(str(value)), epoch)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return safe_cell(str(value)) if name in _TEXTS else str(value)


def _time(time_s: float, epoch: datetime) -> str:
    return (epoch + timedelta(seconds=time_s)).isoformat() if math.isfinite(time_s) else ""
