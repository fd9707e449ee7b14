"""The scenarios of the process library: what can be rehearsed, and who works there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.errors import NotFound
from web.library import ProcessFolder, read_library

if TYPE_CHECKING:
    from pathlib import Path

    from simulation.scenario.load import Scenario


@dataclass(frozen=True)
class Shipped:
    """A scenario of a process folder, loaded and checked."""

    variant: str  # as_is, to_be, or the name of the file of a what-if
    path: Path
    scenario: Scenario

    @property
    def process_key(self) -> str:
        """The process that the scenario's model defines."""
        return self.scenario.graph.key


@dataclass(frozen=True)
class Rehearsal:
    """A process folder with its scenarios; the first is the way of working today."""

    folder: ProcessFolder
    scenarios: tuple[Shipped, ...]

    @property
    def of_models(self) -> tuple[Shipped, ...]:
        """The scenarios of the models themselves, without the what-ifs."""
        return tuple(s for s in self.scenarios if s.variant in self.folder.models)

    def variant(self, name: str) -> Shipped | None:
        """Return the scenario of a variant."""
        return next((s for s in self.scenarios if s.variant == name), None)


def rehearsals() -> list[Rehearsal]:
    """Return every process folder that has scenarios; first those that are run as rehearsed."""
    found = [_rehearsal(folder) for folder in read_library()]
    return sorted(
        (rehearsal for rehearsal in found if rehearsal.scenarios),
        key=lambda rehearsal: rehearsal.variant(rehearsal.folder.default) is None,
    )


def rehearsal_of(process_key: str) -> Rehearsal:
    """Return the folder that holds a process, by the key of any of its models."""
    for rehearsal in rehearsals():
        keys = {rehearsal.folder.key, *(s.process_key for s in rehearsal.scenarios)}
        if process_key in keys:
            return rehearsal
    raise NotFound("scenario for process", process_key)


def scenario_of(process_key: str) -> Scenario | None:
    """Return the scenario whose model defines a process; None for a process without one."""
    shipped = (s for rehearsal in rehearsals() for s in rehearsal.scenarios)
    return next((s.scenario for s in shipped if s.process_key == process_key), None)


def _rehearsal(folder: ProcessFolder) -> Rehearsal:
    ordered = sorted(folder.models.values(), key=lambda files: files.variant != folder.default)
    named = [(files.variant, files.scenario) for files in ordered if files.scenario is not None]
    named += [(path.stem, path) for path in folder.what_ifs]
    stamp = max(path.stat().st_mtime_ns for path in folder.folder.iterdir())
    return Rehearsal(
        folder, tuple(Shipped(name, path, _loaded(path, stamp)) for name, path in named)
    )


@lru_cache(maxsize=64)
def _loaded(path: Path, stamp: int) -> Scenario:
    """Load a scenario once per change of its folder: it may extend others that lie there."""
    from simulation.scenario.load import load  # Pydantic and scipy: only rehearsals wait for them

    return load(path)
