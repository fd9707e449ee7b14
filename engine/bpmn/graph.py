"""From XML to ProcessGraph: what simulation, KPIs and our own executor see of BPMN.

Simulation processes import this module: no SpiffWorkflow here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn import vocabulary
from engine.bpmn.read import parse
from engine.bpmn.structure import executable_process, structure_findings
from engine.bpmn.vocabulary import NODES, q
from engine.domain.process_graph import (
    EventDefinition,
    EventKind,
    FlowNode,
    Lane,
    NodeType,
    ProcessGraph,
    SequenceFlow,
    TimerDefinition,
    TimerKind,
)
from engine.errors import InvalidModel, Severity
from engine.expressions import unwrapped

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_graph(xml: bytes, *, source: str) -> ProcessGraph:
    """Read the one process of a BPMN file, or raise InvalidModel.

    Checks the structure: every element is one we know and every reference leads somewhere.
    Whether the process can also be *executed* (conditions, timers, forms) is for ``lint``.
    """
    root = parse(xml, source=source)
    errors = [f for f in structure_findings(root) if f.severity is Severity.ERROR]
    if errors:
        raise InvalidModel(source, errors)
    return build_graph(executable_process(root))


def build_graph(process: Any) -> ProcessGraph:
    """Turn a process element whose structure was checked into a graph."""
    lane_of = _lane_of_node(process)
    nodes = {
        element.get("id"): _node(element, NODES[element.tag], lane_of.get(element.get("id")))
        for element in process
        if element.tag in NODES
    }
    flows = {element.get("id"): _flow(element) for element in process.iter(q("sequenceFlow"))}
    lanes = {
        lane.get("id"): Lane(lane.get("id"), lane.get("name", ""))
        for lane in process.iter(q("lane"))
    }
    key = process.get("id")
    return ProcessGraph(key, process.get("name") or key, nodes, flows, lanes)


def _node(element: Any, type_: NodeType, lane: str | None) -> FlowNode:
    return FlowNode(
        id=element.get("id"),
        type=type_,
        name=element.get("name", ""),
        lane=lane,
        form_key=element.get(vocabulary.FORM_KEY),
        event=_event(element),
        attached_to=element.get("attachedToRef"),
        is_interrupting=element.get("cancelActivity", "true") in {"true", "1"},
        default_flow=element.get("default"),
        connector=element.get(vocabulary.CONNECTOR) or element.get(vocabulary.TOPIC),
        documentation=(element.findtext(q("documentation")) or "").strip(),
        line=element.sourceline,
    )


def _event(element: Any) -> EventDefinition | None:
    if element.find(q("terminateEventDefinition")) is not None:
        return EventDefinition(EventKind.TERMINATE)
    timer = _timer(element)
    return EventDefinition(EventKind.TIMER, timer=timer) if timer is not None else None


def _timer(element: Any) -> TimerDefinition | None:
    for kind in TimerKind:
        text = element.findtext(f"{q('timerEventDefinition')}/{q(kind.value)}")
        if text is not None:
            return TimerDefinition(kind, text.strip())
    return None


def _flow(element: Any) -> SequenceFlow:
    condition = unwrapped(element.findtext(q("conditionExpression")) or "")
    return SequenceFlow(
        id=element.get("id"),
        source=element.get("sourceRef"),
        target=element.get("targetRef"),
        name=element.get("name", ""),
        condition=condition or None,
        line=element.sourceline,
    )


def _lane_of_node(process: Any) -> Mapping[str, str]:
    """The innermost lane of each node: inner lanes come after the lane around them."""
    return {
        (reference.text or "").strip(): lane.get("id")
        for lane in process.iter(q("lane"))
        for reference in lane.findall(q("flowNodeRef"))
    }
