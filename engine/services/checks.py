"""What deployment checks: the model, its forms and decisions, connectors, called processes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.bpmn.dmn import lint_decisions, read_decisions
from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.bpmn.processes import process_ids
from engine.bpmn.terms import is_marked
from engine.domain.form import Form
from engine.errors import Finding, InvalidFormSchema, InvalidModel, NotFound, Severity
from engine.store import definitions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.connectors.registry import Connectors
    from engine.domain.process_graph import ProcessGraph
    from engine.services.context import Context


def file_findings(
    connectors: Connectors,
    xml: bytes,
    source: str,
    *,
    forms: Mapping[str, Mapping[str, object]] | None,
    decisions: Mapping[str, bytes],
) -> list[Finding]:
    """Return the findings about a BPMN file with its forms and DMN files, whatever is deployed.

    Without forms, those that the model names are not looked for.
    """
    findings = lint(
        xml,
        source=source,
        form_keys=None if forms is None else forms.keys(),
        connectors=connectors.names(),
        decisions=decision_ids(decisions),
    )
    if is_sound(findings):
        findings += _connector_findings(connectors, xml, source)
    findings += _decision_findings(decisions)
    return findings + _form_findings(forms or {})


def is_sound(findings: Iterable[Finding]) -> bool:
    """Return whether there are no errors among the findings."""
    return all(finding.severity is not Severity.ERROR for finding in findings)


def decision_ids(files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the ids of the decisions in these files; a file that cannot be read has none."""
    known: set[str] = set()
    for name, xml in files.items():
        try:
            known |= set(read_decisions(xml, source=name))
        except InvalidModel:  # told as a finding of the file
            continue
    return frozenset(known)


def _decision_findings(files: Mapping[str, bytes]) -> list[Finding]:
    """Return what is wrong with decision files; the message names the file."""
    return [
        Finding(
            finding.rule, f"{name}: {finding.message}", finding.severity, finding.element_id,
            finding.line,
        )
        for name, xml in files.items()
        for finding in lint_decisions(xml, source=name)
    ]  # fmt: skip


def _form_findings(forms: Mapping[str, Mapping[str, object]]) -> list[Finding]:
    findings = []
    for key, schema in forms.items():
        try:
            Form.parse(schema, source=f"{key}.form")
        except InvalidFormSchema as error:
            findings += [Finding("form", f"{error.source}: {text}") for text in error.problems]
    return findings


def _connector_findings(connectors: Connectors, xml: bytes, source: str) -> list[Finding]:
    """Return what connectors say about the inputs that a model gives them."""
    found = []
    for graph in graphs(xml, source):
        for node in graph.nodes.values():
            if node.connector is None:
                continue
            inputs = {mapping.target: _as_given(mapping.source) for mapping in node.inputs}
            try:
                problems = connectors.get(node.connector).check(inputs)
            except NotFound:  # lint has told which there are
                continue
            found += [
                Finding("connector", problem, Severity.ERROR, node.id, node.line)
                for problem in problems
            ]
    return found


def _as_given(source: str) -> str:
    """Return the text of a literal without its quotes; whatever else is computed begins with =."""
    try:
        literal = json.loads(source.removeprefix("="))
    except ValueError:
        return source if is_marked(source) else f"={source}"
    return literal if isinstance(literal, str) else source.removeprefix("=")


def call_findings(context: Context, xml: bytes, source: str) -> list[Finding]:
    """Return a warning for each called process that is not deployed: it may be, later."""
    own = {summary.id for summary in process_ids(xml, source=source)}
    called = {
        node.called.key: node
        for graph in graphs(xml, source)
        for node in graph.nodes.values()
        if node.called is not None and not node.called.key.startswith(("=", "${", "#{"))
    }
    missing = [key for key in called if key not in own]
    if missing:
        with context.database.reading() as tx:
            missing = [key for key in missing if definitions.newest_of(tx, key) is None]
    words = "is not deployed yet; a case that calls it before has an incident"
    return [
        Finding("called-process", f"process {key!r} {words}", Severity.WARNING, called[key].id,
                called[key].line)
        for key in missing
    ]  # fmt: skip


@lru_cache(maxsize=1)
def graphs(xml: bytes, source: str) -> tuple[ProcessGraph, ...]:
    """Return the executable processes of a file; all that looks at one deployment shares them."""
    return tuple(
        read_graph(xml, source=source, process=summary.id)
        for summary in process_ids(xml, source=source)
        if summary.is_executable
    )
