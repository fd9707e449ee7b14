"""From XML to ProcessGraph: what simulation, KPIs and our own executor see of BPMN.

Simulation processes import this module: no SpiffWorkflow here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.bpmn.activities import (
    called_of,
    connector_of,
    decision_of,
    inputs_of,
    is_feel_script,
    outputs_of,
    script_of,
)
from engine.bpmn.dialects import Extensions
from engine.bpmn.events import event_of
from engine.bpmn.notes import Notes
from engine.bpmn.people import assignment_of, form_key_of
from engine.bpmn.processes import parts, process_element, scopes
from engine.bpmn.read import parse
from engine.bpmn.references import References, Written, expression_of, text_of
from engine.bpmn.repetition import loop_of
from engine.bpmn.rewrite import Draft, made_explicit
from engine.bpmn.structure import blocks_reading, structure_findings
from engine.bpmn.vocabulary import NODES, TRUE, q
from engine.domain.process_graph import (
    ACTIVITIES,
    SCOPES,
    FlowNode,
    Lane,
    NodeType,
    ProcessGraph,
    SequenceFlow,
)
from engine.errors import Finding, InvalidModel, NotFound, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


_FLOW_IN, _FLOW_OUT = q("dataInputAssociation"), q("dataOutputAssociation")
_COMPUTING = ("assignment", "transformation")


@dataclass(frozen=True, slots=True)
class Reading:
    """A graph, and what reading had to say about it."""

    graph: ProcessGraph
    notes: Notes = field(default_factory=Notes)


def read_graph(xml: bytes, *, source: str, process: str | None = None) -> ProcessGraph:
    """Read a process of a BPMN file, or raise InvalidModel.

    ``process`` is its id; by default the first executable one is read, else the first. Checks
    the structure: every element is one we know and every reference leads somewhere. Whether the
    process can also be *executed* (conditions, timers, forms) is for ``lint``.
    """
    root = parse(xml, source=source)
    try:
        element = process_element(root, process)
    except NotFound as missing:
        raise InvalidModel(source, [Finding("no-process", str(missing), line=1)]) from None
    references = References(root)
    errors = [f for f in structure_findings(element, references) if f.severity is Severity.ERROR]
    if any(map(blocks_reading, errors)):
        raise InvalidModel(source, errors)
    return read_process(element, references).graph


def read_process(process: Any, references: References) -> Reading:
    """Turn a process element whose structure was checked into a graph."""
    notes = Notes()
    lane_of = _lane_of_node(process)
    draft = Draft(process.get("id"), process.sourceline, notes)
    for scope in scopes(process):
        lane_of |= _lanes_of_children(scope, lane_of)
    for element in (part for part in parts(process) if part.tag in NODES):
        written = Written(element, Extensions(element), references, notes)
        draft.nodes[element.get("id")] = _node(written, process, lane_of)
        written.words.report(notes)
    flows = (part for part in parts(process) if part.tag == q("sequenceFlow"))
    draft.flows |= {flow.get("id"): _flow(flow) for flow in flows}
    made_explicit(draft, process)
    words = Extensions(process)
    zone = words.attribute("timeZone")
    words.report(notes)
    lanes = {
        lane.get("id"): Lane(lane.get("id"), lane.get("name", ""))
        for lane in process.iter(q("lane"))
    }
    key = process.get("id")
    name = process.get("name") or key
    return Reading(ProcessGraph(key, name, draft.nodes, draft.flows, lanes, zone), notes)


def _node(written: Written, process: Any, lane_of: Mapping[str, str]) -> FlowNode:
    element = written.element
    parent = element.getparent()
    type_ = NodeType.TASK if is_feel_script(written) else NODES[element.tag]
    is_boundary = type_ is NodeType.BOUNDARY_EVENT
    _pass_data_flows(written)
    interrupts = element.get("isInterrupting", element.get("cancelActivity", "true"))
    return FlowNode(
        id=written.id,
        type=type_,
        name=element.get("name", ""),
        lane=lane_of.get(written.id),
        parent=None if parent is process else parent.get("id"),
        form_key=form_key_of(written),
        event=event_of(written),
        attached_to=element.get("attachedToRef") if is_boundary else None,
        is_interrupting=interrupts in TRUE,
        is_event_sub_process=type_ in SCOPES and element.get("triggeredByEvent") in TRUE,
        is_for_compensation=type_ in ACTIVITIES and element.get("isForCompensation") in TRUE,
        default_flow=element.get("default"),
        loop=loop_of(written),
        connector=connector_of(written),
        script=script_of(written),
        decision=decision_of(written),
        called=called_of(written),
        inputs=inputs_of(written),
        outputs=outputs_of(written),
        assignment=assignment_of(written),
        documentation=text_of(element, "documentation") or "",
        line=element.sourceline,
    )


def _pass_data_flows(written: Written) -> None:
    """Data associations are a drawing, unless one would give a value another name."""
    element = written.element
    out = element.findall(_FLOW_OUT)
    if out or element.find(_FLOW_IN) is not None:
        written.translate("data associations are drawn only: values belong to the case")
    for flow in out:
        for part in _COMPUTING:
            if flow.find(q(part)) is not None:
                message = f"the {part} of a data association is not carried out; use tf:output"
                written.refuse("bad-mapping", message)
        source, target = (text_of(flow, end) or "" for end in ("sourceRef", "targetRef"))
        given = written.references.data_names.get(source)
        wanted = written.references.properties.get(target)
        if None not in {given, wanted} and given != wanted:
            message = f"value {given!r} would become {wanted!r}; hand it out with tf:output"
            written.refuse("bad-mapping", message)


def _flow(element: Any) -> SequenceFlow:
    return SequenceFlow(
        id=element.get("id"),
        source=element.get("sourceRef"),
        target=element.get("targetRef"),
        name=element.get("name", ""),
        condition=expression_of(element, "conditionExpression"),
        line=element.sourceline,
    )


def _lane_of_node(process: Any) -> dict[str, str]:
    """The innermost lane of each node: inner lanes come after the lane around them."""
    return {
        (reference.text or "").strip(): lane.get("id")
        for lane in process.iter(q("lane"))
        for reference in lane.findall(q("flowNodeRef"))
    }


def _lanes_of_children(scope: Any, lane_of: Mapping[str, str]) -> dict[str, str]:
    """Nodes of a subprocess that stand in no lane of their own are in its lane."""
    lane = lane_of.get(scope.get("id"))
    if lane is None:
        return {}
    nodes = (child.get("id") for child in scope if child.tag in NODES)
    return {node_id: lane for node_id in nodes if node_id not in lane_of}
