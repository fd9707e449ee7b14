"""The process library: one folder per service process with its models, forms and scenarios."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import orjson
import yaml

import processes
from engine.domain.escalation import InvalidLadder
from web.ladders import ladders_for, read_ladders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.domain.escalation import EscalationLadder
    from engine.domain.process_graph import ProcessGraph
    from web.ladders import Steps

SHIPPED = Path(processes.__file__).parent / "bpmn"


class InvalidProcessFolder(ValueError):
    """A process folder says in process.yaml what is in it."""

    def __init__(self, source: Path, problem: str) -> None:
        super().__init__(f"{source}: {problem}")
        self.source, self.problem = source, problem


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """One variant of a process: the BPMN file and the scenario that rehearses it."""

    variant: str  # as_is, to_be, …
    model: Path
    scenario: Path | None


@dataclass(frozen=True)
class ProcessFolder:
    """What process.yaml says of a folder."""

    key: str
    folder: Path
    names: Mapping[str, str]  # by language
    models: Mapping[str, ModelFiles]
    default: str  # the variant that is run
    lanes: Mapping[str, str] = field(default_factory=dict)  # lane id → group
    external_lanes: frozenset[str] = frozenset()  # work of customers: costs no staff time
    escalation: Mapping[str, Steps] = field(default_factory=dict)  # by element
    what_ifs: tuple[Path, ...] = ()  # scenarios beside those of the models

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read process.yaml, or raise InvalidProcessFolder."""
        source = folder / "process.yaml"
        try:
            values = yaml.safe_load(source.read_text(encoding="utf-8"))
            return cls._from_values(folder, values)
        except (OSError, yaml.YAMLError, InvalidLadder) as error:
            raise InvalidProcessFolder(source, str(error)) from error
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidProcessFolder(source, f"{error} is missing or misshapen") from error

    @classmethod
    def _from_values(cls, folder: Path, values: Mapping[str, Any]) -> Self:
        models = {
            variant: ModelFiles(
                variant=variant,
                model=folder / files["file"],
                scenario=folder / files["scenario"] if files.get("scenario") else None,
            )
            for variant, files in values["models"].items()
        }
        if values["default"] not in models:
            raise KeyError("the default model")
        return cls(
            key=values["key"],
            folder=folder,
            names=values["name"],
            models=models,
            default=values["default"],
            lanes=values.get("lanes") or {},
            external_lanes=frozenset(values.get("external_lanes") or ()),
            escalation=read_ladders(values.get("escalation")),
            what_ifs=tuple(folder / name for name in values.get("what_ifs") or ()),
        )

    def forms(self) -> dict[str, Mapping[str, object]]:
        """Return the forms by the key under which the models name them."""
        return read_forms(self.folder / "forms")

    def decisions(self) -> dict[str, bytes]:
        """Return the DMN files by name."""
        return read_decision_files(self.folder)

    def groups(self, graph: ProcessGraph) -> dict[str, str]:
        """Return who works in the lanes of one of the models."""
        return {lane: group for lane, group in self.lanes.items() if lane in graph.lanes}

    def ladders(self, graph: ProcessGraph) -> list[EscalationLadder]:
        """Return what happens when tasks of one of the models are late."""
        return ladders_for(self.escalation, graph)


def read_forms(folder: Path) -> dict[str, Mapping[str, object]]:
    """Return the form-js schemas of a folder by file name; none if there is no folder."""
    forms = {}
    for path in sorted(folder.glob("*.form")):
        try:
            forms[path.stem] = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            raise InvalidProcessFolder(path, f"not JSON: {error}") from error
    return forms


def read_decision_files(folder: Path) -> dict[str, bytes]:
    """Return the DMN files of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.dmn"))}


def read_library(root: Path = SHIPPED) -> tuple[ProcessFolder, ...]:
    """Return the process folders below a folder, by name."""
    return tuple(ProcessFolder.read(folder) for folder in _folders(root))


def _folders(root: Path) -> Iterator[Path]:
    return (path.parent for path in sorted(root.glob("*/process.yaml")))


def folder_of(model: Path) -> ProcessFolder | None:
    """Return the process folder a BPMN file lies in, None for a file on its own."""
    folder = model.resolve().parent
    return ProcessFolder.read(folder) if (folder / "process.yaml").exists() else None
