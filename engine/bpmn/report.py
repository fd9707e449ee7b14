"""What becomes of each element of a BPMN file: kept, translated or refused, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.bpmn.content import Known
from engine.bpmn.lint import checked
from engine.bpmn.processes import is_executable, processes
from engine.bpmn.read import parse
from engine.bpmn.references import References
from engine.bpmn.vocabulary import DATA, NODES, REFUSED, q
from engine.domain.process_graph import (
    ACTIVITIES,
    EVENTS,
    FlowNode,
    ProcessGraph,
)
from engine.domain.simulated import not_simulated
from engine.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_DRAWN_ONLY = "drawn only: values belong to the case"


class Outcome(StrEnum):
    """What became of an element when it was read."""

    KEPT = "kept"
    TRANSLATED = "translated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ElementReport:
    """What became of one element, in words, and what can be done with it."""

    id: str
    line: int
    tag: str
    name: str
    outcome: Outcome
    words: tuple[str, ...]
    can_run: bool
    can_simulate: bool
    can_measure: bool


@dataclass(slots=True)
class _Judged:
    """A process and all that was found in it, by element."""

    process: Any
    graph: ProcessGraph | None
    translated: dict[str, list[str]]
    errors: dict[str, list[str]] = field(default_factory=dict)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    unplayed: frozenset[str] = field(init=False)  # what the simulation refuses

    def __post_init__(self) -> None:
        refused = () if self.graph is None else not_simulated(self.graph)
        self.unplayed = frozenset(node_id for node_id, _ in refused)

    def add(self, finding: Finding) -> None:
        found = self.errors if finding.severity is Severity.ERROR else self.warnings
        found.setdefault(finding.element_id or "", []).append(finding.message)


def report(
    xml: bytes,
    *,
    source: str,
    connectors: Collection[str] = (),
    decisions: Collection[str] = (),
) -> list[ElementReport]:
    """Return what becomes of each process, node, flow, lane and data element of a file.

    Any BPMN file will do, executable or not; InvalidModel is raised only for what is no BPMN.
    """
    root = parse(xml, source=source)
    known = Known(None, connectors, decisions)
    references = References(root)
    return [line for one in processes(root) for line in _of_process(one, references, known)]


def _of_process(process: Any, references: References, known: Known) -> Iterator[ElementReport]:
    findings, reading = checked(process, references, known)
    graph, translated = (reading.graph, reading.notes.translated) if reading else (None, {})
    judged = _Judged(process, graph, translated)
    for finding in findings:
        if finding.rule != "not-executable":
            judged.add(finding)
    yield _summary(judged)
    for element in process.iter(*NODES, *REFUSED, *DATA, q("sequenceFlow"), q("lane")):
        yield _line(element, judged)


def _summary(judged: _Judged) -> ElementReport:
    process = judged.process
    key = process.get("id", "")
    words = [*judged.errors.get(key, []), *judged.translated.get(key, [])]
    refused = sum(len(messages) for messages in judged.errors.values())
    if not is_executable(process):
        words.append("only drawn: isExecutable is not 'true'")
    if refused:
        words.append(f"cannot run as it stands: {refused} problem{'s' * (refused > 1)}")
    outcome = Outcome.TRANSLATED if key in judged.translated else Outcome.KEPT
    graph = judged.graph
    return ElementReport(
        id=key,
        line=process.sourceline,
        tag="process",
        name=process.get("name", ""),
        outcome=Outcome.REFUSED if refused else outcome,
        words=tuple(words),
        can_run=not refused,
        can_simulate=graph is not None and not judged.unplayed,
        can_measure=graph is not None,
    )


def _line(element: Any, judged: _Judged) -> ElementReport:
    key = element.get("id", "")
    errors = judged.errors.get(key, [])
    translated = [*judged.translated.get(key, []), *([_DRAWN_ONLY] if element.tag in DATA else [])]
    is_refused = bool(errors) or element.tag in REFUSED
    outcome = Outcome.TRANSLATED if translated else Outcome.KEPT
    node = judged.graph.nodes.get(key) if judged.graph is not None else None
    is_read = judged.graph is not None and element.tag not in DATA
    return ElementReport(
        id=key,
        line=element.sourceline,
        tag=str(etree.QName(element).localname),
        name=element.get("name", ""),
        outcome=Outcome.REFUSED if is_refused else outcome,
        words=(*errors, *translated, *judged.warnings.get(key, [])),
        can_run=not is_refused and element.tag not in DATA,
        can_simulate=is_read and key not in judged.unplayed,
        can_measure=_is_measured(element, node),
    )


def _is_measured(element: Any, node: FlowNode | None) -> bool:
    """Activities and events leave a trace in the history; lanes say who did the work."""
    if node is None:
        return bool(element.tag == q("lane"))
    return node.type in ACTIVITIES or node.type in EVENTS
