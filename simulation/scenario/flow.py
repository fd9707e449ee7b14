"""Checks of what the flow of a process needs of a scenario: when events come, how often is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import (
    SCOPES,
    EventKind,
    FlowNode,
    Loop,
    LoopKind,
    NodeType,
    ProcessGraph,
)
from engine.expressions import InvalidExpression, compile_expression
from simulation.scenario.references import Found, activities, drawn_names
from simulation.scenario.timers import is_timed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.scenario.document import Document
    from simulation.scenario.work import Event

AUTOMATIC = frozenset(
    {
        NodeType.SERVICE_TASK,
        NodeType.SCRIPT_TASK,
        NodeType.SEND_TASK,
        NodeType.BUSINESS_RULE_TASK,
        NodeType.RECEIVE_TASK,
    }
)  # take no time and nobody unless the scenario says so
_THROWING = frozenset({NodeType.END_EVENT, NodeType.INTERMEDIATE_THROW_EVENT, NodeType.SEND_TASK})
_SENT = frozenset({EventKind.MESSAGE, EventKind.SIGNAL})
_INSIDE = frozenset({EventKind.ESCALATION, EventKind.ERROR})
_COUNTS = frozenset(
    f"{prefix}{what}Instances"
    for prefix in ("nrOf", "numberOf")
    for what in ("", "Completed", "Active", "Terminated")
)


def holds_others(node: FlowNode) -> bool:
    """Whether an activity is what stands in it, and no work of its own."""
    return node.type in SCOPES or node.type is NodeType.CALL_ACTIVITY


def performed(graph: ProcessGraph) -> tuple[FlowNode, ...]:
    """Return the activities that are work."""
    return tuple(node for node in activities(graph) if not holds_others(node))


def sent_by_model(graph: ProcessGraph) -> set[tuple[EventKind, str | None]]:
    """Return the messages and signals that the model sends itself."""
    return {
        (node.event.kind, node.event.name)
        for node in graph.nodes.values()
        if node.type in _THROWING and node.event is not None and node.event.kind in _SENT
        if node.event.name is not None
    }


def flow_findings(document: Document, graph: ProcessGraph) -> Iterator[Found]:
    """Yield what the flow of the process needs and the scenario does not say."""
    sent = sent_by_model(graph)
    for node in graph.nodes.values():
        if waits(node) and (words := _of_event(node, document, graph, sent)):
            yield ("events", node.id), None, words
        if node.loop is not None and (words := _of_loop(node, node.loop, document)):
            yield ("repetitions", node.id), None, words
        if holds_others(node):
            yield from _of_holder(node, document, graph)


def waits(node: FlowNode) -> bool:
    """Whether a node is an event that waits for something."""
    if node.event is None or node.compensated_by is not None:
        return False
    if node.type is NodeType.START_EVENT:
        return node.parent is not None
    return node.type in {
        NodeType.INTERMEDIATE_CATCH_EVENT,
        NodeType.BOUNDARY_EVENT,
        NodeType.RECEIVE_TASK,
    }


def _of_event(
    node: FlowNode, document: Document, graph: ProcessGraph, sent: set[tuple[EventKind, str | None]]
) -> str | None:
    """Return what is not known about when an event happens."""
    given, event = document.events.get(node.id), node.event
    begins_case = node.type is NodeType.START_EVENT and node.parent not in graph.nodes
    if event is None or begins_case or (given is not None and given.after is not None):
        return None
    if event.kind is EventKind.TIMER:
        return None if is_timed(node.timer, document) else _unknown_time(node)
    if given is not None:
        return _of_share(node, given)
    is_sent = (event.kind, event.name) in sent or node.id in document.durations
    if event.kind in _SENT and not is_sent:
        words = f"is required: when does the {event.kind} {event.name!r} come?"
        return f"{words} No process of the model sends it"
    if event.kind is EventKind.CONDITIONAL:
        return f"is required: after which time does the condition {event.condition!r} become true?"
    return _of_thrown(node, event.kind, graph)


def _of_thrown(node: FlowNode, kind: EventKind, graph: ProcessGraph) -> str | None:
    """An error or escalation of work is not in the model, that of a subprocess is."""
    host = graph.nodes.get(node.attached_to or "")
    if kind in _INSIDE and host is not None and not holds_others(host):
        return f"is required: in which share of the visits does this {kind} happen?"
    return None


def _unknown_time(node: FlowNode) -> str:
    timer = node.timer
    if timer is not None and timer.calendar is not None:
        return f"is required: the timer counts in calendar {timer.calendar!r}, which is not here"
    said = "" if timer is None else f"; the model says {timer.text!r}"
    return f"is required: how long does a case wait at this event{said}?"


def _of_share(node: FlowNode, given: Event) -> str | None:
    """A share alone means the end of the work; only what is at a border has one."""
    if node.type is NodeType.BOUNDARY_EVENT or given.share is None:
        return None
    return "needs a time beside the share: {share: 10%, after: {constant: 1h}}"


def _of_loop(node: FlowNode, loop: Loop, document: Document) -> str | None:
    """Return what is not known about how often an activity is done."""
    given = document.repetitions.get(node.id)
    if loop.kind is LoopKind.STANDARD:
        if given is not None or (loop.condition is None and loop.most is not None):
            return None
        what = "how many rounds, or the share of another one"
        return _lacks(loop.condition, document, frozenset({"loopCounter"}), what)
    is_counted = given is not None and given.count is not None
    found = None if is_counted else _of_number(loop, document)
    is_drawn = given is not None and given.share is not None
    if found or is_drawn or loop.completion is None:
        return found
    return _lacks(loop.completion, document, _COUNTS, "the share of another one after each")


def _of_number(loop: Loop, document: Document) -> str | None:
    what = "how many instances are there"
    if loop.cardinality is None:
        return f"is required: {what}? The model takes them from a list"
    return _lacks(loop.cardinality, document, frozenset(), what)


def _lacks(text: str | None, document: Document, known: frozenset[str], what: str) -> str | None:
    """Return what an expression needs that no case has."""
    if text is None:
        return f"is required: {what}?"
    try:
        names = compile_expression(text).names - known
    except InvalidExpression as error:
        return f"is required: {what}? The expression of the model is wrong: {error}"
    for start, arrival in document.arrivals.items():
        for name in sorted(names - drawn_names(arrival)):
            return (
                f"is required: {what}? {text!r} of the model needs case data {name!r};"
                f" give it here, or add {name} to arrivals.{start}.attributes"
            )
    return None


def _of_holder(node: FlowNode, document: Document, graph: ProcessGraph) -> Iterator[Found]:
    """A subprocess or call takes the time of what is in it, if that is known."""
    if node.called is not None and not _is_here(node.called.key, graph):
        if node.id not in document.durations:
            words = f"calls the process {node.called.key!r}, which is not in the model, nor in a"
            rest = f" BPMN file beside it; put it there, or say in durations.{node.id} how long"
            yield ("model", node.id), None, f"{words}{rest} it takes"
        return
    for section in ("durations", "demands", "priorities", "patience", "batches"):
        if node.id in getattr(document, section):
            words = "is no work of its own: it takes the time and people of what is in it"
            yield (section, node.id), None, words


def _is_here(process: str, graph: ProcessGraph) -> bool:
    """Whether a process is in the model, and can be called."""
    if process == graph.key:
        return True
    return any(
        start.type is NodeType.START_EVENT and start.event is None
        for start in graph.children(process)
    )
