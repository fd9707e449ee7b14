"""Checks of the graph: would every case that starts come to an end, and never wait in vain?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.paths import places_after, places_before
from engine.bpmn.timers import Timing
from engine.domain.duration import InvalidDuration
from engine.domain.process_graph import (
    ACTIVITIES,
    GATEWAYS,
    FlowNode,
    NodeType,
    ProcessGraph,
    SequenceFlow,
    TimerKind,
)
from engine.errors import Finding, Severity
from engine.expressions import InvalidExpression, compile_expression

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_DECIDING = frozenset({NodeType.EXCLUSIVE_GATEWAY, NodeType.INCLUSIVE_GATEWAY})
_WITH_FORM = frozenset({NodeType.USER_TASK, NodeType.START_EVENT})


def graph_findings(
    graph: ProcessGraph, *, form_keys: Collection[str] | None, connectors: Collection[str]
) -> Iterator[Finding]:
    """Return what keeps a process from running, or may surprise when it does."""
    yield from _ends(graph)
    yield from _reachability(graph)
    yield from _joins_of_starts(graph)
    for node in graph.nodes.values():
        yield from _flows_out(graph, node)
        yield from _timer(node)
        yield from _form(node, form_keys)
        yield from _connector(node, connectors)
        yield from _lane(graph, node)


def _error(element: FlowNode | SequenceFlow, rule: str, message: str) -> Finding:
    return Finding(rule, message, Severity.ERROR, element.id, element.line)


def _warning(element: FlowNode | SequenceFlow, rule: str, message: str) -> Finding:
    return Finding(rule, message, Severity.WARNING, element.id, element.line)


def _ends(graph: ProcessGraph) -> Iterator[Finding]:
    first = next(iter(graph.nodes.values()))
    for type_, rule, word in (
        (NodeType.START_EVENT, "no-start", "start event"),
        (NodeType.END_EVENT, "no-end", "end event"),
    ):
        if not graph.of_type(type_):
            yield Finding(rule, f"the process has no {word}", element_id=graph.key, line=first.line)


def _reachability(graph: ProcessGraph) -> Iterator[Finding]:
    starts = [node.id for node in graph.of_type(NodeType.START_EVENT)]
    ends = [node.id for node in graph.of_type(NodeType.END_EVENT)]
    reached, ending = places_after(graph, starts), places_before(graph, ends)
    for node in graph.nodes.values():
        if starts and node.id not in reached:
            yield _error(node, "unreachable", "no start event leads here")
        elif ends and graph.outgoing(node.id) and node.id not in ending:
            yield _error(node, "endless", "from here no end event can be reached")


def _joins_of_starts(graph: ProcessGraph) -> Iterator[Finding]:
    """A case begins at one start event; a join of two starts would wait for ever."""
    for start in graph.of_type(NodeType.START_EVENT):
        reached = places_after(graph, [start.id])
        for join in graph.of_type(NodeType.PARALLEL_GATEWAY):
            missing = [f.id for f in graph.incoming(join.id) if f.source not in reached]
            if join.id in reached and missing:
                message = f"a case that begins at {start.id!r} waits in vain for {missing[0]!r}"
                yield _error(join, "join-of-starts", f"{message}; use an exclusive gateway")


def _flows_out(graph: ProcessGraph, node: FlowNode) -> Iterator[Finding]:
    flows = graph.outgoing(node.id)
    if not flows and node.type is not NodeType.END_EVENT:
        yield _error(node, "dead-end", "nothing follows; lead it to an end event")
    if len(flows) > 1 and node.type not in GATEWAYS:
        message = "several flows leave; put a parallel or inclusive gateway behind it"
        yield _error(node, "implicit-split", message)
    if node.type in _DECIDING and len(flows) > 1:
        yield from _decision(node, flows)
    else:
        message = "the condition is never read: only a gateway with several flows out decides"
        for flow in flows:
            if flow.condition is not None:
                yield _error(flow, "misplaced-condition", message)


def _decision(node: FlowNode, flows: tuple[SequenceFlow, ...]) -> Iterator[Finding]:
    for flow in flows:
        is_default = flow.id == node.default_flow
        if is_default and flow.condition is not None:
            yield _warning(flow, "ignored-condition", "the condition of a default flow is not read")
        elif not is_default and flow.condition is None:
            message = "the flow needs a condition, or must be the default flow of its gateway"
            yield _error(flow, "missing-condition", message)
        elif flow.condition is not None:
            yield from _condition(flow, flow.condition)
    if node.default_flow is None:
        message = "a case stops here if no condition is true; make one flow the default"
        yield _warning(node, "no-default", message)


def _condition(flow: SequenceFlow, text: str) -> Iterator[Finding]:
    try:
        compile_expression(text)
    except InvalidExpression as error:
        yield _error(flow, "bad-expression", str(error))


def _timer(node: FlowNode) -> Iterator[Finding]:
    if node.timer is None:
        return
    try:
        Timing.compile(node.timer)
    except InvalidDuration as error:
        yield _error(node, "bad-timer", str(error))
    may_repeat = node.type is NodeType.BOUNDARY_EVENT and not node.is_interrupting
    if node.timer.kind is TimerKind.CYCLE and not may_repeat:
        message = "only a non-interrupting boundary event repeats; use a timeDuration"
        yield _error(node, "bad-timer", message)


def _form(node: FlowNode, form_keys: Collection[str] | None) -> Iterator[Finding]:
    if node.form_key is None:
        return
    if node.type not in _WITH_FORM:
        yield _error(node, "misplaced-form", "only user tasks and start events show a form")
    elif form_keys is not None and node.form_key not in form_keys:
        known = ", ".join(sorted(form_keys)) or "none"
        yield _error(node, "unknown-form", f"there is no form {node.form_key!r}; known: {known}")


def _connector(node: FlowNode, connectors: Collection[str]) -> Iterator[Finding]:
    if node.type is not NodeType.SERVICE_TASK or node.connector in connectors:
        return
    known = ", ".join(sorted(connectors)) or "none yet; use a user task or a plain task"
    message = f"a service task calls a registered connector, not {node.connector!r}; known: {known}"
    yield _error(node, "unknown-connector", message)


def _lane(graph: ProcessGraph, node: FlowNode) -> Iterator[Finding]:
    if graph.lanes and node.lane is None and node.type in ACTIVITIES:
        yield _warning(node, "no-lane", "the activity is in no lane: everybody may do it")
