"""Recording of visits while a run goes on."""

from __future__ import annotations

from enum import IntEnum
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Row = tuple[int, int, int, int, int, int, int, int]
COLUMNS = ("case", "node", "visit", "unit", "scheduled", "started", "completed", "work")
STINTS = ("case", "node", "visit", "unit", "begin", "end", "work", "overtime", "uses")
LEAVINGS = ("case", "node", "visit", "at", "why", "work")
FORMED = ("case", "node", "visit", "at")
_CHUNK = 4_096  # rows that fit the processor's cache, where turning them into an array is cheap


class Why(IntEnum):
    """Why a visit ended without being completed."""

    WITHDRAWN = 0
    ABANDONED = 1  # patience was at an end, or the queue was full


class Rows:
    """Takes rows of whole numbers and packs them into arrays now and then."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names, self._width = names, len(names)
        self._rows: list[tuple[int, ...]] = []
        self._chunks: list[NDArray[np.int64]] = []
        self.add: Callable[[tuple[int, ...]], None] = self._rows.append

    def compact(self) -> None:
        """Pack the rows into an array once there are many; to be called now and then."""
        if len(self._rows) >= _CHUNK:
            self._pack()

    def table(self) -> NDArray[np.int64]:
        """Return all rows as an array, in the order in which they were added."""
        self._pack()
        return np.concatenate(self._chunks)

    def columns(self) -> dict[str, NDArray[np.int64]]:
        """Return all rows as columns."""
        table = self.table()
        return {name: table[:, i].copy() for i, name in enumerate(self._names)}

    def _pack(self) -> None:
        size = self._width * len(self._rows)
        numbers = np.fromiter(chain.from_iterable(self._rows), dtype=np.int64, count=size)
        self._chunks.append(numbers.reshape(-1, self._width))
        self._rows.clear()


class Recorder(Rows):
    """Takes one row of COLUMNS per visit; -1 stands for "nobody" and "not yet".

    Members of special roles leave more: stints (who was bound when), visits that were not
    completed, and when batches were formed.
    """

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.stints, self.leavings, self.formed = Rows(STINTS), Rows(LEAVINGS), Rows(FORMED)
        self.abandoned: list[int] = []  # cases that ended by leaving a queue

    def cancel(self, row: Row) -> None:
        """Take the row of a visit that was withdrawn at the moment that stands as ``completed``."""
        self.add((*row[:6], -1, -1))
        self.leavings.add((*row[:3], row[6], Why.WITHDRAWN, row[7]))

    def compact(self) -> None:
        """Pack what has become many rows; to be called now and then."""
        super().compact()
        self.stints.compact()

    def table(self) -> NDArray[np.int64]:
        """Return all rows as an array, ordered by case and time of scheduling."""
        table = super().table()
        case, scheduled = COLUMNS.index("case"), COLUMNS.index("scheduled")
        return table[np.lexsort((table[:, scheduled], table[:, case]))]
