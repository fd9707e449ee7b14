"""Checks of what single nodes say: timers, expressions, scripts, forms, what they call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.bpmn.assignments import assignment_findings
from engine.bpmn.dialects import is_expression
from engine.bpmn.remarks import problem, remark
from engine.bpmn.said import expressions_of
from engine.bpmn.timers import Timing
from engine.domain.calendar_table import is_zone
from engine.domain.duration import InvalidDuration
from engine.domain.process_graph import (
    ACTIVITIES,
    EventKind,
    FlowNode,
    LoopKind,
    NodeType,
    ProcessGraph,
    SequenceFlow,
    TimerKind,
)
from engine.expressions import InvalidExpression, compile_expression
from engine.expressions.script import InvalidScript, check_script

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.errors import Finding

_WITH_FORM = frozenset({NodeType.USER_TASK, NodeType.START_EVENT})
_REPEATING = frozenset({NodeType.BOUNDARY_EVENT, NodeType.START_EVENT})
_CATCHING = frozenset({NodeType.INTERMEDIATE_CATCH_EVENT, NodeType.BOUNDARY_EVENT})
_THROWING = frozenset({NodeType.INTERMEDIATE_THROW_EVENT, NodeType.END_EVENT})
_WITH_VALUES = frozenset(
    {EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ERROR, EventKind.ESCALATION}
)
_KEY = re.compile(r"(?:[\w.\-]+:)?[\w.\-]+")
_MOST_NAMES = 10  # of a path into an object
_MESSAGES = frozenset({NodeType.SEND_TASK, NodeType.RECEIVE_TASK})


@dataclass(frozen=True, slots=True)
class Known:
    """What a process may refer to outside of its file."""

    form_keys: Collection[str] | None = None  # None: any
    connectors: Collection[str] = ()
    decisions: Collection[str] = ()


def content_findings(graph: ProcessGraph, node: FlowNode, known: Known) -> Iterator[Finding]:
    """Return what is wrong with what a node, or a flow out of it, says."""
    for flow in graph.outgoing(node.id):
        if flow.condition is not None:
            yield from _expression(flow, "", flow.condition)
    for what, text in expressions_of(node):
        yield from _expression(node, what, text)
    yield from _timer(graph, node)
    yield from _form(node, known.form_keys)
    yield from _connector(node, known.connectors)
    yield from _decision(node, known.decisions)
    yield from _loop(node)
    yield from _script(node)
    yield from _work(node)
    yield from _mappings(graph, node)
    yield from _caught_names(node)
    yield from assignment_findings(graph, node)


def _expression(element: FlowNode | SequenceFlow, what: str, text: str) -> Iterator[Finding]:
    try:
        compile_expression(text)
    except InvalidExpression as error:
        yield problem(element, "bad-expression", f"{what}: {error}" if what else str(error))


def _timer(graph: ProcessGraph, node: FlowNode) -> Iterator[Finding]:
    if node.timer is None:
        return
    zone = ZoneInfo(graph.zone) if graph.zone and is_zone(graph.zone) else UTC
    try:
        for assumption in Timing.compile(node.timer, zone=zone).remarks():
            yield remark(node, "assumed-time", assumption)
    except InvalidDuration as error:
        yield problem(node, "bad-timer", str(error))
    is_process_start = node.type is NodeType.START_EVENT and node.parent is None
    may_repeat = is_process_start or (node.type in _REPEATING and not node.is_interrupting)
    if node.timer.kind is TimerKind.CYCLE and not may_repeat:
        message = "only start events and non-interrupting events repeat; use a timeDuration"
        yield problem(node, "bad-timer", message)


def _form(node: FlowNode, form_keys: Collection[str] | None) -> Iterator[Finding]:
    if node.form_key is None:
        return
    if node.type not in _WITH_FORM:
        yield problem(node, "misplaced-form", "only user tasks and start events show a form")
    elif form_keys is not None and node.form_key not in form_keys:
        known = ", ".join(sorted(form_keys)) or "none"
        yield problem(node, "unknown-form", f"there is no form {node.form_key!r}; known: {known}")


def _connector(node: FlowNode, connectors: Collection[str]) -> Iterator[Finding]:
    is_needed = node.type is NodeType.SERVICE_TASK
    if node.connector in connectors or not (is_needed or node.connector):
        return
    known = ", ".join(sorted(connectors)) or "none yet; use a user task or a plain task"
    what = f"not {node.connector!r}" if node.connector else "and this one names none"
    message = f"a {node.type} calls a registered connector, {what}; known: {known}"
    yield problem(node, "unknown-connector", message)


def _decision(node: FlowNode, decisions: Collection[str]) -> Iterator[Finding]:
    if node.decision is not None and node.decision.id not in decisions:
        known = ", ".join(sorted(decisions)) or "none; hand in the DMN file with the model"
        message = f"there is no decision {node.decision.id!r}; known: {known}"
        yield problem(node, "unknown-decision", message)


def _loop(node: FlowNode) -> Iterator[Finding]:
    loop = node.loop
    if loop is None:
        return
    if loop.kind is LoopKind.STANDARD:
        if loop.condition is None and loop.most is None:
            yield problem(node, "bad-loop", "a loop needs a loopCondition or a loopMaximum")
        elif loop.most == 0:
            yield problem(node, "bad-loop", "a loopMaximum is 1 or more")
    elif loop.cardinality is None and loop.collection is None:
        message = "a multi-instance activity needs a loopCardinality or a collection"
        yield problem(node, "bad-loop", message)
    for name in (loop.item, loop.output_collection):
        if name is not None and not name.isidentifier():
            yield problem(node, "bad-loop", f"{name!r} cannot be the name of a value")


def _script(node: FlowNode) -> Iterator[Finding]:
    if node.type is NodeType.SCRIPT_TASK and node.script is None and node.connector is None:
        yield problem(node, "missing-script", "a script task needs a script")
    if node.script is not None:
        try:
            check_script(node.script.text)
        except InvalidScript as error:
            yield problem(node, "bad-script", str(error))


def _work(node: FlowNode) -> Iterator[Finding]:
    """Tasks that have a type but do not say what they do."""
    if node.connector is not None:
        return
    if node.type in _MESSAGES and node.event is None:  # one that leads nowhere was found before
        message = f"a {node.type} needs a message (messageRef)"
        yield problem(node, "missing-reference", message)
    if node.type is NodeType.BUSINESS_RULE_TASK and node.decision is None:
        yield problem(node, "missing-reference", "a business rule task needs a decision")
    if node.type is NodeType.CALL_ACTIVITY:
        if node.called is None:
            message = "a call activity needs the id of a process (calledElement)"
            yield problem(node, "missing-reference", message)
        elif not (is_expression(node.called.key) or _KEY.fullmatch(node.called.key)):
            message = f"calledElement is the id of a process, not {node.called.key!r}"
            yield problem(node, "missing-reference", message)


def _mappings(graph: ProcessGraph, node: FlowNode) -> Iterator[Finding]:
    if node.inputs and not _hands_in(node):
        message = "only activities, and events that throw a message, signal, error …, take values"
        yield problem(node, "misplaced-mapping", message)
    if node.outputs and not _hands_out(graph, node):
        message = "only activities, and events that catch something in a case, hand values out"
        yield problem(node, "misplaced-mapping", message)
    for mapping in (*node.inputs, *node.outputs):
        names = mapping.target.split(".")
        if len(names) > _MOST_NAMES or not all(map(str.isidentifier, names)):
            message = f"a mapping sets a value, or a part of one (a.b), not {mapping.target!r}"
            yield problem(node, "bad-mapping", message)


def _caught_names(node: FlowNode) -> Iterator[Finding]:
    """The names that the code and message of an error get must be names of values."""
    named = (node.event.code_name, node.event.message_name) if node.event is not None else ()
    for name in named:
        if name is not None and not name.isidentifier():
            yield problem(node, "bad-mapping", f"{name!r} cannot be the name of a value")


def _hands_in(node: FlowNode) -> bool:
    kind = node.event.kind if node.event is not None else None
    return node.type in ACTIVITIES or (node.type in _THROWING and kind in _WITH_VALUES)


def _hands_out(graph: ProcessGraph, node: FlowNode) -> bool:
    if node.type is NodeType.START_EVENT:
        return node.parent is not None and graph.nodes[node.parent].is_event_sub_process
    calls = node.type in _THROWING and node.connector is not None
    return calls or node.type in ACTIVITIES or node.type in _CATCHING
