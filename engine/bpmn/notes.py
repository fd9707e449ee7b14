"""Notes: what reading a model had to translate, and what it found but could not use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.processes import place_of
from engine.errors import Finding, Severity


@dataclass(slots=True)
class Notes:
    """Collected while a process is read: words for its report, and findings for lint."""

    translated: dict[str, list[str]] = field(default_factory=dict)  # by id of the element
    findings: list[Finding] = field(default_factory=list)

    def translate(self, element_id: str, words: str) -> None:
        """Note that an element is run in another form than it is written."""
        self.translated.setdefault(element_id, []).append(words)

    def warn(self, element: Any, rule: str, message: str) -> None:
        """Note that something of an element is not used."""
        self._add(element, rule, message, Severity.WARNING)

    def refuse(self, element: Any, rule: str, message: str) -> None:
        """Note that an element cannot be run as it is written."""
        self._add(element, rule, message, Severity.ERROR)

    def _add(self, element: Any, rule: str, message: str, severity: Severity) -> None:
        finding = Finding(rule, message, severity, place_of(element), element.sourceline)
        self.findings.append(finding)
