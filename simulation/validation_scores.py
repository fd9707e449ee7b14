"""The scores of a validation: each measure beside its yardsticks, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.calibration.told import Told, told

if TYPE_CHECKING:
    from simulation.calibration.distances import Measure
    from simulation.validation_causes import ActivityGap, Finding
    from simulation.validation_floors import Floor

FLOOR_FACTOR = 3.0
CYCLE_TOLERANCE_SHARE = 0.15
CHANCE = 0.05
FEWEST_DAYS = 5  # fewer share the luck of a day


def is_by_chance(p_value: float, replications: int) -> bool:
    """Whether some replication is as far off, too: few of them cannot prove that none is."""
    return p_value > max(CHANCE, 1.001 / (replications + 1))


@dataclass(frozen=True, slots=True)
class Score:
    """One measure: how far the simulated cases are from the held-out ones, beside its yardsticks."""  # noqa: E501

    measure: Measure
    distance: float
    half_width: float
    floor: Floor
    by_chance: float  # how far replications are from each other
    p_value: float
    trifle: float
    replications: int

    @property
    def ratio(self) -> float:
        """The distance as a multiple of the floor."""
        return self.distance / self.floor.value if self.floor.value > 0 else float("inf")

    @property
    def grade(self) -> str:
        """Return good, fair or poor."""
        if self.distance <= max(self.floor.value, self.trifle) or self.is_by_chance:
            return "good"
        return "fair" if self._is_near(self.floor.value) else "poor"

    @property
    def is_by_chance(self) -> bool:
        """Whether nobody could tell the held-out cases from another replication."""
        return is_by_chance(self.p_value, self.replications)

    @property
    def doubt(self) -> Told | None:
        """Say why the grade is not certain."""
        floor = self.floor
        if self.distance <= self.trifle:
            return None
        if self.is_by_chance:
            usual = FLOOR_FACTOR * floor.median
            is_weak = min(self.distance, self.by_chance) > usual
            return told("rests_on_chance", **self._names) if is_weak else None
        if floor.is_known and self._is_near(floor.low) != self._is_near(floor.high):
            ends = {"low": floor.low, "high": floor.high, "unit": self.measure.unit}
            return told("floor_uncertain", **self._names, **ends)
        return None

    @property
    def _names(self) -> dict[str, str]:
        return {"measure": self.measure.name, "key": self.measure.key}

    def _is_near(self, floor: float) -> bool:
        return self.distance <= max(FLOOR_FACTOR * floor, self.trifle)


@dataclass(frozen=True)
class CycleTime:
    """Mean cycle times of the held-out and the simulated cases, in seconds."""

    held_out_s: float
    held_out_half_s: float
    simulated_s: float
    simulated_half_s: float
    p_value: float  # that a replication has as extreme a mean
    replications: int

    @property
    def difference_share(self) -> float:
        """How much longer simulated cases take, as a share."""
        return self.simulated_s / self.held_out_s - 1 if self.held_out_s > 0 else 0.0

    @property
    def is_close(self) -> bool:
        """Whether the means are within 15 % or chance."""
        is_same = is_by_chance(self.p_value, self.replications)
        return abs(self.difference_share) <= CYCLE_TOLERANCE_SHARE or is_same


@dataclass(frozen=True)
class Validation:
    """The verdict on a scenario, and what to fix first."""

    scenario: str
    held_out: str
    cases: int
    days: int  # on which the held-out cases came
    replications: int
    has_train: bool
    scores: tuple[Score, ...]
    cycle_time: CycleTime
    gaps: tuple[ActivityGap, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Told, ...] = field(default=())

    @property
    def is_valid(self) -> bool:
        """Whether nothing is poor and the mean cycle time is close."""
        return self.cycle_time.is_close and all(s.grade != "poor" for s in self.scores)

    @property
    def doubts(self) -> tuple[Told, ...]:
        """Why other days could have told otherwise; none: it is certain."""
        found = [s.doubt for s in self.scores if s.doubt is not None]
        if self.days < FEWEST_DAYS:
            found.insert(0, told("too_few_days", cases=self.cases, days=self.days))
        return tuple(found)

    def document(self) -> dict[str, Any]:
        """Return the verdict as plain values: times in hours or seconds as named, shares 0–1."""
        cycle = self.cycle_time
        return {
            "verdict": "valid" if self.is_valid else "not valid",
            "scenario": self.scenario,
            "held_out": self.held_out,
            "is_certain": not self.doubts,
            "doubts": [doubt.document() for doubt in self.doubts],
            "cases": self.cases,
            "days": self.days,
            "replications": self.replications,
            "floor_from": "train" if self.has_train else "halves",
            "cycle_time": {
                "held_out_s": {"mean": cycle.held_out_s, "half_width": cycle.held_out_half_s},
                "simulated_s": {"mean": cycle.simulated_s, "half_width": cycle.simulated_half_s},
                "difference_share": cycle.difference_share,
                "p_value": cycle.p_value,
                "is_close": cycle.is_close,
            },
            "measures": [
                {
                    "key": s.measure.key,
                    "name": s.measure.name,
                    "unit": s.measure.unit,
                    "distance": {"mean": s.distance, "half_width": s.half_width},
                    "floor": s.floor.value,
                    "floor_splits": _splits(s.floor),
                    "ratio": None if np.isinf(s.ratio) else s.ratio,
                    "by_chance": s.by_chance,
                    "p_value": s.p_value,
                    "grade": s.grade,
                }
                for s in self.scores
            ],
            "fix_first": [{"section": f.section, "where": f.where, **f.told.document()}
                          for f in self.findings],
            "activities": [gap.document() for gap in self.gaps],
            "remarks": [remark.document() for remark in self.remarks],
        }  # fmt: skip


def _splits(floor: Floor) -> dict[str, Any]:
    """Return what other splits of the real cases gave; too few of them tell nothing."""
    ends = (floor.median, floor.low, floor.high) if floor.is_known else (None, None, None)
    return {"splits": floor.splits, **dict(zip(("median", "low", "high"), ends, strict=True))}
