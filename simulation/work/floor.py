"""What the work nodes of one replication share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.cases import Cases
    from simulation.draws import Draws
    from simulation.net import Net
    from simulation.recorder import Recorder

    Enter = Callable[[int, int], None]  # frame, now
    Schedule = Callable[..., None]  # simpy's Environment.schedule; takes more than simpy.Event


@dataclass(frozen=True, eq=False)
class Floor:
    """The cases, their random numbers, the clock and the record."""

    net: Net
    cases: Cases
    draws: Draws
    schedule: Schedule
    rows: Recorder
    visits: Callable[[], Callable[[int], int]]
    """Makes what counts the visits of each case to an element, from 0."""
    case_of: Callable[[int], int]  # frame → case
    abandon: Enter
    """Ends a case (frame, now) that has left a queue."""
    ticket: Callable[[], int] = field(default_factory=lambda: count().__next__)
    """Numbers those who wait in the order in which they came."""
    performed: dict[tuple[str, int], int] = field(default_factory=dict)
    """By element and case: the number of who did it last."""

    @cached_property
    def remembered(self) -> frozenset[str]:
        """The elements whose performers matter to others."""
        tasks = self.net.staff.tasks.values()
        return frozenset(task.relative for task in tasks if task.relative is not None)
