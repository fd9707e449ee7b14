"""Makes explicit what BPMN lets one leave out, so that an executor meets only plain graphs.

Links become flows; an empty subprocess becomes a task; a scope without a start event gets one;
several flows out of an activity or event become a gateway; where nothing follows comes an end
event. Generated ids have a "/", which no id of a file can have.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.bpmn.events import LINK
from engine.bpmn.processes import parts
from engine.bpmn.vocabulary import GLOBAL_TASKS, q
from engine.domain.process_graph import (
    GATEWAYS,
    SCOPES,
    EventKind,
    FlowNode,
    NodeType,
    SequenceFlow,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from engine.bpmn.notes import Notes

_LINKED = frozenset({q("intermediateThrowEvent"), q("intermediateCatchEvent")})
START = "/start"
SPLIT = "/split"
END = "/end"


@dataclass(slots=True)
class Draft:
    """A graph in the making."""

    key: str
    line: int
    notes: Notes
    nodes: dict[str, FlowNode] = field(default_factory=dict)
    flows: dict[str, SequenceFlow] = field(default_factory=dict)

    def outgoing(self) -> dict[str, list[SequenceFlow]]:
        """Return the flows that leave each node."""
        found: dict[str, list[SequenceFlow]] = {node_id: [] for node_id in self.nodes}
        for flow in self.flows.values():
            found[flow.source].append(flow)
        return found

    def generate(self, node_id: str, type_: NodeType, near: FlowNode) -> FlowNode:
        """Add a node that the file does not have, in the scope and lane of another."""
        made = FlowNode(
            node_id, type_, lane=near.lane, parent=near.parent, is_generated=True, line=near.line
        )
        self.nodes[node_id] = made
        return made

    def connect(self, source: str, target: str, line: int) -> None:
        """Add a flow that the file does not have."""
        flow_id = f"{source}/{target}"
        self.flows[flow_id] = SequenceFlow(flow_id, source, target, line=line, is_generated=True)


def made_explicit(draft: Draft, process: Any) -> None:
    """Rewrite a graph as it was read; what was done is noted by element."""
    _join_links(draft, process)
    _call_global_tasks(draft, process)
    _pass_empty_scopes(draft)
    _attach_handlers(draft, process)
    inside: dict[str | None, list[FlowNode]] = {None: []}
    inside |= {node.id: [] for node in draft.nodes.values() if node.type in SCOPES}
    for node in draft.nodes.values():
        inside[node.parent].append(node)
    entered = {flow.target for flow in draft.flows.values()}
    for scope, nodes in inside.items():
        _add_start(draft, scope, nodes, entered)
    for node_id, flows in draft.outgoing().items():
        node = draft.nodes[node_id]
        if _splits(node, flows):
            _add_split(draft, node, flows)
    for node_id, flows in draft.outgoing().items():
        node = draft.nodes[node_id]
        if not flows and _continues(node):
            _add_end(draft, node)


def _join_links(draft: Draft, process: Any) -> None:
    """A link jumps within its scope from every throwing end to the catching end of its name."""
    events = (part for part in parts(process) if part.tag in _LINKED)
    ends = [link for event in events for link in event.findall(LINK)]
    catching = {
        (event.getparent().get("id"), link_name(event, link)): event.get("id")
        for link in ends
        if (event := link.getparent()).tag == q("intermediateCatchEvent")
    }
    for link in ends:
        event = link.getparent()
        event_id = event.get("id")
        draft.nodes[event_id] = replace(
            draft.nodes[event_id], type=NodeType.INTERMEDIATE_THROW_EVENT, event=None
        )
        if event.tag == q("intermediateThrowEvent"):
            target = catching[event.getparent().get("id"), link_name(event, link)]
            draft.connect(event_id, target, event.sourceline)
            draft.notes.translate(event_id, f"the link is a flow to {target!r}")
        else:
            draft.notes.translate(event_id, "reached by flows from the ends of its link")


def link_name(event: Any, link: Any) -> str:
    """Return the name by which the ends of a link find each other."""
    return (link.get("name") or event.get("name") or "").strip()


def _call_global_tasks(draft: Draft, process: Any) -> None:
    types = {
        element.get("id"): GLOBAL_TASKS[element.tag]
        for element in process.getparent()
        if element.tag in GLOBAL_TASKS
    }
    for node in list(draft.nodes.values()):
        if node.called is not None and node.called.key in types:
            type_ = types[node.called.key]
            draft.nodes[node.id] = replace(node, type=type_, called=None)
            draft.notes.translate(node.id, f"the global task is done in place, as a {type_}")


def _pass_empty_scopes(draft: Draft) -> None:
    filled = {node.parent for node in draft.nodes.values()}
    for node in list(draft.nodes.values()):
        if node.type in SCOPES and node.id not in filled and not node.is_event_sub_process:
            draft.nodes[node.id] = replace(node, type=NodeType.TASK)
            draft.notes.translate(node.id, "the subprocess is empty and passed like a plain task")


def _attach_handlers(draft: Draft, process: Any) -> None:
    """The association of a compensation boundary event leads to the activity that undoes."""
    for source, target in associations(process):
        event, handler = draft.nodes.get(source), draft.nodes.get(target)
        if event is None or handler is None or not _compensates(event):
            continue
        draft.nodes[source] = replace(event, compensated_by=target)
        if not handler.is_for_compensation:
            draft.nodes[target] = replace(handler, is_for_compensation=True)
            draft.notes.translate(target, "undoes an activity, as the association says")


def associations(process: Any) -> Iterator[tuple[str, str]]:
    """Return the ends of the associations of a process."""
    for association in process.iter(q("association")):
        yield association.get("sourceRef", ""), association.get("targetRef", "")


def _compensates(node: FlowNode) -> bool:
    is_boundary = node.type is NodeType.BOUNDARY_EVENT
    return is_boundary and node.event is not None and node.event.kind is EventKind.COMPENSATION


def _add_start(
    draft: Draft, scope: str | None, inside: Sequence[FlowNode], entered: Collection[str]
) -> None:
    holder = draft.nodes[scope] if scope is not None else None
    is_triggered = holder is not None and holder.is_event_sub_process
    if is_triggered or any(node.type is NodeType.START_EVENT for node in inside):
        return
    first = [node for node in inside if node.id not in entered and _begins(node)]
    if not first:
        return
    scope_id = scope or draft.key
    start = draft.generate(f"{scope_id}{START}", NodeType.START_EVENT, first[0])
    for node in first:  # several: the start event is split in its turn
        draft.connect(start.id, node.id, node.line)
    words = ", ".join(repr(node.id) for node in first)
    draft.notes.translate(scope_id, f"there is no start event: it begins at {words}")


def _begins(node: FlowNode) -> bool:
    return not (
        node.type is NodeType.BOUNDARY_EVENT
        or node.is_event_sub_process
        or node.is_for_compensation
    )


def _splits(node: FlowNode, flows: list[SequenceFlow]) -> bool:
    if node.type in GATEWAYS:
        return False
    return len(flows) > 1 or any(flow.condition is not None for flow in flows)


def _add_split(draft: Draft, node: FlowNode, flows: list[SequenceFlow]) -> None:
    """A flow without a condition is always taken, one with a condition if it is true."""
    has_conditions = node.default_flow is not None or any(flow.condition for flow in flows)
    type_ = NodeType.INCLUSIVE_GATEWAY if has_conditions else NodeType.PARALLEL_GATEWAY
    split = draft.generate(f"{node.id}{SPLIT}", type_, node)
    if has_conditions:
        draft.nodes[split.id] = replace(split, default_flow=node.default_flow)
        draft.nodes[node.id] = replace(node, default_flow=None)
    for flow in flows:
        is_always = has_conditions and flow.condition is None and flow.id != node.default_flow
        condition = "true" if is_always else flow.condition
        draft.flows[flow.id] = replace(flow, source=split.id, condition=condition)
    draft.connect(node.id, split.id, node.line)
    words = "those flows are taken whose condition is true" if has_conditions else "all are taken"
    draft.notes.translate(node.id, f"several flows leave: {words}")


def _continues(node: FlowNode) -> bool:
    if node.type is NodeType.END_EVENT or node.is_event_sub_process or node.is_for_compensation:
        return False
    return not _compensates(node)


def _add_end(draft: Draft, node: FlowNode) -> None:
    end = draft.generate(f"{node.id}{END}", NodeType.END_EVENT, node)
    draft.connect(node.id, end.id, node.line)
    draft.notes.translate(node.id, "nothing follows: the way ends here")
