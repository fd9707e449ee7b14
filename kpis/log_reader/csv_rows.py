"""CSV → rows: one mapping of texts per line, with the number of the line."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kpis.export.cells import plain_cell
from kpis.log_reader import columns
from kpis.log_reader.source import lines, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_DELIMITERS = ",;\t|"
_MOST_ATTRIBUTES = 50
_NOTHING = frozenset({"nan", "nat", "none", "null", "n/a", "#n/a", "<na>"})  # as programs write it
_MAY_BE_NOTHING = ("resource", "role", *columns.TIMES)


@dataclass(slots=True)
class Rows:
    """What stands in a file: one list per field, all of the same length as ``lines``."""

    lines: list[int] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)


def read(path: Path, *, given: Mapping[str, str], encoding: str | None = None) -> Rows:
    """Read a table with a header line. Raises EventLogInvalid, by line, for what is none."""
    source = path.name
    texts = _remembered(lines(path, encoding))
    header_line = next(iter(texts), "")
    delimiter = max(_DELIMITERS, key=header_line.count)
    header = next(csv.reader([header_line], delimiter=delimiter), [])
    if len(header) < 2:
        raise refused(source, 1, "the first line is no list of columns")
    fields, others = columns.assign(header, given, source=source)
    attributes = dict(list(others.items())[:_MOST_ATTRIBUTES])
    rows = Rows(fields={name: [] for name in fields}, attributes={name: [] for name in attributes})
    places = [*((rows.fields[n], i) for n, i in fields.items())]
    places += [(rows.attributes[n], i) for n, i in attributes.items()]
    for line, cells in _cells(source, texts, delimiter, width=len(header)):
        rows.lines.append(line)
        for column, place in places:
            column.append(plain_cell(cells[place].strip()))
    for name in rows.fields.keys() & _MAY_BE_NOTHING:
        rows.fields[name] = ["" if t.lower() in _NOTHING else t for t in rows.fields[name]]
    if not rows.lines:
        raise refused(source, 2, "there is no row below the header")
    if not texts.last.endswith("\n"):
        rows.remarks.append("the last line has no end: check that the file is not cut off")
    if len(others) > len(attributes):
        rows.remarks.append(f"columns beyond the {_MOST_ATTRIBUTES}th attribute are not read")
    return rows


class _remembered:  # noqa: N801 -- reads as a function: lines, of which the last is known
    """Lines of a file, of which the last one is remembered."""

    def __init__(self, lines_: Iterator[str]) -> None:
        self._lines, self.last = lines_, ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = next(self._lines)
        return self.last


def _cells(
    source: str, texts: Iterator[str], delimiter: str, *, width: int
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(texts, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            line = reader.line_num + 1  # the header was taken off before
            if not cells:
                continue
            if len(cells) != width:
                rule = f"{len(cells)} fields where the header has {width}: cut off, or not CSV"
                raise refused(source, line, rule)
            yield line, cells
    except csv.Error as error:
        raise refused(source, line + 1, f"not CSV: {error}") from None
