"""What can be said of BPMN files without a database: what deployment would find in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn import report
from engine.connectors.registry import Connectors
from engine.connectors.settings import ConnectorSettings
from engine.services import checks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bpmn.report import ElementReport
    from engine.errors import Finding


def lint_file(
    xml: bytes,
    *,
    source: str,
    forms: Mapping[str, Mapping[str, object]],
    decisions: Mapping[str, bytes],
) -> list[Finding]:
    """Return what ``ProcessEngine.lint`` says, but for processes that may be deployed already.

    The connectors are those of the environment; ``decisions`` are DMN files by name.
    """
    return checks.file_findings(_connectors(), xml, source, forms=forms, decisions=decisions)


def report_file(xml: bytes, *, source: str, decisions: Mapping[str, bytes]) -> list[ElementReport]:
    """Return what becomes of each element, as ``ProcessEngine.report`` does."""
    known = checks.decision_ids(decisions)
    return report.report(xml, source=source, connectors=_connectors().names(), decisions=known)


def _connectors() -> Connectors:
    return Connectors.standard(ConnectorSettings.from_environment())
