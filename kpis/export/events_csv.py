"""The history as CSV, one row an event; cells that look like formulas begin with an apostrophe."""

from __future__ import annotations

import csv
from datetime import UTC
from typing import TYPE_CHECKING, TextIO

from kpis.export.cells import attribute_name, plain_cell, safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kpis.export.told import ToldCase

COLUMNS = (
    *("case_id", "process", "seq", "time", "event", "transition", "activity", "element_id"),
    *("element_type", "instance", "role", "person"),
)


# What readers of logs take for something else than data of the case, by its name alone.
_TAKEN = frozenset(
    {
        *COLUMNS,
        *("case", "trace", "task", "resource", "performer", "user", "agent", "group", "department"),
        *("lane", "enabled", "scheduled", "start", "started", "begin", "end", "completed"),
        *("finish", "timestamp", "date", "datetime", "lifecycle"),
    }
)


def write(
    cases: Iterable[ToldCase], file: TextIO, attributes: Sequence[str] = ()
) -> tuple[int, int]:
    """Write cases, and return how many there were, and how many events.

    ``attributes`` of the cases stand in columns of their own, in each row of the case.
    """
    writer = csv.writer(file, lineterminator="\n")
    names = (attribute_name(name, taken=_TAKEN) for name in attributes)
    writer.writerow((*COLUMNS, *map(safe_cell, names)))
    count = events = 0
    for case in cases:
        count, events = count + 1, events + len(case.events)
        came_with = [case.attributes.get(name) for name in attributes]
        texts = ["" if value is None else safe_cell(str(value)) for value in came_with]
        writer.writerows((*row, *texts) for row in _rows(case))
    return count, events


def read(file: TextIO) -> Iterator[dict[str, str]]:
    """Yield the rows of a file as they were before they were made safe."""
    for row in csv.DictReader(file, strict=True):
        yield {column: plain_cell(text) for column, text in row.items()}


def _rows(case: ToldCase) -> Iterator[list[str]]:
    for told in case.events:
        event = told.history
        cells = (
            *(case.case_id, case.process_key, str(event.seq)),
            *(event.at.astimezone(UTC).isoformat(), str(event.type), told.transition),
            *(told.activity, event.element_id, event.element_type, event.token),
            *(event.lane, told.person),
        )
        yield [safe_cell(cell or "") for cell in cells]
