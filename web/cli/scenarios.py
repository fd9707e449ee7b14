"""``twinflow scenario``: starter files, checks and the JSON Schema."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.calibrate import calibrate, validate
from web.cli.exchange import export_scenario, import_scenario
from web.cli.output import as_json, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

ExistingFile = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def scenario() -> None:
    """Start, check and describe scenario files.

    \b
    twinflow scenario new as_is.bpmn > as_is.yaml    a complete file to edit
    twinflow scenario check as_is.yaml               is it valid?
    twinflow scenario schema > scenario.schema.json  for an editor that completes fields
    twinflow scenario calibrate log.csv --model as_is.bpmn --out as_is.yaml
    twinflow scenario validate as_is.yaml --log march.csv
    twinflow scenario import loan.json --model loan.bpmn --out loan.yaml
    """


scenario.add_command(calibrate)
scenario.add_command(validate)
scenario.add_command(import_scenario)
scenario.add_command(export_scenario)


@scenario.command()
@click.argument("model", type=ExistingFile)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def new(model: Path, out: Path | None) -> None:
    """Write a complete starter scenario for a BPMN file, each guess marked by # ?

    \b
    twinflow scenario new as_is.bpmn --out as_is.yaml
    """
    from engine.clock import SystemClock
    from simulation.scenario.starter import write_starter

    today = SystemClock().now().date()
    text = write_starter(model, first_day=today + timedelta(days=7 - today.weekday()))
    if out is None:
        click.echo(text, nl=False)
    elif out.exists():
        raise click.UsageError(f"{out} exists already; it is not overwritten")
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"{out} is written; put your own figures where # ? stands")


@scenario.command()
@click.argument("files", nargs=-1, required=True, type=ExistingFile)
@as_json
def check(files: Sequence[Path], is_json: bool) -> None:
    """Check scenario files: every error names the field, the value and what is allowed.

    \b
    twinflow scenario check as_is.yaml to_be.yaml

    Exit status 2 if one of them is wrong.
    """
    from simulation.experiment import ensure_runs  # slow: Pydantic, numpy, scipy
    from simulation.scenario.load import load

    checked = {str(path): load(path) for path in files}
    for found in checked.values():
        ensure_runs(found)
    if is_json:
        write_json({
            path: {"scenario_sha256": found.sha256, "model_sha256": found.model_sha256}
            for path, found in checked.items()
        })  # fmt: skip
    else:
        for path, found in checked.items():
            click.echo(f"{path}: ok ({found.name()})")


@scenario.command()
def schema() -> None:
    """Write the JSON Schema of scenario files."""
    from simulation.scenario.schema import json_schema  # slow: Pydantic, numpy, scipy

    write_json(json_schema())
