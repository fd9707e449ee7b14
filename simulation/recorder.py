"""Recording of visits while a run goes on."""

from __future__ import annotations

from collections import deque
from enum import IntEnum
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

Row = tuple[int, int, int, int, int, int, int, int]
COLUMNS = ("case", "node", "visit", "unit", "scheduled", "started", "completed", "work")
STINTS = ("case", "node", "visit", "unit", "begin", "end", "work", "overtime", "uses")
LEAVINGS = ("case", "node", "visit", "at", "why", "work")
DOWNS = ("unit", "begin", "end")
FORMED = ("case", "node", "visit", "at")
_SMALL = frozenset({"case", "node", "visit", "unit", "why", "uses"})  # half as wide as times
_CHUNK = 4_096  # rows that fit the processor's cache, where turning them into an array is cheap


_GROWTH = 1.125  # small, for the system gives memory in place and what is spare stays empty


class Why(IntEnum):
    """Why a visit ended without being completed."""

    WITHDRAWN = 0
    ABANDONED = 1  # patience was at an end, or the queue was full


class Rows:
    """Takes rows of whole numbers and packs them into arrays now and then."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._width = len(names)
        self._rows: list[tuple[int, ...]] = []
        self._columns = {name: _empty(name) for name in names}
        self._packed = 0
        self.add: Callable[[tuple[int, ...]], None] = self._rows.append

    def forget(self) -> None:
        """Keep nothing of what is added from now on."""
        self.add = deque[tuple[int, ...]](maxlen=0).append

    def compact(self) -> None:
        """Pack the rows into an array once there are many; to be called now and then."""
        if len(self._rows) >= _CHUNK:
            self._pack()

    def columns(self) -> dict[str, Ints]:
        """Return all rows as columns, and forget them."""
        self._pack()
        columns, self._columns = self._columns, {}
        for column in columns.values():
            column.resize(self._packed, refcheck=False)
        return self._ordered(columns)

    def _ordered(self, columns: dict[str, Ints]) -> dict[str, Ints]:
        """Return the rows in the order in which they are told: as they were added."""
        return dict(columns)

    def _pack(self) -> None:
        size = self._width * len(self._rows)
        numbers = np.fromiter(chain.from_iterable(self._rows), dtype=np.int64, count=size)
        rows = numbers.reshape(-1, self._width)
        first, self._packed = self._packed, self._packed + len(rows)
        for place, column in enumerate(self._columns.values()):
            if len(column) < self._packed:  # nobody else has it yet: it grows where it is
                column.resize(round(self._packed * _GROWTH), refcheck=False)
            column[first : self._packed] = rows[:, place]
        self._rows.clear()


def _empty(name: str) -> Ints:
    return np.zeros(0, dtype=np.int32) if name in _SMALL else np.zeros(0, dtype=np.int64)


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

    def _ordered(self, columns: dict[str, Ints]) -> dict[str, Ints]:
        """Order by case and time of scheduling."""
        order = np.lexsort((columns["scheduled"], columns["case"]))
        return {name: columns.pop(name)[order] for name in COLUMNS}
