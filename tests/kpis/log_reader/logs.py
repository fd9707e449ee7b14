"""Small logs in files, for tests of the reader."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kpis.log_reader.read import PLAIN, read_log

if TYPE_CHECKING:
    from pathlib import Path

    from kpis.log_reader.quality import Quality
    from kpis.log_reader.read import ReadOptions
    from kpis.log_reader.work_log import WorkLog

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HEADER = "case_id,resource,role,activity,start_time,end_time,enabled_time"
ROWS = (
    "1,Alice,Clerk,Check,2026-03-02T08:00:00,2026-03-02T08:10:00,2026-03-02T07:55:00",
    "1,Bob,Expert,Decide,2026-03-02T08:10:00,2026-03-02T09:00:00,2026-03-02T08:10:00",
    "2,Alice,Clerk,Check,2026-03-02T08:30:00,2026-03-02T08:35:00,2026-03-02T08:20:00",
)
CSV = "\n".join((HEADER, *ROWS)) + "\n"


def written(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    """Write a file and return where."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(
    folder: Path, content: str | bytes, name: str = "log.csv", options: ReadOptions = PLAIN
) -> tuple[WorkLog, Quality]:
    """Write a file and read it."""
    return read_log(written(folder, content, name), now=NOW, options=options)


def minutes(log: WorkLog) -> list[float]:
    """Return how long each row took, in minutes."""
    return ((log.ended_s - log.started_s) / 60).tolist()
