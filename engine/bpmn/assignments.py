"""Checks of who may do a task and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.dialects import is_expression
from engine.bpmn.remarks import problem
from engine.domain.due_date import ensure_working_duration
from engine.domain.duration import Duration, InvalidDuration, parse_moment
from engine.domain.node_content import CALLER
from engine.domain.process_graph import FlowNode, NodeType, ProcessGraph, TaskAssignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.errors import Finding

_OFFERED = frozenset({NodeType.USER_TASK, NodeType.MANUAL_TASK})
_HIGHEST_PRIORITY = 100


def assignment_findings(graph: ProcessGraph, node: FlowNode) -> Iterator[Finding]:
    """Return what is wrong with the people and the due dates of a task."""
    said = node.assignment
    if said is None:
        return
    for other in (*said.distinct_from, *((said.same_as,) if said.same_as else ())):
        if other.startswith(CALLER) and other != CALLER:
            continue  # which process calls this one is not known here
        found = graph.nodes.get(other)
        if found is None or found.type not in _OFFERED:
            message = (
                f"{other!r} is no user or manual task of this process;"
                f" one of a case that calls it is written {CALLER}ID"
            )
            yield problem(node, "dangling-reference", message)
    for what, text in (("due date", said.due), ("follow-up date", said.follow_up)):
        if text is not None and not is_expression(text):
            yield from _moment(node, said, what, text)
    priority = said.priority or "0"
    is_number = priority.isdecimal() and int(priority) <= _HIGHEST_PRIORITY
    if not (is_number or is_expression(priority)):
        message = f"a priority is a number from 0 to {_HIGHEST_PRIORITY}, not {priority!r}"
        yield problem(node, "bad-assignment", message)


def _moment(node: FlowNode, said: TaskAssignment, what: str, text: str) -> Iterator[Finding]:
    try:
        if not text.startswith("P"):
            parse_moment(text)
        elif said.calendar is not None:
            ensure_working_duration(text)
        else:
            Duration.parse(text)
    except InvalidDuration as error:
        yield problem(node, "bad-assignment", f"{what}: {error}")
