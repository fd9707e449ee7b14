"""A file → WorkLog and Quality: our own logs, CSV of any tool, XES; packed with gzip or not."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from kpis import log_file
from kpis.event_log import EventLog
from kpis.log_reader import csv_rows, xes_rows
from kpis.log_reader.pairing import NAN, Event, Instance, event_waits, paired
from kpis.log_reader.plausible import oddities
from kpis.log_reader.quality import Fault, Quality
from kpis.log_reader.source import first_text, refused
from kpis.log_reader.times import UNREADABLE, Moment, TimeReader, end_s, offsets
from kpis.log_reader.work_log import WorkLog, coded, from_event_log, ordered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kpis.columns import FloatArray
    from kpis.log_reader.csv_rows import Rows

_OLDEST_S = datetime(1980, 1, 1, tzinfo=UTC).timestamp()
_DAY_S = 86_400.0
_TIMES = ("enabled", "start", "end", "time", "began")
_CASE_BEGINS = "case_started"  # in the exports of our own history
_MOST_LEVELS = 200  # of an attribute that is kept


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the reader cannot know: names of columns, encoding, zone, order of day and month."""

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    zone: ZoneInfo | None = None
    is_day_first: bool | None = None


PLAIN = ReadOptions()


def read_log(path: Path, *, now: datetime, options: ReadOptions = PLAIN) -> tuple[WorkLog, Quality]:
    """Read an event log. ``now`` tells what lies in the future.

    Raises:
        EventLogInvalid: the file is no log, or nothing of it can be used; by line.
    """
    head = first_text(path)
    if head.startswith(",".join(log_file.COLUMNS)):
        return _own(path, options)
    if head.lstrip().startswith("<"):
        rows = xes_rows.read(path)
    else:
        rows = csv_rows.read(path, given=options.columns, encoding=options.encoding)
    return _Table(path.name, rows, options, now.timestamp()).log()


def _own(path: Path, options: ReadOptions) -> tuple[WorkLog, Quality]:
    read = from_event_log(EventLog.read_csv(path))
    zone = str(options.zone or "UTC")
    log = WorkLog(**{**vars(read), "zone": zone})
    quality = Quality(path.name, rows_read=len(log), rows_used=len(log))
    return log, _summed(quality, log)


def _summed(quality: Quality, log: WorkLog) -> Quality:
    quality.cases, quality.activities = len(log.case_ids), len(log.activity.names)
    quality.resources, quality.zone = len(log.resource.names), log.zone
    quality.remarks += oddities(log)
    if len(log):
        zone = ZoneInfo(log.zone)
        ends = (float(np.nanmin(log.begun_s)), float(np.nanmax(log.ended_s)))
        quality.first, quality.last = (
            datetime.fromtimestamp(at, zone).isoformat(sep=" ", timespec="minutes")[:16]
            for at in ends
        )
    return quality


