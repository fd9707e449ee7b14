"""The shop floor of one replication: its pools, and the work nodes that queue for them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from engine.domain.calendar import CompiledCalendar
from engine.expressions import Expression
from simulation.resources import Pool
from simulation.work.plain import PlainWork

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.recorder import Row
    from simulation.work.floor import Enter, Floor


class Shop:
    """The pools of a replication; makes the ways into its work nodes."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.pools = [self._pool(index) for index in range(len(floor.net.pools))]

    def enter(self, index: int, ways: list[Enter]) -> Enter:
        """Return the way into a work node; ``ways`` (out) are filled when all nodes are made."""
        node = self.floor.net.nodes[index]
        return PlainWork(self.floor, index, node, self.pools[node.pool]).enter(ways)

    def waiting(self) -> Iterator[Row]:
        """Yield the visits that wait, as rows of the record."""
        return chain.from_iterable(pool.waiting() for pool in self.pools)

    def _pool(self, index: int) -> Pool:
        plan = self.floor.net.pools[index]
        compiled = (
            None if plan.calendar is None else CompiledCalendar(plan.calendar, self.floor.net.epoch)
        )
        given = [node.priority for node in self.floor.net.nodes if node.pool == index]
        is_alike = len(set(given)) == 1 and not isinstance(given[0], Expression)
        return Pool(self.floor.schedule, plan.units, compiled, is_by_priority=not is_alike)
