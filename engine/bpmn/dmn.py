"""Decisions of DMN: read and checked once, then decided over the values of a case.

read_decisions(xml, source=…)          -> Decisions, or InvalidModel with every finding
Decisions.decide(decision_id, values)  -> Decided: the result as JSON, and the rules that hit
lint_decisions(xml, source=…)          -> every finding, also gaps and overlaps of tables

dmn_read.py     XML -> parts of the file      dmn_types.py   types of inputs and results
dmn_compile.py  XML -> logic                  dmn_boxed.py   logic that is no table
dmn_table.py    tables and hit policies       dmn_lint.py    gaps and overlaps of tables
dmn_structure.py  which elements may stand where
dmn_session.py  one call of ``decide``        dmn_run.py     what it keeps, and its failure
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn.dmn_lint import table_findings
from engine.bpmn.dmn_read import Decision, Model, Service, read_model
from engine.bpmn.dmn_run import DecisionFailed, HitRule, LogicFailed
from engine.bpmn.dmn_session import Session
from engine.errors import Finding, InvalidModel, NotFound, Severity
from engine.expressions import FeelFunction
from engine.expressions.feel_results import json_of
from engine.expressions.feel_values import MOST_STEPS, EvaluationStopped

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Decided",
    "Decision",
    "DecisionFailed",
    "Decisions",
    "HitRule",
    "lint_decisions",
    "read_decisions",
]


@dataclass(frozen=True, slots=True)
class Decided:
    """The result of a decision, the rules that hit, and the results it was made of by id."""

    value: object
    rules: tuple[HitRule, ...]
    results: Mapping[str, object]


def read_decisions(xml: bytes, *, source: str) -> Decisions:
    """Read a DMN file, or raise InvalidModel with its findings."""
    model = read_model(xml, source=source)
    if any(finding.severity is Severity.ERROR for finding in model.findings):
        raise InvalidModel(source, _sorted(model.findings))
    return Decisions(model)


def lint_decisions(xml: bytes, *, source: str) -> list[Finding]:
    """Return every finding of a DMN file, in the order of the lines; never raises."""
    try:
        model = read_model(xml, source=source)
    except InvalidModel as refusal:
        return list(refusal.findings)
    findings = list(model.findings)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        findings += table_findings(model)
    return _sorted(findings)


def _sorted(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.line or 0)


class Decisions(Mapping[str, Decision]):
    """The decisions of one file by id."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._decisions = {
            identifier: part
            for identifier, part in model.parts.items()
            if isinstance(part, Decision)
        }

    def __getitem__(self, decision_id: str) -> Decision:
        return self._decisions[decision_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._decisions)

    def __len__(self) -> int:
        return len(self._decisions)

    def decide(
        self, decision_id: str, values: Mapping[str, object], *, at: datetime | None = None
    ) -> Decided:
        """Decide over the values of a case; ``at`` is what ``now()`` and ``today()`` say.

        The id may be that of a decision service too. Raises DecisionFailed, and NotFound if
        the file has no such decision.
        """
        part = self._model.parts.get(decision_id)
        if not isinstance(part, Decision | Service):
            raise NotFound("decision", decision_id)
        session = Session(self._model, values, at)
        try:
            result = session.result_of(part)
        except (LogicFailed, RecursionError) as failure:
            raise DecisionFailed(part.name, str(failure)) from None
        results = {
            key: _json(value, key)
            for key, value in session.results.items()
            if not isinstance(value, FeelFunction)
        }
        return Decided(_json(result, part.name), tuple(session.run.rules), results)


def _json(value: object, decision: str) -> object:
    try:
        return json_of(value, [MOST_STEPS])
    except (TypeError, ValueError, RecursionError, EvaluationStopped) as failure:
        raise DecisionFailed(decision, f"the result: {failure}") from None
