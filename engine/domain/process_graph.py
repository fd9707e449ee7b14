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


class TimerKind(StrEnum):
    """How a timer event says when (BPMN 2.0, table 10.101)."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True, slots=True)
class TimerDefinition:
    """When a timer event fires: ISO 8601 or an expression, as it stands in the model."""

    kind: TimerKind
    text: str
    calendar: str | None = None  # name of the working calendar in which durations count


class EventKind(StrEnum):
    """What an event waits for or throws; the names of BPMN 2.0's event definitions.

    Links are not here: reading joins the two ends of a link by a sequence flow.
    """

    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    CONDITIONAL = "conditional"
    COMPENSATION = "compensation"
    CANCEL = "cancel"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event waits for or throws."""

    kind: EventKind
    name: str | None = None  # of the message or signal; may be an expression
    code: str | None = None  # of the error or escalation; None catches every one
    correlation_key: str | None = None  # messages: expression whose result tells cases apart
    condition: str | None = None  # conditional events: expression
    timer: TimerDefinition | None = None
    activity: str | None = None  # compensation throws: id of the activity, None: the whole scope
    waits: bool = True  # compensation throws: whether the token waits for the handlers


class LoopKind(StrEnum):
    """How an activity repeats."""

    STANDARD = "standardLoop"
    PARALLEL = "parallelMultiInstance"
    SEQUENTIAL = "sequentialMultiInstance"


@dataclass(frozen=True, slots=True)
class Loop:
    """How often an activity is done per arrival of a token; texts are expressions.

    Every instance sees ``loopCounter`` (from 1); a multi-instance one also its item.
    """

    kind: LoopKind
    cardinality: str | None = None  # multi-instance: how many instances
    collection: str | None = None  # multi-instance: list with an item for each instance
    item: str | None = None  # name under which an instance sees its item
    output_collection: str | None = None  # name of the list of results
    output_item: str | None = None  # expression over an instance's values, an entry of that list
    completion: str | None = None  # multi-instance: no further instance is needed once it is true
    condition: str | None = None  # standard loop: again while it is true
    tests_before: bool = False  # standard loop: the condition is tested before the first time too
    most: int | None = None  # standard loop: at most so often


@dataclass(frozen=True, slots=True)
class DataMapping:
    """A value handed over: an expression, and the name its result gets."""

    source: str
    target: str


class Binding(StrEnum):
    """Which version of a called process runs."""

    LATEST = "latest"
    DEPLOYMENT = "deployment"  # the newest one when the caller's own version was deployed
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class CalledProcess:
    """What a call activity starts."""

    key: str
    binding: Binding = Binding.LATEST
    version: int | None = None
    business_key: str | None = None  # expression
    passes_all: bool = False  # all values in, all values out; otherwise only the mappings
    returns_all: bool = True  # with passes_all: False if only the outputs come back


@dataclass(frozen=True, slots=True)
class Script:
    """The text of a script task, and the name its result gets (None: it sets values itself)."""

    text: str
    result: str | None = None


@dataclass(frozen=True, slots=True)
class CalledDecision:
    """The decision a business rule task asks, and the name its result gets."""

    id: str
    result: str | None = None  # None: the outputs become values of their own names


@dataclass(frozen=True, slots=True)
class TaskAssignment:
    """Who may do a user task, and by when; texts are literals or expressions."""

    assignee: str | None = None
    candidate_users: str | None = None  # list, or text parted by commas
    candidate_groups: str | None = None
    excluded_users: str | None = None
    distinct_from: tuple[str, ...] = ()  # ids of tasks that another person must have done
    same_as: str | None = None  # id of the task whose performer does this one too
    due: str | None = None  # ISO 8601 duration from the offer, moment, or expression
    follow_up: str | None = None
    priority: str | None = None  # 0 to 100, 50 if left out
    calendar: str | None = None  # name of the working calendar in which due dates count


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
