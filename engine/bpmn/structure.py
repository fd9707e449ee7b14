"""Checks of the XML elements: is everything known, identified, and does each reference lead on?

A process without errors here can be read as a graph. Each refusal says what is allowed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.bpmn import vocabulary
from engine.bpmn.dialects import is_expression
from engine.bpmn.events import DEFINITIONS
from engine.bpmn.placement import INCOMPLETE, placement_findings
from engine.bpmn.processes import place_of, scopes
from engine.bpmn.references import References, text_of
from engine.bpmn.vocabulary import BPMN, LOOPS, NODES, PEOPLE, SCOPES, TRUE, q
from engine.domain.process_graph import ACTIVITIES, EVENTS, NodeType
from engine.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_PARTS = 5_000  # of a process: far more than people can draw or read
DEEPEST_NESTING = 20  # subprocesses in subprocesses
_ID = re.compile(r"[^\W\d][\w.\-]{0,199}")
_BESIDE_NODES = vocabulary.DRAWN | vocabulary.DESCRIPTIVE | PEOPLE | LOOPS
# XPath is the standard's default, so that editors write it without meaning it.
# The language of JSP is that of JUEL.
_LANGUAGE = re.compile(r"feel|juel|jsp|python|twinflow|xpath", re.IGNORECASE)
_CONDITION = q("conditionExpression")
_CONDITIONS = {_CONDITION, q("condition"), q("loopCondition"), q("completionCondition")}
_QUANTITIES = ("startQuantity", "completionQuantity")


def blocks_reading(finding: Finding) -> bool:
    """Return whether a process with this finding makes no graph.

    What a drawing leaves out (which message? when?) keeps it from running, not from being read.
    """
    return finding.severity is Severity.ERROR and finding.rule not in INCOMPLETE


def structure_findings(process: Any, references: References) -> list[Finding]:
    """Return what is wrong with the elements of one process of a BPMN file."""
    parts = sum(1 for _ in process.iter(*NODES, q("sequenceFlow")))
    if parts > MOST_PARTS:
        message = f"more than {MOST_PARTS:,} nodes and flows; split the process"
        return [_finding(process, "too-large", message)]
    checks = (
        _ids(process, references),
        _elements(process, references),
        *(_flows(scope) for scope in scopes(process)),
        _lanes(process),
        _languages(process),
    )
    findings = [finding for check in checks for finding in check]
    return sorted(findings, key=lambda finding: finding.line or 0)


def _finding(element: Any, rule: str, message: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule, message, severity, place_of(element), element.sourceline)


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _ids(process: Any, references: References) -> Iterator[Finding]:
    for element in references.repeated:
        yield _finding(element, "duplicate-id", "another element has the same id")
    for element in [process, *process.iter(*NODES, q("sequenceFlow"), q("lane"))]:
        text = element.get("id")
        if not text:
            yield _finding(element, "missing-id", f"<{_name(element)}> has no id")
        elif not _ID.fullmatch(text):
            message = "an id is a letter or '_', then letters, digits, '.', '-' or '_', up to 200"
            yield _finding(element, "bad-id", message)


def _elements(process: Any, references: References) -> Iterator[Finding]:
    for scope in scopes(process):
        depth = sum(1 for outer in scope.iterancestors() if outer.tag in SCOPES)
        if depth > DEEPEST_NESTING:
            message = f"subprocesses are nested more than {DEEPEST_NESTING} deep"
            yield _finding(scope, "too-deep", message)
        for child in scope:
            if child.tag in NODES:
                yield from _node(child, NODES[child.tag])
                yield from placement_findings(child, references)
            elif child.tag not in _BESIDE_NODES:
                yield _unsupported(child, child if scope is process else scope)


def _unsupported(element: Any, owner: Any) -> Finding:
    allowed = vocabulary.REFUSED.get(element.tag, vocabulary.ALLOWED)
    message = f"<{_name(element)}> is not supported; {allowed}"
    named = element if element.get("id") and element.tag in vocabulary.REFUSED else owner
    return Finding(
        "unsupported-element", message, Severity.ERROR, place_of(named), element.sourceline
    )


def _node(element: Any, type_: NodeType) -> Iterator[Finding]:
    for child in element:
        if child.tag not in _children(element, type_) and element.tag not in SCOPES:
            yield _unsupported(child, element)
    for attribute in _QUANTITIES:
        if element.get(attribute, "1").strip() != "1":
            message = f"{attribute} other than 1 is not supported; draw the tokens with gateways"
            yield _finding(element, "unsupported-element", message)
    if element.get("eventGatewayType", "Exclusive") != "Exclusive":
        message = "an event-based gateway that waits for all its events is not supported"
        yield _finding(element, "unsupported-element", message)
    if element.get("instantiate") in TRUE:
        message = "instantiate='true' is not supported; begin with a start event for the message"
        yield _finding(element, "unsupported-element", message)


def _children(element: Any, type_: NodeType) -> frozenset[str]:
    allowed = vocabulary.DESCRIPTIVE | PEOPLE
    if type_ in EVENTS:
        allowed |= DEFINITIONS | {q("eventDefinitionRef")}
    if type_ in ACTIVITIES:
        allowed |= LOOPS
    return allowed | {q("script")} if element.tag == q("scriptTask") else allowed


def _flows(scope: Any) -> Iterator[Finding]:
    nodes = {child.get("id"): NODES[child.tag] for child in scope if child.tag in NODES}
    refused = {child.get("id") for child in scope if child.tag in vocabulary.REFUSED}
    flows = scope.findall(q("sequenceFlow"))
    for flow in flows:
        for end in ("sourceRef", "targetRef"):
            reference = flow.get(end)
            if reference not in nodes and reference not in refused:
                message = f"{end} {reference!r} is no flow node of this {_name(scope)}"
                yield _finding(flow, "dangling-reference", message)
        if nodes.get(flow.get("sourceRef")) is NodeType.END_EVENT:
            yield _finding(flow, "flow-out-of-end", "no flow leaves an end event")
        if nodes.get(flow.get("targetRef")) in {NodeType.START_EVENT, NodeType.BOUNDARY_EVENT}:
            yield _finding(flow, "flow-into-start", "no flow enters a start or boundary event")
    yield from _conditions(scope, flows)


def _conditions(scope: Any, flows: Iterable[Any]) -> Iterator[Finding]:
    for flow in flows:
        for child in flow:
            if child.tag not in vocabulary.DESCRIPTIVE and child.tag != _CONDITION:
                yield _unsupported(child, flow)
        if flow.find(_CONDITION) is not None and text_of(flow, "conditionExpression") is None:
            yield _finding(flow, "missing-condition", "the condition is empty")
    sources = {flow.get("id"): flow.get("sourceRef") for flow in flows}
    for child in scope:
        default = child.get("default")
        if default is not None and sources.get(default) != child.get("id"):
            message = f"the default flow {default!r} does not leave this element"
            yield _finding(child, "dangling-reference", message)


def _languages(process: Any) -> Iterator[Finding]:
    general = process.getroottree().getroot().get("expressionLanguage", "").strip()
    for element in process.iter(f"{{{BPMN}}}*"):
        language = _language(element, general)
        if language and not _LANGUAGE.search(language):
            message = f"expressions are written in FEEL or our own language, not in {language!r}"
            owner = next(outer for outer in element.iterancestors() if outer.get("id"))
            yield _at(owner, element, "unknown-language", message)


def _language(element: Any, general: str) -> str:
    """A condition without a language, or a mark of one, is in that of its file."""
    own = (element.get("language") or "").strip()
    text = (element.text or "").strip()
    is_general = element.tag in _CONDITIONS and text and not is_expression(text)
    return general if is_general and not own else own


def _lanes(process: Any) -> Iterator[Finding]:
    known = {element.get("id") for element in process.iter() if element.get("id")}
    owner: dict[str, Any] = {}
    for lane in process.iter(q("lane")):
        for reference in lane.findall(q("flowNodeRef")):
            node_id = (reference.text or "").strip()
            if node_id not in known:
                message = f"the lane holds {node_id!r}, which is not in this process"
                yield _at(lane, reference, "dangling-reference", message)
            other = owner.get(node_id)
            if other is not None and other not in lane.iterancestors():
                message = f"{node_id!r} is already in lane {other.get('id')!r}"
                yield _at(lane, reference, "two-lanes", message)
            owner[node_id] = lane


def _at(owner: Any, element: Any, rule: str, message: str) -> Finding:
    return Finding(rule, message, Severity.ERROR, place_of(owner), element.sourceline)
