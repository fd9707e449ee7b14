"""One element in the words of some engine, and what is read of it."""

from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.domain.process_graph import FlowNode
from tests.engine.bpmn.builders import element
from tests.engine.bpmn.drawings import around, extensions


def node(drawn: str) -> FlowNode:
    return read_graph(around(drawn), source="x").nodes["a"]


def zeebe(tag: str, *parts: str, **attributes: str) -> str:
    return element(tag, "a", extensions(*parts), **attributes)


def found(drawn: str) -> dict[str, str]:
    return {finding.rule: finding.message for finding in lint(around(drawn), source="x")}
