"""``twinflow lint``: what is wrong with BPMN files, and what becomes of their elements."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from web.cli.failures import WRONG_INPUT
from web.cli.models import ExistingFile, forms_folder, forms_for
from web.cli.output import as_json, write_json, write_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from engine.bpmn.report import ElementReport
    from engine.errors import Finding


_COLUMNS = ("line", "element", "id", "outcome", "runs", "simulates", "measured", "why")


@click.command()
@click.argument("models", nargs=-1, required=True, type=ExistingFile)
@forms_folder
@click.option("--report", "is_report", is_flag=True, help="Say what becomes of each element.")
@as_json
@click.pass_context
def lint(
    ctx: click.Context,
    models: Sequence[Path],
    folder: Path | None,
    is_report: bool,
    is_json: bool,
) -> None:
    """Check BPMN files: can they be deployed and executed faithfully?

    \b
    twinflow lint processes/bpmn/patient_visit/as_is.bpmn
    twinflow lint --json *.bpmn
    twinflow lint --report drawing.bpmn

    One line per finding: file:line, element, what is wrong, what is allowed.
    Exit status 2 if there is an error; warnings do not count. With --report every element is
    listed instead, of any BPMN file: kept, translated or refused, and whether it can be run,
    simulated and measured.
    """
    if is_report:
        _report(models, is_json=is_json)
        return
    findings = {str(model): findings_of(model, folder) for model in models}
    if is_json:
        write_json(
            {name: [asdict(finding) for finding in found] for name, found in findings.items()}
        )
    else:
        write_findings(findings)
    if any(finding.severity == "error" for found in findings.values() for finding in found):
        ctx.exit(WRONG_INPUT)


def findings_of(model: Path, folder: Path | None) -> list[Finding]:
    """Return what is wrong with a model, its forms and the DMN files beside it."""
    from engine.bpmn.read import read_file  # slow: lxml
    from engine.process_engine.files import lint_file

    forms, decisions = forms_for(model, folder), _decisions(model)
    return lint_file(read_file(model), source=str(model), forms=forms, decisions=decisions)


def _decisions(model: Path) -> dict[str, bytes]:
    """Return the DMN files beside a model."""
    return {path.name: path.read_bytes() for path in sorted(model.parent.glob("*.dmn"))}


def write_findings(findings: Mapping[str, Sequence[Finding]]) -> None:
    """Write the findings of each file as people read them."""
    for name, found in findings.items():
        for finding in found:
            click.echo(f"{name}:{finding}")
        if not found:
            click.echo(f"{name}: ok")


def _report(models: Sequence[Path], *, is_json: bool) -> None:
    from engine.bpmn.read import read_file  # slow: lxml
    from engine.process_engine.files import report_file

    lines = {
        str(model): report_file(read_file(model), source=str(model), decisions=_decisions(model))
        for model in models
    }
    if is_json:
        write_json({name: [asdict(line) for line in found] for name, found in lines.items()})
        return
    for name, found in lines.items():
        write_table(name, _COLUMNS, [_row(line) for line in found], right="line")


def _row(line: ElementReport) -> tuple[object, ...]:
    can = ("yes" if able else "no" for able in (line.can_run, line.can_simulate, line.can_measure))
    return (line.line, line.tag, line.id, line.outcome.value, *can, "; ".join(line.words))
