"""All findings of a BPMN file: can it be read, and can it be executed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.graph import build_graph
from engine.bpmn.read import parse
from engine.bpmn.rules import graph_findings
from engine.bpmn.soundness import soundness_findings
from engine.bpmn.structure import executable_process, structure_findings
from engine.bpmn.vocabulary import q
from engine.errors import Finding, InvalidModel, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def lint(
    xml: bytes,
    *,
    source: str,
    form_keys: Collection[str] | None = None,
    connectors: Collection[str] = (),
) -> list[Finding]:
    """Return every finding, in the order of the lines; never raises InvalidModel.

    With ``form_keys`` each form key of the model must be among them. ``connectors`` are what
    service tasks may call.
    """
    try:
        root = parse(xml, source=source)
    except InvalidModel as refusal:
        return list(refusal.findings)
    findings = structure_findings(root)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        process = executable_process(root)
        graph = build_graph(process)
        findings += graph_findings(graph, form_keys=form_keys, connectors=connectors)
        findings += _document_findings(root, process)
        if not any(finding.severity is Severity.ERROR for finding in findings):
            findings += soundness_findings(graph)
    return sorted(findings, key=lambda finding: finding.line or 0)


def _document_findings(root: Any, process: Any) -> Iterator[Finding]:
    if process.get("isExecutable") in {"false", "0"}:
        message = "the process says isExecutable='false'; set it to 'true' to run it"
        yield Finding(
            "not-executable", message, Severity.ERROR, process.get("id"), process.sourceline
        )
    for flow in root.iter(q("messageFlow")):
        message = "message flows are drawn, but no message is sent"
        yield Finding("ignored-message", message, Severity.WARNING, flow.get("id"), flow.sourceline)
