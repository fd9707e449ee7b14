"""People: the roles of a log, their hours, and the hours of people who differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.calibration.calendars import Hours, learn_hours
from simulation.calibration.estimates import CONFIDENCE
from simulation.calibration.people import learn_people
from simulation.calibration.staffing import Staffing, learn_staffing
from simulation.calibration.waits import Pool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.process_graph import ProcessGraph
    from simulation.calibration.week import OpenWeek
    from simulation.calibration.work import Work


@dataclass(frozen=True)
class People:
    """Roles, their hours, and the hours of people who differ."""

    staffing: Staffing
    common: Hours
    hours: Mapping[str, Hours]
    own: Mapping[str, Mapping[str, OpenWeek]]

    @classmethod
    def of(cls, work: Work, graph: ProcessGraph, confidence: float = CONFIDENCE) -> People:
        """Learn them of a log."""
        staffing = learn_staffing(work, graph, confidence)
        common, by_role = learn_hours(
            staffing.of_row, work.enabled_s, work.started_s, work.ended_s, confidence
        )
        hours = {name: by_role.get(i, common) for i, name in enumerate(staffing.names)}
        return cls(staffing, common, hours, learn_people(work, staffing, hours))

    def pools(self) -> dict[str, Pool]:
        """Return who could begin a task of each role, and when."""
        people = self.staffing.people_of
        return {
            name: Pool(self.hours[name].week, role.units, people(name), self.own.get(name, {}))
            for name, role in self.staffing.roles.items()
        }
