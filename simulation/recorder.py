"""Recording of visits while a run goes on."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Row = tuple[int, int, int, int, int, int, int, int]
COLUMNS = ("case", "node", "visit", "unit", "scheduled", "started", "completed", "work")
_CHUNK = 4_096  # rows that fit the processor's cache, where turning them into an array is cheap


class Recorder:
    """Takes one row of COLUMNS per visit; -1 stands for "nobody" and "not yet"."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._chunks: list[NDArray[np.int64]] = []
        self.add: Callable[[Row], None] = self._rows.append

    def compact(self) -> None:
        """Pack the rows into an array once there are many; to be called now and then."""
        if len(self._rows) >= _CHUNK:
            self._pack()

    def table(self) -> NDArray[np.int64]:
        """Return all rows as an array, ordered by case and time of scheduling."""
        self._pack()
        table = np.concatenate(self._chunks)
        case, scheduled = COLUMNS.index("case"), COLUMNS.index("scheduled")
        return table[np.lexsort((table[:, scheduled], table[:, case]))]

    def _pack(self) -> None:
        size = len(COLUMNS) * len(self._rows)
        numbers = np.fromiter(chain.from_iterable(self._rows), dtype=np.int64, count=size)
        self._chunks.append(numbers.reshape(-1, len(COLUMNS)))
        self._rows.clear()
