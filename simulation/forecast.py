"""What will become of the cases that are open now, and of the queues in the next hours.

A run begins from the open cases, the queues and the shifts of a moment. Every replication is
one way in which it may go on; the bands hold so many of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.executor import DEFAULT_OPTIONS, Plan, carry_out
from simulation.job import Job
from simulation.replication import CASE_END, QUEUE, QUEUE_STEP_S, Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from simulation.executor import RunOptions
    from simulation.replication import Replication
    from simulation.scenario.load import Scenario
    from simulation.scenario.open_case import OpenCase

BAND = (0.1, 0.5, 0.9)  # of the replications: eight of ten lie between the ends


@dataclass(frozen=True)
class Question:
    """From which moment, how far, how often."""

    now: datetime  # aware
    hours: float = 8.0  # how long cases go on arriving, and queues are shown
    replications: int = 200
    seed: int | None = None  # None: that of the scenario


@dataclass(frozen=True)
class Expected:
    """When a case is expected to end: early, in the middle, late; in seconds from now."""

    case_id: str
    early_s: float
    middle_s: float
    late_s: float


@dataclass(frozen=True)
class QueueCurve:
    """How many wait for a role, step by step from now: low, middle, high."""

    role: str
    step_s: float
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Forecast:
    """What is expected of every open case and every queue."""

    now: datetime
    replications: int
    cases: tuple[Expected, ...]
    queues: tuple[QueueCurve, ...]

    def document(self) -> dict[str, Any]:
        """Return the forecast as JSON values."""
        return {
            "now": self.now.isoformat(),
            "replications": self.replications,
            "band": [BAND[0], BAND[-1]],
            "cases": [
                {
                    "case_id": case.case_id,
                    "early": self._at(case.early_s),
                    "expected": self._at(case.middle_s),
                    "late": self._at(case.late_s),
                }
                for case in self.cases
            ],
            "queues": [
                {
                    "role": curve.role,
                    "step_s": curve.step_s,
                    "low": list(curve.low),
                    "middle": list(curve.middle),
                    "high": list(curve.high),
                }
                for curve in self.queues
            ],
        }

    def _at(self, seconds: float) -> str:
        return (self.now + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def forecast(
    scenario: Scenario,
    cases: Sequence[OpenCase],
    question: Question,
    *,
    options: RunOptions = DEFAULT_OPTIONS,
) -> Forecast:
    """Simulate from a moment on, with the cases that are open then.

    Raises:
        ScenarioInvalid: the scenario does not hold for this moment.
        CaseNotPlaced: a case stands where a run cannot begin.
        ExperimentCancelled: the options said so.
    """
    begun = _begun(scenario, cases, question)
    seed = scenario.document.run.seed if question.seed is None else question.seed
    job = Job("forecast", begun, measure="forecast")
    found = carry_out([job], Plan(question.replications, seed, options))["forecast"]
    return Forecast(
        now=question.now,
        replications=len(found),
        cases=tuple(_expected(case.case_id, found) for case in cases),
        queues=tuple(_curve(role, found) for role in scenario.document.resources),
    )


def _begun(scenario: Scenario, cases: Sequence[OpenCase], question: Question) -> Scenario:
    """Return the scenario as it begins now: its days and shifts, these cases."""
    local = question.now.astimezone(scenario.document.timezone).replace(tzinfo=None)
    run = {
        "start": local.isoformat(timespec="microseconds"),
        "until": f"{question.hours * 3600:.3f}s",
        "cases": None,
        "drain": True,
        "warm_up": "none",
    }
    begun = scenario.patched({"run": run})
    digest = hashlib.sha256(f"{begun.sha256}{tuple(cases)!r}".encode()).hexdigest()
    return replace(begun, standing=tuple(cases), sha256=digest)


def _expected(case_id: str, found: list[Replication]) -> Expected:
    ends = np.array([r.figures[Figure(CASE_END, case_id, "")] for r in found])
    return Expected(case_id, *_band(ends[None, :])[:, 0].tolist())


def _curve(role: str, found: list[Replication]) -> QueueCurve:
    steps = sum(figure.group == QUEUE and figure.member == role for figure in found[0].figures)
    waiting = np.array(
        [[r.figures[Figure(QUEUE, role, str(step))] for r in found] for step in range(steps)]
    ).reshape(steps, len(found))
    low, middle, high = (tuple(row.tolist()) for row in _band(waiting))
    return QueueCurve(role, QUEUE_STEP_S, low, middle, high)


def _band(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the three quantiles of each row."""
    return np.asarray(np.quantile(values, BAND, axis=1))
