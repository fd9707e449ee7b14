"""From ProcessGraph to SpiffWorkflow's process spec, made of our task specs.

Built from the graph and not by SpiffWorkflow's parser: so the drawing has no say, ids such as
"End" do not clash with SpiffWorkflow's own, and a chain of nodes may have any length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.bpmn import event_specs, scope_specs, specs
from engine.bpmn.build_steps import WAITING, Steps
from engine.bpmn.loop_specs import LoopBody
from engine.bpmn.runtime import ROOT
from engine.domain.process_graph import EventKind, FlowNode, NodeType, ProcessGraph

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from engine.bpmn.work_specs import Decide


@dataclass(frozen=True)
class Built:
    """The executable form of a graph."""

    spec: Any  # of SpiffWorkflow
    doors: Mapping[str, specs.Step]  # by node: where a token comes in
    inner: Mapping[str, specs.Step]  # by node: what does its work, without the loop around it


def build_spec(graph: ProcessGraph, *, zone: tzinfo, decide: Decide) -> Built:
    """Return the executable form of a graph that lint found without errors."""
    own_zone = ZoneInfo(graph.zone) if graph.zone is not None else zone
    return _Builder(graph, own_zone, decide).build()


def spec_name(element_id: str) -> str:
    """Return the name of a node's spec; ":" cannot occur in an id, nor in SpiffWorkflow's names."""
    return f":{element_id}"


class _Builder:
    def __init__(self, graph: ProcessGraph, zone: tzinfo, decide: Decide) -> None:
        self._graph = graph
        self._spec = BpmnProcessSpec(name=graph.key)
        self._spec.zone = zone
        self._root = scope_specs.RootScope(self._spec, name=ROOT, key=graph.key)
        self._make = Steps(self._spec, graph, zone, decide)
        self._inner: dict[str, specs.Step] = {}  # what does the work of a node
        self._steps: dict[str, specs.Step] = {}  # the same, with the loop around it
        self._doors: dict[str, specs.Step] = {}  # where a flow leads to: the split before it

    def build(self) -> Built:
        """Make the steps, then join them."""
        later = []
        for node in self._graph.nodes.values():
            if _is_listened_for(self._graph, node):
                later.append(node)
            elif not _is_compensation(node):
                self._add(node)
        for node in later:
            self._add_listener(node)
        for node in self._graph.nodes.values():
            self._attach(node)
        for node in self._graph.nodes.values():
            self._join(node)
            self._make_undoable(node)
        for parent in (None, *self._graph.of_type(NodeType.SUB_PROCESS, NodeType.TRANSACTION)):
            self._fill(parent)
        doors = {node_id: self._door(node_id) for node_id in self._steps}
        return Built(self._spec, doors, self._inner)

    def _add(self, node: FlowNode) -> None:
        name = spec_name(node.id)
        if node.loop is None:
            self._inner[node.id] = self._steps[node.id] = self._make.step(node, name)
            return
        inner = self._make.step(node, f"{name}:one")
        assert isinstance(inner, specs.Activity)
        body = LoopBody(self._spec, node, node.loop, name=name, instance=inner)
        inner.collect = body.collect
        self._inner[node.id], self._steps[node.id] = inner, body

    def _add_listener(self, node: FlowNode) -> None:
        started = self._inner[node.parent or ""]
        assert isinstance(started, scope_specs.EventSubProcess)
        step = scope_specs.Listener(
            self._spec,
            node,
            name=spec_name(node.id),
            trigger=self._make.trigger(node),
            event_sub_process=started,
        )
        self._inner[node.id] = self._steps[node.id] = step

    def _attach(self, node: FlowNode) -> None:
        """Give an activity the events at its border."""
        events = self._graph.boundary_events(node.id)
        if node.id not in self._steps or not events:
            return
        host = self._steps[node.id]
        found = [self._steps[event.id] for event in events if event.id in self._steps]
        host.catchers = tuple(s for s in found if isinstance(s, event_specs.CaughtEvent))
        waiting = [s for s in found if isinstance(s, event_specs.BoundaryEvent)]
        if waiting:
            self._doors[node.id] = self._split(node, host, waiting)

    def _make_undoable(self, node: FlowNode) -> None:
        for event in self._graph.boundary_events(node.id):
            if _is_compensation(event) and event.compensated_by is not None:
                activity = self._inner[node.id]
                assert isinstance(activity, specs.Activity)
                activity.undo = self._door(event.compensated_by)

    def _split(
        self, node: FlowNode, host: specs.Step, waiting: list[event_specs.BoundaryEvent]
    ) -> specs.Step:
        split = specs.BoundarySplit(self._spec, node, name=f"{spec_name(node.id)}:split")
        split.ways = tuple(("", step) for step in (host, *waiting))
        host.boundary = frozenset(waiting)
        for event in waiting:
            event.host, event.beside = host, frozenset({host, *waiting})
        return split

    def _join(self, node: FlowNode) -> None:
        """Give a node its ways out."""
        step = self._steps.get(node.id)
        if step is None:
            return
        flows = self._graph.outgoing(node.id)
        step.ways = tuple((flow.id, self._door(flow.target)) for flow in flows)
        if node.type is NodeType.INTERMEDIATE_THROW_EVENT:
            beside = self._make.beside(node, spec_name(node.id))
            step.ways = step.ways if beside is None else (("", beside), *step.ways)
        if node.type is NodeType.EVENT_BASED_GATEWAY:
            rivals = frozenset(self._steps[flow.target] for flow in flows)
            for flow in flows:
                target: Any = self._steps[flow.target]
                target.rivals = {**target.rivals, flow.id: rivals}

    def _door(self, node_id: str) -> specs.Step:
        return self._doors.get(node_id, self._steps[node_id])

    def _fill(self, parent: FlowNode | None) -> None:
        """Give a scope its first nodes and its event subprocesses."""
        scope = self._root if parent is None else self._inner[parent.id]
        assert isinstance(scope, scope_specs.SubProcess)
        nodes = self._graph.children(None if parent is None else parent.id)
        started = [self._inner[node.id] for node in nodes if node.is_event_sub_process]
        if isinstance(scope, scope_specs.EventSubProcess):
            scope.start = self._inner[scope.start_id]
        else:
            scope.starts = tuple(self._door(node.id) for node in self._first(nodes))
        by_kind = [one for one in started if isinstance(one, scope_specs.EventSubProcess)]
        scope.listeners = tuple(self._inner[one.start_id] for one in by_kind if one.kind in WAITING)
        scope.handlers = tuple(one for one in by_kind if one.kind not in WAITING)
        if scope.undo is None:
            undoing = [one for one in by_kind if one.kind is EventKind.COMPENSATION]
            scope.undo = next(iter(undoing), None)

    def _first(self, nodes: tuple[FlowNode, ...]) -> list[FlowNode]:
        """Return the start event of a subprocess; without one, what no flow leads to."""
        starts = [node for node in nodes if node.type is NodeType.START_EVENT]
        return starts or [
            node
            for node in nodes
            if not self._graph.incoming(node.id)
            and node.type is not NodeType.BOUNDARY_EVENT
            and not node.is_event_sub_process
            and not node.is_for_compensation
        ]


def _is_listened_for(graph: ProcessGraph, node: FlowNode) -> bool:
    """Return whether a start event waits in the scope around its event subprocess."""
    if node.type is not NodeType.START_EVENT or node.parent is None or node.event is None:
        return False
    return graph.nodes[node.parent].is_event_sub_process and node.event.kind in WAITING


def _is_compensation(node: FlowNode) -> bool:
    is_boundary = node.type is NodeType.BOUNDARY_EVENT
    return is_boundary and node.event is not None and node.event.kind is EventKind.COMPENSATION
