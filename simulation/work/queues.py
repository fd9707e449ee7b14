"""Queues of special roles: in which order those who wait are served, how many may wait."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from simulation.errors import SimulationFailed
from simulation.expressions import priority_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.net import Node
    from simulation.scenario.resource import Queue as Rule
    from simulation.work.floor import Floor
    from simulation.work.visits import Visit

    Part = Callable[[int, int], float]  # case, work → part of the key

_HOUR_US = 3_600_000_000


class Blocked(Protocol):
    """An activity whose team cannot let a case go."""

    def may_go(self, now: int) -> bool:
        """Return whether there is room for its case now."""

    def let_go(self, visit: Visit, now: int) -> None:
        """Complete a visit whose case has found room."""


class Queue:
    """The queue of one role: its rule, and how many wait in it who were not begun.

    ``blocked`` are those who would like to join, with the activities that hold them.
    """

    __slots__ = ("_is_letting_in", "blocked", "rule", "waits")

    def __init__(self, rule: Rule) -> None:
        self.rule, self.waits = rule, 0
        self.blocked: deque[tuple[Blocked, Visit]] = deque()
        self._is_letting_in = False

    @property
    def blocks(self) -> bool:
        """Whether those who find it full stay, with their resources, where they were."""
        return self.rule.capacity is not None and self.rule.when_full == "block"

    @property
    def turns_away(self) -> bool:
        """Whether whoever comes now has to leave."""
        return self.is_full and not self.blocks

    def let_in(self, now: int) -> None:
        """Let those who are held before the queue join as far as there is room, in their order."""
        if self._is_letting_in:  # by a case that just moves
            return
        self._is_letting_in = True
        while self.blocked and self.blocked[0][0].may_go(now):
            place, visit = self.blocked.popleft()
            place.let_go(visit, now)
        self._is_letting_in = False

    @property
    def is_full(self) -> bool:
        """Whether nobody may join any more."""
        return self.rule.capacity is not None and self.waits >= self.rule.capacity


class Order:
    """Says where a case comes in the queue of an activity."""

    __slots__ = ("_parts", "_ticket", "priority")

    def __init__(self, floor: Floor, node: Node, rule: Rule) -> None:
        given = priority_of(node, floor.cases.values)
        self.priority: Callable[[int], float] = given
        self._ticket = floor.ticket
        parts: dict[str, Part] = {
            "priority": lambda case, _: given(case),
            "due": lambda case, _: _due(floor, node, case),
            "shortest": lambda _, work: work,
        }
        order = rule.order[: rule.order.index("arrival")] if "arrival" in rule.order else rule.order
        self._parts = tuple(parts[name] for name in order)

    def key(self, case: int, work: int) -> tuple[float, ...]:
        """Return the place of a visit; smaller goes first, those who are equal as they came."""
        return (*(part(case, work) for part in self._parts), self._ticket())


def _due(floor: Floor, node: Node, case: int) -> float:
    """Return when a case is due: so many hours after it arrived, or at once."""
    hours = floor.cases.values(case).get("due")
    if hours is None:
        hours = 0
    if isinstance(hours, bool) or not isinstance(hours, int | float):
        words = f"the case data 'due' must be hours after the arrival, not {hours!r}"
        raise SimulationFailed(node.element_id, words)
    return floor.cases.began(case) + hours * _HOUR_US
