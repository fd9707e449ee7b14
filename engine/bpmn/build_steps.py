"""Which step does the work of a flow node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn import (
    event_specs,
    gateways,
    scope_specs,
    specs,
    throw_specs,
    undo_specs,
    work_specs,
)
from engine.bpmn.delta import JobKind
from engine.bpmn.paths import upstream_places
from engine.bpmn.terms import Term, is_marked
from engine.bpmn.timers import Timing
from engine.bpmn.triggers import Trigger, trigger_of
from engine.domain.process_graph import GATEWAYS, EventKind, FlowNode, NodeType, ProcessGraph
from engine.errors import ExecutionFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from engine.bpmn.specs import Step
    from engine.bpmn.work_specs import Decide

WAITING = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL})
_SIMPLE: dict[NodeType, Callable[..., Step]] = {
    NodeType.START_EVENT: specs.PassedStep,
    NodeType.TASK: specs.PassedTask,
    NodeType.USER_TASK: work_specs.OfferedTask,
    NodeType.MANUAL_TASK: work_specs.OfferedTask,
    NodeType.CALL_ACTIVITY: work_specs.CallActivity,
    NodeType.EVENT_BASED_GATEWAY: gateways.EventGateway,
}


class Steps:
    """Makes the steps of one process."""

    def __init__(self, spec: Any, graph: ProcessGraph, zone: tzinfo, decide: Decide) -> None:
        self._spec, self._graph, self._zone, self._decide = spec, graph, zone, decide

    def step(self, node: FlowNode, name: str) -> Step:
        """Return the step of a node, without the loop around it."""
        simple = _SIMPLE.get(node.type)
        if simple is not None:
            return simple(self._spec, node, name=name)
        if node.type in GATEWAYS:
            return self._gateway(node, name)
        made = {
            NodeType.END_EVENT: self._end,
            NodeType.INTERMEDIATE_CATCH_EVENT: self._catch,
            NodeType.INTERMEDIATE_THROW_EVENT: self._throw,
            NodeType.BOUNDARY_EVENT: self._boundary,
            NodeType.SUB_PROCESS: self._sub_process,
            NodeType.TRANSACTION: self._sub_process,
            NodeType.RECEIVE_TASK: self._receive,
            NodeType.BUSINESS_RULE_TASK: self._business_rule,
            NodeType.SCRIPT_TASK: self._script,
            NodeType.SEND_TASK: self._send,
            NodeType.SERVICE_TASK: self._service,
        }
        return made[node.type](node, name)

    def trigger(self, node: FlowNode) -> Trigger:
        """Return what a catching event waits for."""
        if node.event is None or node.event.kind not in WAITING:
            raise ExecutionFailed(node.id, "nothing is said that it could wait for")
        timer = node.event.timer
        timing = Timing.compile(timer, zone=self._zone) if timer is not None else None
        return trigger_of(node.id, node.event, timing)

    # -- events ---------------------------------------------------------------------------

    def _end(self, node: FlowNode, name: str) -> Step:
        if node.event is None:
            return throw_specs.EndEvent(self._spec, node, name=name)
        if node.is_terminate:
            return throw_specs.TerminateEndEvent(self._spec, node, name=name)
        if node.connector is not None:
            return self._job(node, name, JobKind.SERVICE)
        if node.event.kind is EventKind.CANCEL:
            return undo_specs.CancelEndEvent(self._spec, node, name=name)
        if node.event.kind is EventKind.COMPENSATION:
            return undo_specs.CompensationEvent(self._spec, node, name=name)
        return throw_specs.ThrowEndEvent(self._spec, node, name=name)

    def _throw(self, node: FlowNode, name: str) -> Step:
        if node.event is None:
            return specs.PassedStep(self._spec, node, name=name)
        if node.connector is not None:
            return self._job(node, name, JobKind.SERVICE)
        if node.event.kind is EventKind.COMPENSATION:
            if node.event.waits:
                return undo_specs.CompensationEvent(self._spec, node, name=name)
            return specs.PassedStep(self._spec, node, name=name)
        return throw_specs.ThrowEvent(self._spec, node, name=name)

    def beside(self, node: FlowNode, name: str) -> Step | None:
        """Return what a throwing event starts beside the token that goes on; mostly nothing."""
        event = node.event
        if event is None or event.kind is not EventKind.COMPENSATION or event.waits:
            return None
        return undo_specs.SilentCompensation(self._spec, node, name=f"{name}:beside")

    def _catch(self, node: FlowNode, name: str) -> Step:
        return event_specs.CatchEvent(self._spec, node, name=name, trigger=self.trigger(node))

    def _boundary(self, node: FlowNode, name: str) -> Step:
        step: event_specs.BoundaryEvent | event_specs.CaughtEvent
        if node.event is not None and node.event.kind in WAITING:
            trigger = self.trigger(node)
            step = event_specs.BoundaryEvent(self._spec, node, name=name, trigger=trigger)
        else:
            step = event_specs.CaughtEvent(self._spec, node, name=name)
        step.is_interrupting = node.is_interrupting
        return step

    # -- activities -----------------------------------------------------------------------

    def _sub_process(self, node: FlowNode, name: str) -> Step:
        if not node.is_event_sub_process:
            return scope_specs.SubProcess(self._spec, node, name=name)
        inside = self._graph.children(node.id)
        start = next(one for one in inside if one.type is NodeType.START_EVENT)
        return scope_specs.EventSubProcess(self._spec, node, name=name, start=start)

    def _receive(self, node: FlowNode, name: str) -> Step:
        trigger = self.trigger(node)
        return event_specs.ReceiveTask(self._spec, node, name=name, trigger=trigger)

    def _business_rule(self, node: FlowNode, name: str) -> Step:
        if node.decision is None:
            return self._job(node, name, JobKind.SERVICE)
        return work_specs.DecisionTask(self._spec, node, name=name, decide=self._decide)

    def _script(self, node: FlowNode, name: str) -> Step:
        if node.script is not None and node.script.result and is_marked(node.script.text):
            return work_specs.ComputedTask(self._spec, node, name=name)
        return self._job(node, name, JobKind.SCRIPT)

    def _send(self, node: FlowNode, name: str) -> Step:
        if node.connector is not None or node.event is None:
            return self._job(node, name, JobKind.SERVICE)
        return work_specs.SendTask(self._spec, node, name=name)

    def _service(self, node: FlowNode, name: str) -> Step:
        return self._job(node, name, JobKind.SERVICE)

    def _job(self, node: FlowNode, name: str, kind: JobKind) -> Step:
        return work_specs.JobTask(self._spec, node, name=name, kind=kind)

    # -- gateways -------------------------------------------------------------------------

    def _gateway(self, node: FlowNode, name: str) -> Step:
        graph = self._graph
        incoming = frozenset(flow.id for flow in graph.incoming(node.id))
        if node.type is NodeType.PARALLEL_GATEWAY:
            return gateways.ParallelGateway(self._spec, node, name=name, incoming=incoming)
        decision = gateways.Decision(
            node,
            {
                flow.id: Term(node.id, f"flow {flow.id!r}", flow.condition)
                for flow in graph.outgoing(node.id)
                if flow.condition is not None
            },
        )
        if node.type is NodeType.EXCLUSIVE_GATEWAY:
            return gateways.ExclusiveGateway(self._spec, node, name=name, decision=decision)
        upstream = upstream_places(graph, node.id)
        return gateways.InclusiveGateway(
            self._spec, node, name=name, upstream=upstream, decision=decision
        )
