"""From ProcessGraph to SpiffWorkflow's process spec, made of our task specs.

Built from the graph and not by SpiffWorkflow's parser: so the drawing has no say, ids such as
"End" do not clash with SpiffWorkflow's own, and a chain of nodes may have any length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.bpmn import gateways, specs
from engine.bpmn.paths import upstream_places
from engine.bpmn.timers import Timing
from engine.domain.process_graph import FlowNode, NodeType, ProcessGraph
from engine.expressions import compile_expression

if TYPE_CHECKING:
    from datetime import tzinfo

_PASSED = frozenset({NodeType.START_EVENT, NodeType.TASK})
_OFFERED = frozenset({NodeType.USER_TASK, NodeType.MANUAL_TASK})


def build_spec(graph: ProcessGraph, *, zone: tzinfo) -> Any:
    """Return the executable form of a graph that lint found without errors."""
    process_spec = BpmnProcessSpec(name=graph.key)
    steps = {node.id: _step(process_spec, graph, node, zone) for node in graph.nodes.values()}
    doors = dict(steps)  # where a flow leads to: the split before a node that has one
    for node in graph.nodes.values():
        if boundary := [steps[event.id] for event in graph.boundary_events(node.id)]:
            doors[node.id] = _split(process_spec, node, steps[node.id], boundary)
    for node_id, step in steps.items():
        step.ways = tuple((flow.id, doors[flow.target]) for flow in graph.outgoing(node_id))
    return process_spec


def spec_name(element_id: str) -> str:
    """Return the name of a node's spec; ":" cannot occur in an id, nor in SpiffWorkflow's names."""
    return f":{element_id}"


def _step(process_spec: Any, graph: ProcessGraph, node: FlowNode, zone: tzinfo) -> specs.Step:
    name = spec_name(node.id)
    if node.type in _PASSED:
        return specs.PassedStep(process_spec, node, name=name)
    if node.type in _OFFERED:
        return specs.OfferedTask(process_spec, node, name=name)
    if node.type is NodeType.END_EVENT:
        end = specs.TerminateEndEvent if node.is_terminate else specs.EndEvent
        return end(process_spec, node, name=name)
    if node.timer is not None:
        timing = Timing.compile(node.timer, zone=zone)
        return _timer_class(node)(process_spec, node, name=name, timing=timing)
    return _gateway(process_spec, graph, node, name)


def _timer_class(node: FlowNode) -> type[specs.TimerEvent]:
    if node.type is not NodeType.BOUNDARY_EVENT:
        return specs.TimerEvent
    return specs.InterruptingTimer if node.is_interrupting else specs.NonInterruptingTimer


def _gateway(process_spec: Any, graph: ProcessGraph, node: FlowNode, name: str) -> specs.Step:
    incoming = frozenset(flow.id for flow in graph.incoming(node.id))
    if node.type is NodeType.PARALLEL_GATEWAY:
        return gateways.ParallelGateway(process_spec, node, name=name, incoming=incoming)
    decision = gateways.Decision(
        node,
        {
            flow.id: compile_expression(flow.condition)
            for flow in graph.outgoing(node.id)
            if flow.condition is not None
        },
    )
    if node.type is NodeType.EXCLUSIVE_GATEWAY:
        return gateways.ExclusiveGateway(process_spec, node, name=name, decision=decision)
    upstream = upstream_places(graph, node.id)
    return gateways.InclusiveGateway(
        process_spec, node, name=name, upstream=upstream, decision=decision
    )


def _split(
    process_spec: Any, node: FlowNode, activity: specs.Step, boundary: list[specs.Step]
) -> specs.Step:
    split = specs.BoundarySplit(process_spec, node, name=f"{spec_name(node.id)}:split")
    split.ways = tuple(("", step) for step in (activity, *boundary))
    activity.boundary = frozenset(boundary)
    for event in boundary:
        if isinstance(event, specs.InterruptingTimer):
            event.beside = frozenset({activity, *boundary})
    return split
