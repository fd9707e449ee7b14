"""The shipped models, one entry a BPMN file, and what the tests read of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.bpmn.dmn import read_decisions
from engine.bpmn.graph import read_graph
from engine.domain.form import Form
from engine.expressions import compile_expression
from web.library import ProcessFolder, read_library

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.domain.process_graph import ProcessGraph


@dataclass(frozen=True)
class ShippedModel:
    """One BPMN file of the library with its folder."""

    folder: ProcessFolder
    path: Path
    scenario: Path | None

    def __str__(self) -> str:
        return f"{self.folder.key}/{self.path.stem}"

    @cached_property
    def xml(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def graph(self) -> ProcessGraph:
        return read_graph(self.xml, source=self.path.name)

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        schemas = self.folder.forms()
        return {key: Form.parse(schema, source=key) for key, schema in schemas.items()}

    @cached_property
    def decision_ids(self) -> set[str]:
        files = self.folder.decisions()
        return {id_ for name in files for id_ in read_decisions(files[name], source=name)}

    @property
    def form_keys(self) -> set[str]:
        """The forms that the model names."""
        return {node.form_key for node in self.graph.nodes.values() if node.form_key}

    @property
    def decides_by(self) -> list[str]:
        """The case data that the conditions of the model read."""
        conditions = (flow.condition for flow in self.graph.flows.values() if flow.condition)
        return sorted({name for text in conditions for name in compile_expression(text).names})


SHIPPED = [
    ShippedModel(folder, files.model, files.scenario)
    for folder in read_library()
    for files in folder.models.values()
]
# A drawing is rehearsed, never run.
MODELS = [model for model in SHIPPED if b'isExecutable="false"' not in model.xml]

# Those that can be rehearsed; the tests of tests/acceptance walk through the others.
REHEARSED = [model for model in MODELS if model.scenario is not None]
