"""What the work nodes of one replication share."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.arrivals import Arrivals
    from simulation.draws import Draws
    from simulation.net import Net
    from simulation.recorder import Recorder

    Enter = Callable[[int, int], None]  # frame, now
    Schedule = Callable[..., None]  # simpy's Environment.schedule; takes more than simpy.Event


@dataclass(frozen=True, eq=False)
class Floor:
    """The cases, their random numbers, the clock and the record."""

    net: Net
    arrivals: Arrivals
    draws: Draws
    schedule: Schedule
    rows: Recorder
    ticket: Callable[[], int] = field(default_factory=lambda: count().__next__)
    """Numbers those who wait in the order in which they came."""
