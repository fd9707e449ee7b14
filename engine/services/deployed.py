"""Deployed processes, compiled: a definition never changes, so each is compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from engine.bpmn.graph import read_graph
from engine.bpmn.program import Decider, compile_graph
from engine.domain.assignment import candidate_group
from engine.domain.form import Form
from engine.domain.process_graph import NodeType
from engine.errors import ExecutionFailed, NotExecutable, NotFound
from engine.store import definitions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.program import Program
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
        """Return the start event of that id, by default the one that waits for nothing.

        A process whose only start event waits for something may be started by hand as well.
        """
        starts = self.graph.of_type(NodeType.START_EVENT)
        events = {node.id: node for node in starts if node.parent is None}
        if element_id is not None:
            if element_id not in events:
                raise NotFound("start event", element_id)
            return events[element_id]
        usual = [node for node in events.values() if node.event is None] or [*events.values()]
        if len(usual) > 1:
            raise ExecutionFailed(self.graph.key, f"say which start event: {', '.join(events)}")
        return usual[0]


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
    if not stored.definition.is_executable:
        raise NotExecutable(stored.definition.key, "it is only drawn, not executable")
    forms = {key: Form.parse(schema, source=f"{key}.form") for key, schema in stored.forms.items()}
    graph = read_graph(stored.xml, source=stored.source, process=stored.definition.key)
    # Lint had its say when it was deployed: a connector that is not installed any more fails
    # the calls, not the whole process.
    program = compile_graph(graph, asked=Decider(stored.decisions))
    return DeployedProcess(stored.definition, program, forms, stored.groups)
