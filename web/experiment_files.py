"""The folder of one study: what is written there and how its state is read from it."""

from __future__ import annotations

import fcntl
import os
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REQUEST, PROGRESS, RESULT, OUTCOME = "request.json", "progress.json", "result.json", "outcome.json"
ALIVE, CANCEL, LOG = "alive.lock", "cancel", "job.log"
CASES = "cases.csv"  # the recorded cases that something is learnt from; gone when it is learnt
KEPT = "replications"  # beside the folders: what one study computed serves the next


def model_file(number: int) -> str:
    """Return the name of the copy of a simulated model, counted from the baseline's 0."""
    return f"model_{number}.bpmn"


class Kind(StrEnum):
    """What a study asks of its scenarios."""

    COMPARISON = "comparison"  # the baseline beside its alternatives
    SENSITIVITY = "sensitivity"  # what matters: each assumption a little larger and smaller
    SCREENING = "screening"  # what matters: all assumptions moved together
    SELECTION = "selection"  # the best of the baseline and its alternatives
    STAFFING = "staffing"  # how many people to have
    FORECAST = "forecast"  # what becomes of the cases that are open now
    LEARNING = "learning"  # what the recorded cases tell of a process

    @property
    def is_of_a_moment(self) -> bool:
        """Whether it began from cases as they were then, which are not kept."""
        return self in {Kind.FORECAST, Kind.LEARNING}

    @property
    def is_confidential(self) -> bool:
        """Whether only those who may see every case may see it."""
        return self.is_of_a_moment


class RunState(StrEnum):
    """The life of a study."""

    WAITING = "waiting"  # another study has the machine
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # the job ended without saying how

    @property
    def is_unfinished(self) -> bool:
        """Whether the study may still come to a result by itself."""
        return self in {RunState.WAITING, RunState.RUNNING}


@dataclass(frozen=True, slots=True)
class Variant:
    """A scenario file and the merge patch that is put on top of it."""

    path: str
    name: Mapping[str, str]  # by language
    patch: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StudyRequest:
    """What somebody wants to know; ``question`` holds what only its kind asks for."""

    process_key: str
    baseline: Variant
    alternatives: tuple[Variant, ...]
    replications: int | None  # None: as many as a precision needs
    seed: int | None  # None: that of the scenario
    by: str | None = None
    kind: Kind = Kind.COMPARISON
    question: Mapping[str, Any] = field(default_factory=dict)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Every scenario of the study, the baseline first."""
        return (self.baseline, *self.alternatives)

    def submitted_again(self, by: str | None) -> StudyRequest:
        """Return the same request in the name of another person."""
        return replace(self, by=by)

    def to_json(self) -> dict[str, object]:
        """Return JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> StudyRequest:
        """Read what ``to_json`` wrote; before there were kinds, all were comparisons."""
        return cls(
            process_key=values["process_key"],
            baseline=Variant(**values["baseline"]),
            alternatives=tuple(Variant(**variant) for variant in values["alternatives"]),
            replications=values["replications"],
            seed=values["seed"],
            by=values["by"],
            kind=Kind(values.get("kind", Kind.COMPARISON)),
            question=values.get("question", {}),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a study is, in replications; a total of 0: nobody knows how many it takes."""

    done: int = 0
    total: int = 0
    elapsed_s: float = 0.0

    @property
    def share(self) -> float:
        """The finished share, 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds that the rest will take at the pace so far; None while nothing is known."""
        if not self.done or not self.total:
            return None
        return self.elapsed_s * (self.total - self.done) / self.done


@dataclass(frozen=True, slots=True)
class ExperimentRun:
    """A study as people see it."""

    id: str
    request: StudyRequest
    submitted_at: datetime
    state: RunState
    progress: Progress
    problem: str | None = None  # why it failed, in words

    @property
    def can_go_on(self) -> bool:
        """Whether it stopped on the way, and what it began from is still known."""
        stopped = self.state in {RunState.CANCELLED, RunState.INTERRUPTED}
        return stopped and not self.request.kind.is_of_a_moment


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the JSON object in a file, or None if there is no such file."""
    try:
        return cast("dict[str, Any]", orjson.loads(path.read_bytes()))
    except FileNotFoundError:
        return None


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write a JSON file so that a reader sees all of it or nothing."""
    partial = path.with_suffix(".partial")
    partial.write_bytes(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY))
    partial.replace(path)


def forget_cases(folder: Path) -> None:
    """Leave nothing in a folder of the cases that a study began from."""
    (folder / CASES).unlink(missing_ok=True)
    request = read_json(folder / REQUEST)
    if request is not None and request.get("kind") == Kind.FORECAST:
        write_json(folder / REQUEST, {**request, "question": {**request["question"], "cases": []}})


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock on a file."""
    try:
        lock = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: readers do not meet
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def read_run(folder: Path) -> ExperimentRun:
    """Read a study and find out its state."""
    request = read_json(folder / REQUEST) or {}
    held = is_held(folder / ALIVE)  # before the endings: a job that ends now has written one
    progress = read_json(folder / PROGRESS)
    outcome = read_json(folder / OUTCOME)
    return ExperimentRun(
        id=folder.name,
        request=StudyRequest.from_json(request),
        submitted_at=datetime.fromisoformat(request["submitted_at"]),
        state=_state(folder, outcome, is_alive=held, has_begun=progress is not None),
        progress=Progress(**progress) if progress else Progress(),
        problem=outcome["problem"] if outcome else None,
    )


def _state(
    folder: Path, outcome: Mapping[str, Any] | None, *, is_alive: bool, has_begun: bool
) -> RunState:
    if outcome is not None:
        return RunState(outcome["state"])
    if is_alive:
        return RunState.RUNNING if has_begun else RunState.WAITING
    return RunState.CANCELLED if (folder / CANCEL).exists() else RunState.INTERRUPTED
