"""Checks of the XML elements: is everything known, identified, and does each reference lead on?

A file without errors here can be read as a graph. Each refusal says what is allowed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.bpmn import vocabulary
from engine.bpmn.vocabulary import BPMN, NODES, q
from engine.domain.process_graph import NodeType
from engine.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PARTS = 5_000  # children of a process: far more than people can draw or read
_ID = re.compile(r"[^\W\d][\w.\-]{0,199}")
_TRUE = frozenset({"true", "1"})
_DEFINITIONS: dict[NodeType, tuple[str, ...]] = {
    NodeType.INTERMEDIATE_CATCH_EVENT: ("timerEventDefinition",),
    NodeType.BOUNDARY_EVENT: ("timerEventDefinition",),
    NodeType.END_EVENT: ("terminateEventDefinition",),
}
_HOSTS = frozenset({q("userTask"), q("manualTask")})


def executable_process(root: Any) -> Any:
    """Return the process of a file that has exactly one with flow nodes."""
    return _processes(root)[0]


def structure_findings(root: Any) -> list[Finding]:
    """Return what is wrong with the elements of a BPMN file."""
    processes = _processes(root)
    if not processes:
        return [_finding(root, "no-process", "the file has no process with flow nodes")]
    if len(processes) > 1:
        keys = ", ".join(repr(process.get("id")) for process in processes)
        message = f"several processes ({keys}); deploy one process per file"
        return [_finding(processes[1], "several-processes", message)]
    process = processes[0]
    if len(process) > MOST_PARTS:
        message = f"more than {MOST_PARTS:,} nodes and flows; split the process"
        return [_finding(process, "too-large", message)]
    checks = (_ids(root, process), _elements(process), _flows(process), _lanes(process))
    findings = [finding for check in checks for finding in check]
    return sorted(findings, key=lambda finding: finding.line or 0)


def _finding(element: Any, rule: str, message: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule, message, severity, element.get("id"), element.sourceline)


def _processes(root: Any) -> list[Any]:
    runnable = {*NODES, *vocabulary.REFUSED}
    return [
        process
        for process in root.findall(q("process"))
        if any(child.tag in runnable for child in process)
    ]


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _ids(root: Any, process: Any) -> Iterator[Finding]:
    elements = [element for element in root.iter(f"{{{BPMN}}}*") if element.get("id") is not None]
    counts = Counter(element.get("id") for element in elements)
    seen: set[str] = set()
    for element in elements:
        if counts[element.get("id")] > 1 and element.get("id") in seen:
            yield _finding(element, "duplicate-id", "another element has the same id")
        seen.add(element.get("id"))
    named = [child for child in process if child.tag in NODES or child.tag == q("sequenceFlow")]
    for element in [process, *named, *process.iter(q("lane"))]:
        text = element.get("id")
        if not text:
            yield _finding(element, "missing-id", f"<{_name(element)}> has no id")
        elif not _ID.fullmatch(text):
            message = "an id is a letter, then letters, digits, '.', '-' or '_', up to 200"
            yield _finding(element, "bad-id", message)


def _elements(process: Any) -> Iterator[Finding]:
    by_id = {child.get("id"): child for child in process}
    for child in process:
        if child.tag in NODES:
            yield from _node(child, NODES[child.tag])
            if child.tag == q("boundaryEvent"):
                yield from _attachment(child, by_id.get(child.get("attachedToRef")))
        elif child.tag not in vocabulary.DRAWN:
            yield _unsupported(child, child)


def _unsupported(element: Any, owner: Any) -> Finding:
    allowed = vocabulary.REFUSED.get(element.tag, vocabulary.ALLOWED)
    message = f"<{_name(element)}> is not supported; {allowed}"
    finding = _finding(element, "unsupported-element", message)
    return finding if element.get("id") and element is owner else _at(owner, finding)


def _at(owner: Any, finding: Finding) -> Finding:
    return Finding(finding.rule, finding.message, finding.severity, owner.get("id"), finding.line)


def _node(element: Any, type_: NodeType) -> Iterator[Finding]:
    yield from _children(element, type_)
    yield from _attributes(element)
    if type_ in {NodeType.INTERMEDIATE_CATCH_EVENT, NodeType.BOUNDARY_EVENT}:
        yield from _timer(element)
    yield from _foreign(element)


def _children(element: Any, type_: NodeType) -> Iterator[Finding]:
    allowed = {q(name) for name in _DEFINITIONS.get(type_, ())}
    for child in element:
        if child.tag in vocabulary.PEOPLE:
            message = f"<{_name(child)}> is ignored: the lane says who does the work"
            yield _at(element, _finding(child, "ignored-people", message, Severity.WARNING))
        elif child.tag not in allowed | vocabulary.DESCRIPTIVE:
            yield _unsupported(child, element)


def _attributes(element: Any) -> Iterator[Finding]:
    if element.get("isForCompensation") in _TRUE:
        message = "compensation is not supported; draw the way back with sequence flows"
        yield _finding(element, "unsupported-element", message)
    for attribute in ("startQuantity", "completionQuantity"):
        if element.get(attribute, "1") != "1":
            yield _finding(
                element, "unsupported-element", f"{attribute} other than 1 is not supported"
            )


def _timer(element: Any) -> Iterator[Finding]:
    definitions = element.findall(q("timerEventDefinition"))
    times = [
        time for definition in definitions for time in definition if time.tag in vocabulary.TIMES
    ]
    if not any(child.tag in vocabulary.REFUSED for child in element) and (
        len(definitions) != 1 or len(times) != 1 or not (times[0].text or "").strip()
    ):
        message = "a timer event needs one timeDuration, timeDate or timeCycle"
        yield _finding(element, "missing-timer", message)


def _attachment(element: Any, host: Any) -> Iterator[Finding]:
    if host is None or not element.get("attachedToRef"):
        target = element.get("attachedToRef")
        message = f"a boundary event is attached to an activity; there is no {target!r}"
        yield _finding(element, "dangling-reference", message)
    elif host.tag in NODES and host.tag not in _HOSTS:
        message = f"a boundary event sits on a user or manual task, not on <{_name(host)}>"
        yield _finding(element, "bad-attachment", message)


def _foreign(element: Any) -> Iterator[Finding]:
    """What other engines would do with the node, and this one does not."""
    names = [a for a in element.attrib if a not in vocabulary.UNDERSTOOD_ATTRIBUTES]
    extensions = element.find(q("extensionElements"))
    names += [] if extensions is None else [child.tag for child in extensions]
    for name in names:
        qualified = etree.QName(name)
        engine = vocabulary.FOREIGN_ENGINES.get(qualified.namespace)
        if engine:
            message = f"{engine}:{qualified.localname} is ignored"
            yield _finding(element, "ignored-extension", message, Severity.WARNING)


def _flows(process: Any) -> Iterator[Finding]:
    nodes = {child.get("id"): NODES[child.tag] for child in process if child.tag in NODES}
    refused = {child.get("id") for child in process if child.tag in vocabulary.REFUSED}
    flows = process.findall(q("sequenceFlow"))
    for flow in flows:
        for end in ("sourceRef", "targetRef"):
            reference = flow.get(end)
            if reference not in nodes and reference not in refused:
                message = f"{end} {reference!r} is no flow node of this process"
                yield _finding(flow, "dangling-reference", message)
        if nodes.get(flow.get("sourceRef")) is NodeType.END_EVENT:
            yield _finding(flow, "flow-out-of-end", "no flow leaves an end event")
        if nodes.get(flow.get("targetRef")) in {NodeType.START_EVENT, NodeType.BOUNDARY_EVENT}:
            yield _finding(flow, "flow-into-start", "no flow enters a start or boundary event")
    sources = {flow.get("id"): flow.get("sourceRef") for flow in flows}
    for child in process:
        default = child.get("default")
        if default is not None and sources.get(default) != child.get("id"):
            message = f"the default flow {default!r} does not leave this element"
            yield _finding(child, "dangling-reference", message)


def _lanes(process: Any) -> Iterator[Finding]:
    known = {element.get("id") for element in process.iter() if element.get("id")}
    owner: dict[str, Any] = {}
    for lane in process.iter(q("lane")):
        for reference in lane.findall(q("flowNodeRef")):
            node_id = (reference.text or "").strip()
            if node_id not in known:
                message = f"the lane holds {node_id!r}, which is not in this process"
                yield _at(lane, _finding(reference, "dangling-reference", message))
            other = owner.get(node_id)
            if other is not None and other not in lane.iterancestors():
                message = f"{node_id!r} is already in lane {other.get('id')!r}"
                yield _at(lane, _finding(reference, "two-lanes", message))
            owner[node_id] = lane
