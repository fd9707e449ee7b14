"""What is replicated: a scenario, and how much of it is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.replication import Measure
    from simulation.scenario.load import Scenario


@dataclass(frozen=True)
class Job:
    """A scenario to replicate, and what to measure of it."""

    key: str
    scenario: Scenario
    measure: Measure = "all"
