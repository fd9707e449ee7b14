"""What calibration refuses."""

from __future__ import annotations

from simulation.errors import Problem, ScenarioInvalid


class CalibrationRefused(ScenarioInvalid):
    """A scenario is learnt only from a log that tells of the model's process."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__([Problem(source, "the log", None, reason)])
        self.source, self.reason = source, reason
