"""Findings at the nodes and flows of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Finding, Severity

if TYPE_CHECKING:
    from engine.domain.process_graph import FlowNode, SequenceFlow


def problem(element: FlowNode | SequenceFlow, rule: str, message: str) -> Finding:
    """Return an error at an element; one that was generated stands for the one it is made of."""
    return _finding(element, rule, message, Severity.ERROR)


def remark(element: FlowNode | SequenceFlow, rule: str, message: str) -> Finding:
    """Return a warning at an element; one that was generated stands for the one it is made of."""
    return _finding(element, rule, message, Severity.WARNING)


def _finding(
    element: FlowNode | SequenceFlow, rule: str, message: str, severity: Severity
) -> Finding:
    return Finding(rule, message, severity, element.id.partition("/")[0], element.line)
