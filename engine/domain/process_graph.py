"""The structure of a process: what simulation and KPIs see of BPMN.

Read-only and free of XML: nodes, sequence flows and lanes in the order of the file, which
is the only order that ever decides anything (never the coordinates of the diagram).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.domain.node_content import (
    Binding,
    CalledDecision,
    CalledProcess,
    DataMapping,
    EventDefinition,
    EventKind,
    Loop,
    LoopKind,
    Script,
    TaskAssignment,
    TimerDefinition,
    TimerKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ACTIVITIES",
    "EVENTS",
    "GATEWAYS",
    "SCOPES",
    "Binding",
    "CalledDecision",
    "CalledProcess",
    "DataMapping",
    "EventDefinition",
    "EventKind",
    "FlowNode",
    "Lane",
    "Loop",
    "LoopKind",
    "NodeType",
    "ProcessGraph",
    "Script",
    "SequenceFlow",
    "TaskAssignment",
    "TimerDefinition",
    "TimerKind",
]


class NodeType(StrEnum):
    """The flow nodes that are executed; the values are the element names of BPMN 2.0."""

    START_EVENT = "startEvent"
    END_EVENT = "endEvent"
    INTERMEDIATE_CATCH_EVENT = "intermediateCatchEvent"
    INTERMEDIATE_THROW_EVENT = "intermediateThrowEvent"
    BOUNDARY_EVENT = "boundaryEvent"
    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SERVICE_TASK = "serviceTask"
    SCRIPT_TASK = "scriptTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    SUB_PROCESS = "subProcess"
    TRANSACTION = "transaction"
    CALL_ACTIVITY = "callActivity"
    EXCLUSIVE_GATEWAY = "exclusiveGateway"
    PARALLEL_GATEWAY = "parallelGateway"
    INCLUSIVE_GATEWAY = "inclusiveGateway"
    EVENT_BASED_GATEWAY = "eventBasedGateway"


GATEWAYS = frozenset(
    {
        NodeType.EXCLUSIVE_GATEWAY,
        NodeType.PARALLEL_GATEWAY,
        NodeType.INCLUSIVE_GATEWAY,
        NodeType.EVENT_BASED_GATEWAY,
    }
)
EVENTS = frozenset(
    {
        NodeType.START_EVENT,
        NodeType.END_EVENT,
        NodeType.INTERMEDIATE_CATCH_EVENT,
        NodeType.INTERMEDIATE_THROW_EVENT,
        NodeType.BOUNDARY_EVENT,
    }
)
SCOPES = frozenset({NodeType.SUB_PROCESS, NodeType.TRANSACTION})
ACTIVITIES = frozenset(NodeType) - GATEWAYS - EVENTS


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane groups the flow nodes that one group of people performs."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FlowNode:
    """An activity, event or gateway."""

    id: str
    type: NodeType
    name: str = ""
    lane: str | None = None  # id of its lane, or of the lane of its subprocess
    parent: str | None = None  # id of the subprocess that holds it; None: the process
    form_key: str | None = None  # user tasks and start events
    event: EventDefinition | None = None  # None on events: a plain ("none") event
    attached_to: str | None = None  # boundary events: id of the activity
    is_interrupting: bool = True  # boundary events, start events of event subprocesses
    is_event_sub_process: bool = False  # subprocesses: started by their start event, not by a flow
    is_for_compensation: bool = False  # activities: run only to undo, reached by an association
    compensated_by: str | None = None  # compensation boundary events: id of the handler
    default_flow: str | None = None  # gateways with conditions
    loop: Loop | None = None
    connector: str | None = None  # service and send tasks, throwing message events: what is called
    script: Script | None = None
    decision: CalledDecision | None = None
    called: CalledProcess | None = None
    inputs: tuple[DataMapping, ...] = ()  # activities: into values only they see
    outputs: tuple[DataMapping, ...] = ()  # activities: out again; none: what they wrote
    assignment: TaskAssignment | None = None  # user and manual tasks
    is_generated: bool = False  # stands for an implicit split, merge or end of the file
    documentation: str = ""
    line: int = 0  # in the BPMN file

    @property
    def timer(self) -> TimerDefinition | None:
        """Return when a timer event fires; None if it is no timer event."""
        return self.event.timer if self.event is not None else None

    @property
    def is_terminate(self) -> bool:
        """Return whether an end event ends every token of its scope."""
        return self.event is not None and self.event.kind is EventKind.TERMINATE


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """The way of a token from one flow node to another."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    line: int = 0
    is_generated: bool = False  # leads to or from a generated node, or stands for a link


@dataclass(frozen=True)
class ProcessGraph:
    """A process definition as a directed graph, in the order of the BPMN file.

    Nodes of subprocesses stand beside the others and name their ``parent``; a sequence flow
    never leaves a subprocess.
    """

    key: str  # id of the process element
    name: str
    nodes: Mapping[str, FlowNode]
    flows: Mapping[str, SequenceFlow]
    lanes: Mapping[str, Lane]
    zone: str | None = None  # name of the time zone in which the process counts days
    _outgoing: dict[str, tuple[SequenceFlow, ...]] = field(init=False, repr=False, compare=False)
    _incoming: dict[str, tuple[SequenceFlow, ...]] = field(init=False, repr=False, compare=False)
    _boundary: dict[str, tuple[FlowNode, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        outgoing: dict[str, list[SequenceFlow]] = {node_id: [] for node_id in self.nodes}
        incoming: dict[str, list[SequenceFlow]] = {node_id: [] for node_id in self.nodes}
        for flow in self.flows.values():
            outgoing[flow.source].append(flow)
            incoming[flow.target].append(flow)
        boundary: dict[str, list[FlowNode]] = {}
        for node in self.nodes.values():
            if node.attached_to is not None:
                boundary.setdefault(node.attached_to, []).append(node)
        object.__setattr__(self, "_boundary", {n: tuple(e) for n, e in boundary.items()})
        object.__setattr__(self, "_outgoing", {n: tuple(f) for n, f in outgoing.items()})
        object.__setattr__(self, "_incoming", {n: tuple(f) for n, f in incoming.items()})

    def outgoing(self, node_id: str) -> tuple[SequenceFlow, ...]:
        """Return the sequence flows that leave a node."""
        return self._outgoing[node_id]

    def incoming(self, node_id: str) -> tuple[SequenceFlow, ...]:
        """Return the sequence flows that enter a node."""
        return self._incoming[node_id]

    def of_type(self, *types: NodeType) -> tuple[FlowNode, ...]:
        """Return the nodes of these types."""
        return tuple(node for node in self.nodes.values() if node.type in types)

    def boundary_events(self, activity_id: str) -> tuple[FlowNode, ...]:
        """Return the events attached to an activity."""
        return self._boundary.get(activity_id, ())

    def children(self, parent: str | None) -> tuple[FlowNode, ...]:
        """Return the nodes that a subprocess holds directly; None: the process itself."""
        return tuple(node for node in self.nodes.values() if node.parent == parent)
