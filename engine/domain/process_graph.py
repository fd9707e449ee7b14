"""The structure of a process: what simulation and KPIs see of BPMN.

Read-only and free of XML: nodes, sequence flows and lanes in the order of the file, which
is the only order that ever decides anything (never the coordinates of the diagram).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class NodeType(StrEnum):
    """The flow nodes that are executed; the values are the element names of BPMN 2.0."""

    START_EVENT = "startEvent"
    END_EVENT = "endEvent"
    INTERMEDIATE_CATCH_EVENT = "intermediateCatchEvent"
    BOUNDARY_EVENT = "boundaryEvent"
    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SERVICE_TASK = "serviceTask"
    EXCLUSIVE_GATEWAY = "exclusiveGateway"
    PARALLEL_GATEWAY = "parallelGateway"
    INCLUSIVE_GATEWAY = "inclusiveGateway"


ACTIVITIES = frozenset(
    {NodeType.TASK, NodeType.USER_TASK, NodeType.MANUAL_TASK, NodeType.SERVICE_TASK}
)
GATEWAYS = frozenset(
    {NodeType.EXCLUSIVE_GATEWAY, NodeType.PARALLEL_GATEWAY, NodeType.INCLUSIVE_GATEWAY}
)


class TimerKind(StrEnum):
    """How a timer event says when (BPMN 2.0, table 10.101)."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True, slots=True)
class TimerDefinition:
    """When a timer event fires: the ISO 8601 text as it stands in the model."""

    kind: TimerKind
    text: str


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
    lane: str | None = None  # id of the lane
    form_key: str | None = None  # user tasks and start events
    timer: TimerDefinition | None = None  # timer events
    attached_to: str | None = None  # boundary events: id of the activity
    is_interrupting: bool = True  # boundary events
    is_terminate: bool = False  # end events: ends every token of the instance
    default_flow: str | None = None  # exclusive and inclusive gateways
    connector: str | None = None  # service tasks
    documentation: str = ""
    line: int = 0  # in the BPMN file


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """The way of a token from one flow node to another."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    line: int = 0


@dataclass(frozen=True)
class ProcessGraph:
    """A process definition as a directed graph, in the order of the BPMN file."""

    key: str  # id of the process element
    name: str
    nodes: Mapping[str, FlowNode]
    flows: Mapping[str, SequenceFlow]
    lanes: Mapping[str, Lane]
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
