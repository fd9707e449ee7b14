"""Event logs as Parquet: a row per visit to an activity or timer, text as dictionaries.

For data frames and analysts: columnar, small, exact to the microsecond. ``kind`` tells an
activity from a delay (a timer or another event that a case waits for); the delays of a
replication follow its activities. What cases came with stands in columns ``case:NAME``.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kpis.columns import Coded, FloatArray
    from kpis.event_log import EventLog
    from kpis.export.told import Scalar

_ROWS = 1 << 16  # of a row group: what a reader has to hold at a time
_MOMENT = pa.timestamp("us", tz="UTC")
_TEXT = pa.dictionary(pa.int32(), pa.string())
_KINDS = ("activity", "delay")
SCHEMA = pa.schema(
    [
        ("replication", pa.int32()),
        ("case_id", _TEXT),
        ("kind", _TEXT),
        ("element_id", _TEXT),
        ("visit", pa.int32()),
        ("role", _TEXT),
        ("performer", _TEXT),
        ("scheduled", _MOMENT),
        ("started", _MOMENT),
        ("completed", _MOMENT),
        ("cancelled", _MOMENT),
        ("work_s", pa.float64()),
    ]
)


class ParquetLog:
    """Writes the visits of logs to one file, replication after replication.

    Every log has the same attributes of cases; the values of the first say of which type.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None  # opened with the first log, which says what cases come with
        self.rows = 0

    def add(
        self,
        log: EventLog,
        *,
        replication: int = 0,
        attributes: Mapping[str, Sequence[object]] | None = None,
    ) -> None:
        """Append the visits of a log, activities case by case, then delays.

        ``attributes`` has a value per case, in the order of the cases.
        """
        data = {f"case:{name}": _values(values) for name, values in (attributes or {}).items()}
        if self._writer is None:
            more = [pa.field(name, values.type) for name, values in data.items()]
            self._open(pa.schema([*SCHEMA, *more]))
        for columns, cases in (_activities(log), _delays(log)):
            columns["replication"] = pa.array(np.full(len(cases), replication, dtype=np.int32))
            columns["case_id"] = _dictionary(cases, log.case_columns.case_ids)
            places = pa.array(cases.astype(np.int64)) if data else None
            columns |= {name: values.take(places) for name, values in data.items()}
            self._write(columns, len(cases))

    def _open(self, schema: Any) -> None:
        self._writer = pq.ParquetWriter(self._path, schema, compression="zstd")

    def _write(self, columns: dict[str, Any], count: int) -> None:
        if not count:
            return
        schema = self._writer.schema
        arrays = [columns.get(field.name, pa.nulls(count, field.type)) for field in schema]
        self._writer.write_table(pa.table(arrays, schema=schema), row_group_size=_ROWS)
        self.rows += count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is None:
            self._open(SCHEMA)
        self._writer.close()


def plain(value: object) -> Scalar:
    """Return a value of a case without the types of numpy."""
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, bool | int | float) else str(value)


def _activities(log: EventLog) -> tuple[dict[str, Any], NDArray[Any]]:
    table, epoch_us = log.activity_columns, _epoch_us(log)
    return {
        "kind": _kind("activity", len(table)),
        "element_id": _coded(table.element),
        "visit": pa.array(table.visit.astype(np.int32)),
        "role": _coded(table.role),
        "performer": _coded(table.performer),
        "scheduled": _moments(table.scheduled_s, epoch_us),
        "started": _moments(table.started_s, epoch_us),
        "completed": _moments(table.completed_s, epoch_us),
        "cancelled": _moments(table.cancelled_s, epoch_us),
        "work_s": pa.array(table.work_s, from_pandas=True),  # NaN becomes null
    }, table.case


def _delays(log: EventLog) -> tuple[dict[str, Any], NDArray[Any]]:
    table, epoch_us = log.delay_columns, _epoch_us(log)
    return {
        "kind": _kind("delay", len(table.case)),
        "element_id": _coded(table.element),
        "visit": pa.array(visit_numbers(table.case, table.element.codes)),
        "scheduled": _moments(table.scheduled_s, epoch_us),
        "completed": _moments(table.completed_s, epoch_us),
    }, table.case


def visit_numbers(case: NDArray[Any], element: NDArray[Any]) -> NDArray[np.int32]:
    """Return how often the case had been at the element before, row by row."""
    place = np.lexsort((np.arange(len(case)), element, case))
    is_first = np.ones(len(case), dtype=np.bool_)
    is_first[1:] = (np.diff(case[place]) != 0) | (np.diff(element[place]) != 0)
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(case)), 0))
    found = np.empty(len(case), dtype=np.int32)
    found[place] = np.arange(len(case)) - first
    return found


def _epoch_us(log: EventLog) -> int:
    return round(log.epoch.astimezone(UTC).timestamp() * 1_000_000)


def _kind(name: str, count: int) -> pa.Array:
    return _dictionary(np.full(count, _KINDS.index(name), dtype=np.intp), _KINDS)


def _coded(column: Coded) -> pa.Array:
    return _dictionary(column.codes, column.names)


def _dictionary(codes: NDArray[Any], names: Sequence[str]) -> pa.Array:
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))


def _moments(times_s: FloatArray, epoch_us: int) -> pa.Array:
    unknown = np.isnan(times_s)
    ticks = np.rint(np.where(unknown, 0.0, times_s) * 1_000_000).astype(np.int64) + epoch_us
    return pa.array(ticks, pa.int64(), mask=unknown).cast(_MOMENT)


def _values(values: Sequence[object]) -> pa.Array:
    """Return the values of an attribute: numbers, yes or no, else text as a dictionary."""
    known = [None if value is None else plain(value) for value in values]
    kinds = {type(value) for value in known if value is not None}
    if kinds == {bool}:
        return pa.array(known, pa.bool_())
    if kinds and kinds <= {int, float}:
        return pa.array(known, pa.float64())
    texts = pa.array([None if value is None else str(value) for value in known], pa.string())
    indices = texts.dictionary_encode()
    return pa.DictionaryArray.from_arrays(indices.indices.cast(pa.int32()), indices.dictionary)
