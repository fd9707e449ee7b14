"""``twinflow lint``: what is wrong with BPMN files, and what becomes of their elements."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, TypedDict

import click

from engine.errors import InvalidFormSchema, InvalidModel
from web.cli.failures import WRONG_INPUT
from web.cli.models import ExistingFile, forms_folder, forms_for
from web.cli.output import as_json, write_json, write_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from engine.bpmn.report import ElementReport
    from engine.errors import Finding


class Known(TypedDict):
    """What a model may refer to outside of its file."""

    connectors: Collection[str]
    decisions: Collection[str]


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
    from engine.bpmn import lint as bpmn  # slow: lxml
    from engine.bpmn.dmn import lint_decisions
    from engine.bpmn.read import read_file

    forms, known = forms_for(model, folder), _known(model)
    findings = bpmn.lint(read_file(model), source=str(model), form_keys=forms.keys(), **known)
    for path in sorted(model.parent.glob("*.dmn")):
        found = lint_decisions(path.read_bytes(), source=path.name)
        findings += [replace(one, message=f"{path.name}: {one.message}") for one in found]
    return findings + [finding for key in forms for finding in _form_findings(key, forms[key])]


def _form_findings(key: str, schema: Mapping[str, object]) -> list[Finding]:
    from engine.domain.form import Form
    from engine.errors import Finding

    try:
        Form.parse(schema, source=f"{key}.form")
    except InvalidFormSchema as error:
        return [Finding("form", f"{error.source}: {problem}") for problem in error.problems]
    return []


def _known(model: Path) -> Known:
    """What a model may refer to: installed connectors, and decisions of files beside it."""
    from engine.bpmn.dmn import read_decisions  # slow: lxml
    from engine.connectors.registry import Connectors
    from engine.connectors.settings import ConnectorSettings

    decisions: set[str] = set()
    for path in model.parent.glob("*.dmn"):
        with suppress(InvalidModel):  # told as a finding of the file
            decisions |= set(read_decisions(path.read_bytes(), source=path.name))
    connectors = Connectors.standard(ConnectorSettings.from_environment())
    return {"connectors": connectors.names(), "decisions": decisions}


def write_findings(findings: Mapping[str, Sequence[Finding]]) -> None:
    """Write the findings of each file as people read them."""
    for name, found in findings.items():
        for finding in found:
            click.echo(f"{name}:{finding}")
        if not found:
            click.echo(f"{name}: ok")


def _report(models: Sequence[Path], *, is_json: bool) -> None:
    from engine.bpmn.read import read_file
    from engine.bpmn.report import report  # slow: lxml

    lines = {
        str(model): report(read_file(model), source=str(model), **_known(model)) for model in models
    }
    if is_json:
        write_json({name: [asdict(line) for line in found] for name, found in lines.items()})
        return
    for name, found in lines.items():
        write_table(name, _COLUMNS, [_row(line) for line in found], right="line")


def _row(line: ElementReport) -> tuple[object, ...]:
    can = ("yes" if able else "no" for able in (line.can_run, line.can_simulate, line.can_measure))
    return (line.line, line.tag, line.id, line.outcome.value, *can, "; ".join(line.words))
