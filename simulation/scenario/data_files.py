"""Values that stand in a table beside the scenario: read when it is loaded, and kept in it.

A file is put into the document as if its values had been written there, so that a scenario
that travels to another process, is varied or hashed needs no file any more.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from simulation.errors import Problem, ScenarioInvalid
from simulation.scenario.complaints import did_you_mean, place
from simulation.scenario.values import local_moment, typed

if TYPE_CHECKING:
    from pathlib import Path

    from simulation.scenario.yaml_lines import Key, Lines

MOST_ROWS = 200_000
_LARGEST_FILE = 50_000_000
_NAMES = frozenset({"file", "replay"})
_SEPARATORS = ",;\t"


class _FileName(str):
    """The name of a file that stands in a scenario file of this folder."""

    __slots__ = ("folder",)
    folder: Path


@dataclass(frozen=True)
class _Table:
    """A CSV file: its columns by name, the line of each row."""

    name: str
    columns: dict[str, list[str]]
    lines: list[int]


@dataclass(frozen=True)
class _Place:
    """Where a file is asked for."""

    folder: Path
    source: str
    lines: Lines
    path: Key

    def refused(self, value: object, words: str) -> ScenarioInvalid:
        return ScenarioInvalid([place(self.source, self.lines, self.path, value, words)])


def located(value: Any, folder: Path) -> Any:
    """Return a document whose file names remember beside which scenario they stand."""
    if isinstance(value, list):
        return [located(item, folder) for item in value] if _has_parts(value) else value
    if not isinstance(value, dict):
        return value
    found = {}
    for key, item in value.items():
        if key in _NAMES and isinstance(item, str):
            name = _FileName(item)
            name.folder = folder
            found[key] = name
        else:
            found[key] = located(item, folder)
    return found


def _has_parts(items: list[Any]) -> bool:
    return any(isinstance(item, dict) for item in items)


def with_files(raw: dict[str, Any], folder: Path, *, source: str, lines: Lines) -> dict[str, Any]:
    """Return a document with the values of the files it names. Raises ScenarioInvalid."""
    filled: dict[str, Any] = _filled(raw, _Place(folder, source, lines, ()))
    return filled


def _filled(value: Any, where: _Place) -> Any:
    if isinstance(value, _FileName):
        return str(value)
    if isinstance(value, list) and _has_parts(value):
        return [_filled(item, _below(where, i)) for i, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    filled = {}
    for key, item in value.items():
        there = _below(where, key)
        is_replay = key == "replay" and len(where.path) == 2 and where.path[0] == "arrivals"
        if is_replay and (isinstance(item, str) or (isinstance(item, dict) and "file" in item)):
            filled[key] = _replay(item, there)
        elif key == "empirical" and isinstance(item, dict) and "file" in item:
            filled[key] = _empirical(item, there)
        else:
            filled[key] = _filled(item, there)
    return filled


def _below(where: _Place, key: str | int) -> _Place:
    return _Place(where.folder, where.source, where.lines, (*where.path, key))


def _replay(written: str | dict[str, Any], where: _Place) -> Any:
    """Read moments from one column and case data from the others."""
    fields = {"file": written} if isinstance(written, str) else written
    if "moments" in fields or "data" in fields:
        raise where.refused(None, "needs a file, or moments and data, not both")
    table = _read(fields.get("file"), where)
    column = _column(table, fields.get("column"), where)
    for moment, line in zip(table.columns[column], table.lines, strict=True):
        try:
            local_moment(moment)
        except PydanticCustomError as error:
            raise _wrong_cell(table, line, column, moment, error.message()) from None
    data = {name: _as_values(cells) for name, cells in table.columns.items() if name != column}
    return {**fields, "file": str(fields["file"]), "moments": table.columns[column], "data": data}


def _empirical(fields: dict[str, Any], where: _Place) -> Any:
    if "values" in fields:
        raise where.refused(None, "needs either values or file")
    table = _read(fields["file"], where)
    column = _column(table, fields.get("column"), where)
    unit, values = fields.get("unit"), []
    for cell, line in zip(table.columns[column], table.lines, strict=True):
        number = typed(cell)
        if isinstance(number, bool) or (unit is not None and not isinstance(number, int | float)):
            raise _wrong_cell(table, line, column, cell, "must be a number")
        values.append(number if unit is None else f"{cell}{unit}")
    if not values:
        raise where.refused(table.name, "has no rows")
    return {**fields, "file": str(fields["file"]), "values": values}


def _column(table: _Table, wanted: object, where: _Place) -> str:
    if wanted is None:
        return next(iter(table.columns))
    if not isinstance(wanted, str) or wanted not in table.columns:
        words = f"is no column of {table.name}"
        more = did_you_mean(str(wanted), table.columns, what="columns")
        raise _below(where, "column").refused(wanted, words + more)
    return wanted


def _as_values(cells: list[str]) -> list[object]:
    """Read a column as numbers or as true and false if every cell is one, else as text."""
    values: list[object] = [typed(cell) if cell else None for cell in cells]
    kinds = {"text" if isinstance(v, str) else type(v) is bool for v in values if v is not None}
    return values if len(kinds) == 1 else [cell or None for cell in cells]


def _read(name: object, where: _Place) -> _Table:
    if not isinstance(name, str) or not name.strip():
        raise where.refused(name, "must be the name of a CSV file beside the scenario")
    path = getattr(name, "folder", where.folder) / name
    try:
        if not path.is_file():  # nor a device or a pipe
            raise where.refused(name, "there is no such file beside this one")
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        words = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise where.refused(name, words) from None
    if len(content) > _LARGEST_FILE:
        raise where.refused(name, f"is larger than {_LARGEST_FILE // 1_000_000} MB")
    try:
        return _parsed(path.name, content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise where.refused(name, "is not UTF-8 text; save it as CSV UTF-8") from None


def _parsed(name: str, text: str) -> _Table:
    header_line = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=header_line.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        _ensure_header(name, header)
        columns: dict[str, list[str]] = {column: [] for column in header}
        lines: list[int] = []
        for row in rows:
            if not any(row):
                continue
            if len(row) != len(header):
                words = f"has {len(row)} cells; the first row names {len(header)} columns"
                raise _wrong(name, rows.line_num, words)
            if len(lines) == MOST_ROWS:
                raise _wrong(name, rows.line_num, f"has more than {MOST_ROWS:,} rows")
            lines.append(rows.line_num)
            for column, cell in zip(header, row, strict=True):
                columns[column].append(cell.strip())
    except csv.Error as error:
        raise _wrong(name, rows.line_num, f"is not CSV: {error}") from None
    return _Table(name, columns, lines)


def _ensure_header(name: str, header: list[str]) -> None:
    if not header or not all(header):
        raise _wrong(name, 1, "must name every column in its first row")
    if len(set(header)) < len(header):
        raise _wrong(name, 1, "names a column twice")
    if any(not isinstance(typed(cell), str) for cell in header) or _is_moment(header[0]):
        raise _wrong(name, 1, f"must name the columns in its first row, not {', '.join(header)}")


def _is_moment(text: str) -> bool:
    try:
        local_moment(text)
    except PydanticCustomError:
        return False
    return True


def _wrong(name: str, line: int, words: str, field: str = "") -> ScenarioInvalid:
    return ScenarioInvalid([Problem(name, field, None, words, line)])


def _wrong_cell(table: _Table, line: int, column: str, cell: str, words: str) -> ScenarioInvalid:
    return ScenarioInvalid([Problem(table.name, column, cell, words, line)])
