"""The error tree of the simulation.

SimulationError
├── ScenarioInvalid         a scenario file cannot be used; carries problems
├── SimulationFailed        a run cannot go on: a case is caught in a loop
├── CheckFailed             a run breaks a law that holds for every run: a fault of ours
├── ArrivalsRefused         more cases, or later ones, than a run can hold
├── ChoicesRefused          what an optimiser may choose is not what the scenario has
├── CaseNotPlaced           an open case stands where a run cannot begin
├── WorkersRefused          nobody is there to carry out replications
├── WorkersLost             those who carried them out died again and again
└── ExperimentCancelled     somebody stopped the experiment
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import PortableError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a scenario: where, what stands there, what is allowed."""

    source: str
    field: str
    value: object
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        shown = "" if self.value is None else f" {_short(self.value)}"
        return f"{place}: {self.field or 'the document'}:{shown} {self.message}"


class SimulationError(PortableError):
    """A rule of the simulation is broken."""


class ScenarioInvalid(SimulationError):
    """A scenario is used only if every field of it is understood."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class SimulationFailed(SimulationError):
    """Every case must reach an end."""

    def __init__(self, element_id: str, reason: str) -> None:
        super().__init__(f"element {element_id!r}: {reason}")
        self.element_id, self.reason = element_id, reason


class ArrivalsRefused(SimulationError):
    """A run stays within what a computer and a calendar can hold."""

    def __init__(self, start_event: str, reason: str) -> None:
        super().__init__(f"arrivals.{start_event}: {reason}")
        self.start_event, self.reason = start_event, reason


class CheckFailed(SimulationError):
    """A run that breaks a law of queues is no result."""

    def __init__(self, checks: Sequence[str], *, seed: int, replication: int) -> None:
        super().__init__(
            f"replication {replication} (seed {seed}) breaks {', '.join(checks)}: this is a fault"
            " of the simulator, please report it with the scenario"
        )
        self.checks, self.seed, self.replication = tuple(checks), seed, replication


class ChoicesRefused(SimulationError):
    """An optimiser chooses among what the scenario has."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


class CaseNotPlaced(SimulationError):
    """A run begins with open cases only where it knows how they go on."""

    def __init__(self, case_id: str, element_id: str, reason: str) -> None:
        super().__init__(f"case {case_id!r} at {element_id!r}: {reason}")
        self.case_id, self.element_id, self.reason = case_id, element_id, reason


class WorkersRefused(SimulationError):
    """Replications are carried out by processes of this machine or by a cluster that answers."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"executor {setting!r}: {reason}")
        self.setting, self.reason = setting, reason


class WorkersLost(SimulationError):
    """A worker that is lost is replaced, but not for ever."""

    def __init__(self, finished: int, planned: int) -> None:
        super().__init__(
            f"the processes that simulate were ended again and again after {finished} of {planned}"
            " replications, probably for lack of memory; use fewer of them at a time"
        )
        self.finished, self.planned = finished, planned


class ExperimentCancelled(SimulationError):
    """An experiment that is stopped early gives what is finished, or nothing."""

    def __init__(self, finished: int, planned: int) -> None:
        super().__init__(f"stopped after {finished} of {planned} replications")
        self.finished, self.planned = finished, planned


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
