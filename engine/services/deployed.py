"""Deployed processes, compiled: a definition never changes, so each is compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from engine.bpmn.run import compile_model
from engine.domain.assignment import candidate_group
from engine.domain.form import Form
from engine.domain.process_graph import NodeType
from engine.errors import ExecutionFailed, NotFound
from engine.store import definitions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.run import Program
    from engine.domain.instance import ProcessDefinition
    from engine.domain.process_graph import FlowNode, ProcessGraph
    from engine.store.database import Transaction


@dataclass(frozen=True, slots=True)
class DeployedProcess:
    """A definition ready to run, with its forms and the groups that work in its lanes."""

    definition: ProcessDefinition
    program: Program
    forms: Mapping[str, Form]
    groups: Mapping[str, str]  # by lane

    @property
    def graph(self) -> ProcessGraph:
        """Return the structure of the process."""
        return self.program.graph

    def group_of(self, node: FlowNode) -> str | None:
        """Return the group that a task is offered to; None: everybody."""
        return candidate_group(node, self.groups)

    def form_of(self, node: FlowNode) -> Form | None:
        """Return the form of a task or start event."""
        return self.forms[node.form_key] if node.form_key is not None else None

    def start_event(self, element_id: str | None) -> FlowNode:
        """Return the start event of that id, by default the only one."""
        events = {node.id: node for node in self.graph.of_type(NodeType.START_EVENT)}
        if element_id is not None:
            if element_id not in events:
                raise NotFound("start event", element_id)
            return events[element_id]
        if len(events) > 1:
            raise ExecutionFailed(self.graph.key, f"say which start event: {', '.join(events)}")
        return next(iter(events.values()))


class DeployedProcesses:
    """The processes compiled so far, shared by all threads."""

    def __init__(self) -> None:
        self._lock, self._compiled = Lock(), dict[int, DeployedProcess]()

    def get(self, tx: Transaction, definition_id: int) -> DeployedProcess:
        """Return a definition ready to run; NotFound if there is none."""
        found = self._compiled.get(definition_id)
        if found is not None:
            return found
        with self._lock:
            if definition_id not in self._compiled:
                self._compiled[definition_id] = _compile(tx, definition_id)
            return self._compiled[definition_id]


def _compile(tx: Transaction, definition_id: int) -> DeployedProcess:
    stored = definitions.load(tx, definition_id)
    if stored is None:
        raise NotFound("process definition", definition_id)
    forms = {key: Form.parse(schema, source=f"{key}.form") for key, schema in stored.forms.items()}
    program = compile_model(stored.xml, source=stored.source)
    return DeployedProcess(stored.definition, program, forms, stored.groups)