@dataclass(slots=True)
class _Table:
    """Turns the rows of a file into columns."""

    source: str
    rows: Rows
    options: ReadOptions
    now_s: float
    began: dict[str, float] = field(default_factory=dict)  # when a case arrived, if it is told
    waits: tuple[tuple[str, float], ...] = ()

    def log(self) -> tuple[WorkLog, Quality]:
        quality = Quality(self.source, rows_read=len(self.rows), remarks=self.rows.remarks)
        zone = self._zone(quality)
        times = self._times(quality)
        is_events = "time" in self.rows.fields and "end" not in self.rows.fields
        found = self._of_events(times, quality) if is_events else self._of_rows(times, quality)
        kept = self._unlike(found, quality)
        quality.rows_used = len(kept)
        if not kept:
            rule = f"none of {len(self.rows):,} rows can be used"
            words = "; ".join(sentence.rstrip(".") for sentence in quality.sentences()[2:])
            raise refused(self.source, None, f"{rule}: {words}" if words else rule)
        log = self._columns(kept, zone, quality)
        return log, _summed(quality, log)

    def _zone(self, quality: Quality) -> str:
        if self.options.zone is not None:
            return str(self.options.zone)
        texts = [t for name in ("end", "time", "start") for t in self.rows.fields.get(name, ())]
        found = sorted(offsets(texts))
        if len(found) == 1 and found[0].endswith(":00") and found[0] != "+00:00":
            return f"Etc/GMT{-int(found[0][:3]):+d}"
        if found == ["+00:00"]:
            words = "times are in UTC, and so is the week"
        elif found:
            words = f"times have the zones {', '.join(found[:4])}; the week is read in UTC"
        else:
            words = "times have no zone and are read as UTC"
        quality.remarks.append(f"{words}; give the time zone if it is another")
        return "UTC"

    def _times(self, quality: Quality) -> dict[str, list[Moment]]:
        names = [name for name in _TIMES if name in self.rows.fields]
        reader = TimeReader(self.source, self.options.zone, self.options.is_day_first)
        texts = [self.rows.fields[name] for name in names]
        read = reader.moments(texts, self.rows.lines)
        if any(moment.is_twice for column in read for moment in column):
            quality.remarks.append("some times lie in the hour that clocks show twice")
        return dict(zip(names, read, strict=True))

    def _text(self, name: str, row: int) -> str:
        column = self.rows.fields.get(name)
        return column[row] if column else ""

    def _activity(self, row: int) -> str:
        return self._text("element_id", row) or self._text("activity", row)

    def _of_rows(self, times: Mapping[str, list[Moment]], quality: Quality) -> list[Instance]:
        found = []
        for row, line in enumerate(self.rows.lines):
            moments = {name: column[row] for name, column in times.items()}
            fault = self._fault(row, moments)
            if fault is not None:
                quality.put_aside(fault, line)
                continue
            enabled, start = (moments.get(n, UNREADABLE).at_s for n in ("enabled", "start"))
            end = end_s(moments)
            found.append(
                Instance(
                    line,
                    self._text("case", row),
                    self._activity(row),
                    self._text("resource", row),
                    self._text("role", row),
                    enabled_s=enabled,
                    started_s=start,
                    ended_s=start if math.isnan(end) else end,
                )
            )
        return found

    def _fault(self, row: int, moments: Mapping[str, Moment]) -> Fault | None:
        told = [m.at_s for name, m in moments.items() if self._text(name, row)]
        self._note_begin(row, moments)
        start, end = moments.get("start", UNREADABLE).at_s, end_s(moments)
        known = [
            at for at in (start, end, moments.get("time", UNREADABLE).at_s) if not math.isnan(at)
        ]
        checks = (
            (not self._text("case", row), Fault.NO_CASE),
            (not self._activity(row), Fault.NO_ACTIVITY),
            (any(map(math.isnan, told)), Fault.UNREADABLE),
            (not known, Fault.NO_TIME),
            (any(moment.is_skipped for moment in moments.values()), Fault.NO_SUCH_HOUR),
            (end < start, Fault.END_BEFORE_START),
            (max(known, default=0) > self.now_s + _DAY_S, Fault.FUTURE),
            (min(known, default=self.now_s) < _OLDEST_S, Fault.TOO_OLD),
        )
        return next((fault for is_so, fault in checks if is_so), None)

    def _of_events(self, times: Mapping[str, list[Moment]], quality: Quality) -> list[Instance]:
        events = []
        seen = set()
        for row, line in enumerate(self.rows.lines):
            moments = {name: column[row] for name, column in times.items()}
            fault = self._fault(row, moments)
            event = Event(
                line,
                self._text("case", row),
                self._activity(row),
                self._text("instance", row),
                self._text("transition", row).lower(),
                moments["time"].at_s,
                self._text("resource", row),
                self._text("role", row),
                self._text("element_type", row),
            )
            what = (event.case, event.activity, event.instance, event.transition)
            key = (*what, event.at_s, event.resource)
            if fault is None and key in seen:
                fault = Fault.DUPLICATE
            seen.add(key)
            if fault is not None:
                quality.put_aside(fault, line)
            elif "element_id" in self.rows.fields and not self._text("element_id", row):
                quality.rows_other += 1  # tells of the case
            else:
                events.append(event)
        self.waits = tuple(event_waits(events))
        return list(paired(events, quality))

    def _note_begin(self, row: int, moments: Mapping[str, Moment]) -> None:
        """Keep when a case began, where the log tells it."""
        is_begin = self._text("activity", row) == _CASE_BEGINS
        began = moments.get("time" if is_begin else "began", UNREADABLE).at_s
        if not math.isnan(began):
            self.began.setdefault(self._text("case", row), began)

    def _unlike(self, found: list[Instance], quality: Quality) -> list[Instance]:
        """Put aside what repeats another row."""
        seen: set[tuple[object, ...]] = set()
        kept = []
        for i in found:
            times = tuple(None if math.isnan(at) else at for at in (i.started_s, i.ended_s))
            key = (i.case, i.activity, i.resource, *times)
            if key in seen:
                quality.put_aside(Fault.DUPLICATE, i.line)
                continue
            seen.add(key)
            kept.append(i)
        return kept

    def _columns(self, kept: list[Instance], zone: str, quality: Quality) -> WorkLog:
        case = coded([i.case for i in kept])
        touched = self._touched(quality)
        quality.cases_touched = len(touched.intersection(case.names))
        enabled_s = np.array([i.enabled_s for i in kept])
        started_s = np.array([i.started_s for i in kept])
        is_late = enabled_s > started_s + 1e-3
        if is_late.any():
            words = "rows are enabled after they start; when they were enabled is not used"
            quality.remarks.append(f"{int(is_late.sum()):,} {words}")
        return ordered(
            WorkLog(
                case_ids=case.names,
                case=case.codes,
                activity=coded([i.activity for i in kept]),
                resource=coded([i.resource for i in kept]),
                role=coded([i.role for i in kept]),
                enabled_s=np.where(is_late, NAN, enabled_s),
                started_s=started_s,
                ended_s=np.array([i.ended_s for i in kept]),
                attributes=self._attributes(case.names),
                is_damaged=np.array([name in touched for name in case.names], dtype=np.bool_),
                has_ids="element_id" in self.rows.fields,
                arrived_s=self._arrived(case.names),
                delays=self.waits,
                zone=zone,
            )
        )

    def _arrived(self, case_ids: tuple[str, ...]) -> FloatArray | None:
        if not all(case in self.began for case in case_ids):
            return None
        return np.array([self.began[case] for case in case_ids])

    def _touched(self, quality: Quality) -> set[str]:
        row_of = {line: row for row, line in enumerate(self.rows.lines)}
        harmless = {Fault.DUPLICATE, Fault.UNENDED}
        lost = (n for fault, at in quality.aside.items() if fault not in harmless for n in at)
        return {self._text("case", row_of[line]) for line in lost}

    def _attributes(self, case_ids: tuple[str, ...]) -> dict[str, tuple[str | None, ...]]:
        """Return what is the same in all rows of a case, and differs among cases."""
        kept = {}
        for name, column in self.rows.attributes.items():
            of_case: dict[str, str | None] = {}
            cases = self.rows.fields["case"]
            is_constant = all(
                of_case.setdefault(case, text) == text
                for case, text in zip(cases, column, strict=True)
            )
            levels = set(of_case.values())
            if is_constant and 1 < len(levels) <= _MOST_LEVELS:
                kept[name] = tuple(of_case.get(case) or None for case in case_ids)
        return kept
