"""Recording of visits while a run goes on."""

from __future__ import annotations

from collections import deque
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
DOWNS = ("unit", "begin", "end")
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

    def forget(self) -> None:
        """Keep nothing of what is added from now on."""
        self.add = deque[tuple[int, ...]](maxlen=0).append

    def compact(self) -> None:
        """Pack the rows into an array once there are many; to be called now and then."""
        if len(self._rows) >= _CHUNK:
            self._pack()

    def columns(self) -> dict[str, NDArray[np.int64]]:
        """Return all rows as columns, and forget them."""
        self._pack()
        order = self._order()
        columns = {name: self._column(name, order) for name in self._names}
        self._chunks.clear()
        return columns

    def _order(self) -> NDArray[np.intp] | None:
        """Return in which order the rows are told; None: as they were added."""
        return None

    def _column(self, name: str, order: NDArray[np.intp] | None = None) -> NDArray[np.int64]:
        place = self._names.index(name)
        column = np.concatenate([chunk[:, place] for chunk in self._chunks])
        return column if order is None else column[order]

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
        self.downs = Rows(DOWNS)  # as far as somebody looked; some of them twice
        self.abandoned: list[int] = []  # cases that ended by leaving a queue

    @classmethod
    def of_nothing(cls) -> Recorder:
        """Return a recorder that only knows who left a queue for good."""
        recorder = cls()
        side = (recorder.stints, recorder.leavings, recorder.formed, recorder.downs)
        for rows in (recorder, *side):
            rows.forget()
        return recorder

    def cancel(self, row: Row) -> None:
        """Take the row of a visit that was withdrawn at the moment that stands as ``completed``."""
        self.add((*row[:6], -1, -1))
        self.leavings.add((*row[:3], row[6], Why.WITHDRAWN, row[7]))

    def compact(self) -> None:
        """Pack what has become many rows; to be called now and then."""
        super().compact()
        self.stints.compact()

    def _order(self) -> NDArray[np.intp] | None:
        """Order by case and time of scheduling."""
        return np.lexsort((self._column("scheduled"), self._column("case")))
