"""What only an activity that waits sees: the item of its loop, the inputs it was handed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.bpmn import codec
from engine.bpmn.stepping import present

if TYPE_CHECKING:
    from engine.bpmn.program import Program
    from engine.domain.process_graph import FlowNode, ProcessGraph

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # nothing moves


def has_local_values(graph: ProcessGraph, node: FlowNode) -> bool:
    """Return whether a node, or a subprocess around it, has values of its own."""
    around: FlowNode | None = node
    while around is not None:
        if around.inputs or around.loop is not None:
            return True
        around = graph.nodes[around.parent] if around.parent is not None else None
    return False


def local_values(program: Program, state: bytes, *, token: str) -> dict[str, object]:
    """Return the values that only the activity of a token and the scopes around it see."""
    workflow = codec.load(state, program.spec, at=_EPOCH)
    waiting = around = present(workflow, token)
    names: set[str] = set()
    while around is not workflow.task_tree:
        names |= getattr(around.task_spec, "local_names", frozenset())
        around = workflow.scope_of(around)
    return {name: waiting.data[name] for name in sorted(names) if name in waiting.data}
