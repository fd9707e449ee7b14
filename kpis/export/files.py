"""Writing an export to a file: the form by name, packed by gzip, the whole file or none."""

from __future__ import annotations

import gzip
import io
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, cast

from kpis.export import events_csv, ocel, xes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kpis.export.told import ToldCase


class ExportFormat(StrEnum):
    """What other tools read."""

    XES = "xes"
    CSV = "csv"
    OCEL = "ocel"


def write(
    cases: Iterable[ToldCase],
    path: Path,
    export_format: ExportFormat,
    *,
    attributes: Sequence[str] = (),
) -> tuple[int, int]:
    """Write cases to a file, packed if its name ends in .gz; return how many, and events.

    ``attributes`` are the names of those that any case came with; a CSV has a column for each.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        with ExitStack() as stack:
            raw = stack.enter_context(partial.open("wb"))
            packed = gzip.GzipFile("", "wb", 6, raw, mtime=0) if path.suffix == ".gz" else None
            file = cast("BinaryIO", stack.enter_context(packed) if packed else raw)
            counts = _write(cases, stack, file, export_format, attributes)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def format_of(path: Path) -> ExportFormat | None:
    """Return the form that the name of a file asks for: .xes, .csv, .json, .jsonocel, .gz."""
    name = path.name.lower().removesuffix(".gz")
    return next((form for ending, form in _ENDINGS.items() if name.endswith(ending)), None)


_ENDINGS = {
    ".xes": ExportFormat.XES,
    ".csv": ExportFormat.CSV,
    ".json": ExportFormat.OCEL,
    ".jsonocel": ExportFormat.OCEL,
}


def _write(
    cases: Iterable[ToldCase],
    stack: ExitStack,
    file: BinaryIO,
    export_format: ExportFormat,
    attributes: Sequence[str],
) -> tuple[int, int]:
    if export_format is ExportFormat.OCEL:
        return ocel.write(cases, file)
    # The mark tells Excel that a table is UTF-8.
    encoding = "utf-8-sig" if export_format is ExportFormat.CSV else "utf-8"
    text = stack.enter_context(io.TextIOWrapper(file, encoding=encoding, newline=""))
    if export_format is ExportFormat.XES:
        return xes.write(cases, text)
    return events_csv.write(cases, text, attributes)
