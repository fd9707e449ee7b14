"""Learnt: every parameter that was read out of a log, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.process_graph import ProcessGraph
    from kpis.log_reader.quality import Quality
    from simulation.calibration.arrivals import ArrivalModel
    from simulation.calibration.branches import BranchFound
    from simulation.calibration.calendars import Hours
    from simulation.calibration.durations import DurationFound
    from simulation.calibration.estimates import Estimate
    from simulation.calibration.fitting import Fit
    from simulation.calibration.order import Overtaking
    from simulation.calibration.regimes import ClockShift
    from simulation.calibration.replay import Replay
    from simulation.calibration.roles import People
    from simulation.calibration.staffing import Staffing
    from simulation.calibration.told import Told
    from simulation.calibration.waits import DelayFound
    from simulation.calibration.week import OpenWeek
    from simulation.calibration.work import Work


@dataclass(frozen=True, slots=True)
class Warned:
    """Something an analyst should know before believing a parameter."""

    section: str  # of the scenario, or "log", "model"
    where: str
    told: Told

    @property
    def text(self) -> str:
        """The remark in English."""
        return self.told.text


@dataclass(frozen=True, eq=False)
class Learnt:
    """What a log and its model tell of a process."""

    source: str
    model: str
    zone: str
    graph: ProcessGraph
    work: Work
    replay: Replay
    quality: Quality | None
    shifts: tuple[ClockShift, ...]
    arrivals: Mapping[str, ArrivalModel]
    people: People
    durations: Mapping[str, DurationFound]
    branches: Mapping[str, BranchFound]
    delays: Mapping[str, DelayFound]
    order: tuple[Overtaking, ...]
    events: Mapping[str, Fit]  # waits at events
    boundary: Mapping[str, Estimate]  # share of the visits in which a boundary event happens
    repetitions: Mapping[str, Estimate]  # mean rounds of activities that repeat
    attributes: Mapping[str, Mapping[str, Estimate]]  # that decide something: shares of values
    confidence: float  # of all intervals
    quiet_days: int
    mean_cycle_s: float
    warnings: tuple[Warned, ...] = field(default=())

    @property
    def staffing(self) -> Staffing:
        """The roles of the log."""
        return self.people.staffing

    @property
    def common_hours(self) -> Hours:
        """The hours of everybody."""
        return self.people.common

    @property
    def hours(self) -> Mapping[str, Hours]:
        """The hours of each role."""
        return self.people.hours

    @property
    def people_hours(self) -> Mapping[str, Mapping[str, OpenWeek]]:
        """The hours of people, by role, where they differ."""
        return self.people.own

    @property
    def inserted(self) -> dict[str, DelayFound]:
        """The delays that need a timer of their own before the activity."""
        alone = {a: d for a, d in self.delays.items() if d.is_notable and d.event is None}
        return {a: d for a, d in alone.items() if a not in self.staffing.batches}
