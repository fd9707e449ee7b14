"""Columns of whole numbers by case that are made block by block, as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Block = tuple[int, int, list[int]]  # first case, case after the last, values

SIZE = 4_096  # cases
_KEPT = 16  # blocks; cases that are further apart than these at one node are rare
_MOST_REMADE = 32


class Column:
    """The values of all cases; only the blocks of cases that are about are in memory.

    A value is a pure function of its case, so that a block that was dropped can be made again;
    a column that is asked for far and near keeps them all.
    """

    __slots__ = ("_blocks", "_dropped", "_make", "_near", "_remade", "_size")

    def __init__(self, size: int, make: Callable[[int, int], list[int]]) -> None:
        self._size, self._make = size, make
        self._blocks: dict[int, Block] = {}
        self._dropped: set[int] = set()
        self._remade = 0
        self._near: Block = (0, 0, [])  # the block that was used last

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, case: int) -> int:
        low, high, values = self._near
        if not low <= case < high:
            low, _, values = self._near = self.block(case)
        return values[case - low]

    def block(self, case: int) -> Block:
        """Return the block that a case is in."""
        number = case // SIZE
        block = self._blocks.get(number)
        if block is None:
            low, high = number * SIZE, min((number + 1) * SIZE, self._size)
            block = self._blocks[number] = (low, high, self._make(low, high))
            self._remade += number in self._dropped
            if len(self._blocks) > _KEPT and self._remade <= _MOST_REMADE:
                oldest = next(iter(self._blocks))
                del self._blocks[oldest]
                self._dropped.add(oldest)
        return block
