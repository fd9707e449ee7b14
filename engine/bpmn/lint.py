"""All findings of a BPMN file: can it be read, and can it be executed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.content import Known
from engine.bpmn.graph import Reading, read_process
from engine.bpmn.processes import is_executable, process_element, processes
from engine.bpmn.read import parse
from engine.bpmn.recursion import recursion_findings
from engine.bpmn.references import References
from engine.bpmn.rules import graph_findings
from engine.bpmn.soundness import soundness_findings
from engine.bpmn.structure import blocks_reading, structure_findings
from engine.bpmn.vocabulary import q
from engine.domain.process_graph import EventKind
from engine.errors import Finding, InvalidModel, NotFound, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from engine.domain.process_graph import ProcessGraph


def lint(
    xml: bytes,
    *,
    source: str,
    process: str | None = None,
    form_keys: Collection[str] | None = None,
    connectors: Collection[str] = (),
    decisions: Collection[str] = (),
) -> list[Finding]:
    """Return every finding, in the order of the lines; never raises InvalidModel.

    ``process`` is the id of one; by default every executable process is checked, or the first
    one if none is executable. With ``form_keys`` each form key of the model must be among them.
    ``connectors`` are what service tasks may call, ``decisions`` what business rule tasks may ask.
    """
    try:
        root = parse(xml, source=source)
    except InvalidModel as refusal:
        return list(refusal.findings)
    try:
        chosen = _chosen(root, process)
    except NotFound as missing:
        return [Finding("no-process", str(missing), line=root.sourceline)]
    known = Known(form_keys, connectors, decisions)
    references = References(root)
    judged = [checked(one, references, known) for one in chosen]
    found = [finding for findings, _ in judged for finding in findings]
    found += recursion_findings([reading.graph for _, reading in judged if reading is not None])
    return sorted(dict.fromkeys(found), key=lambda finding: finding.line or 0)


def _chosen(root: Any, process: str | None) -> list[Any]:
    if process is None:
        runnable = [element for element in processes(root) if is_executable(element)]
        return runnable or [process_element(root, None)]
    return [process_element(root, process)]


def checked(
    process: Any, references: References, known: Known
) -> tuple[list[Finding], Reading | None]:
    """Return the findings of one process, and the graph if it can be read."""
    findings = structure_findings(process, references)
    if any(map(blocks_reading, findings)):
        return findings, None
    reading = read_process(process, references)
    findings += reading.notes.findings
    findings += graph_findings(reading.graph, known)
    findings += _document_findings(process, reading.graph)
    if not _has_errors(findings):
        findings += soundness_findings(reading.graph)
    return findings, reading


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _document_findings(process: Any, graph: ProcessGraph) -> Iterator[Finding]:
    if not is_executable(process):
        message = "the process is only drawn; it says isExecutable='true' if it is to run"
        yield Finding(
            "not-executable", message, Severity.ERROR, process.get("id"), process.sourceline
        )
    for flow in process.getparent().iter(q("messageFlow")):
        ends = (graph.nodes.get(flow.get(end, "")) for end in ("sourceRef", "targetRef"))
        talking = (
            node.connector is not None
            or (node.event is not None and node.event.kind is EventKind.MESSAGE)
            for node in ends
            if node is not None
        )
        if not any(talking):
            message = "message flows are drawn; messages are sent and awaited by events and tasks"
            yield Finding(
                "ignored-message", message, Severity.WARNING, flow.get("id"), flow.sourceline
            )
