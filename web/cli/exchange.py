"""``twinflow scenario import`` and ``export``: scenarios of other simulators."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.output import as_json, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from simulation.exchange.notes import Notes

ExistingFile = click.Path(exists=True, dir_okay=False, path_type=Path)
NewFile = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=ExistingFile)
@click.option("--model", type=ExistingFile,
              help="BPMN file of a Prosimos JSON; by default the one beside it.")  # fmt: skip
@click.option("--out", required=True, type=NewFile, help="Scenario file to write.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@as_json
def import_scenario(
    *, file: Path, model: Path | None, out: Path, force: bool, is_json: bool
) -> None:
    """Make a scenario of a file of another simulator; the format is found out.

    \b
    twinflow scenario import loan.json --model loan.bpmn --out loan.yaml   Prosimos
    twinflow scenario import claim.bpmn --out claim.yaml                   qbp: or BPSim inside

    Says of every field whether it is kept, translated or lost, and what had to be guessed; the
    guesses stand in the scenario, marked by # ?
    """
    from simulation.exchange.importing import Names, import_file  # slow: scipy
    from simulation.exchange.importing import is_json as holds_json

    copy = out.with_suffix(".bpmn")
    if model is None:
        model = file.with_suffix(".bpmn") if holds_json(file) else file
        if not model.is_file():
            raise click.UsageError(f"{file} has no model beside it; name one with --model")
    name = Path(os.path.relpath(model.resolve(), out.resolve().parent)).as_posix()
    _ensure_free((out,), force=force)
    found = import_file(file, model=model, names=Names(name, copy.name), first_day=_next_monday())
    texts = {out: found.text.encode()}
    if found.model_xml is not None:
        texts[copy] = found.model_xml
    _write(texts, force=force)
    facts = {"format": found.kind, "files": [str(path) for path in texts]}
    _tell(found.notes, facts, is_json=is_json)


@click.command("export")
@click.argument("scenario_file", metavar="SCENARIO", type=ExistingFile)
@click.option("--format", "kind", required=True, type=click.Choice(("prosimos", "bpsim")))
@click.option("--out", required=True, type=NewFile, help="File to write.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@as_json
def export_scenario(
    *, scenario_file: Path, kind: str, out: Path, force: bool, is_json: bool
) -> None:
    """Write a scenario for another simulator, and say of every field what became of it.

    \b
    twinflow scenario export as_is.yaml --format prosimos --out as_is.json
    twinflow scenario export as_is.yaml --format bpsim --out as_is_bpsim.bpmn

    Prosimos reads a BPMN file of plain tasks: it is written beside the JSON.
    """
    from engine.bpmn.read import read_file
    from simulation.exchange.bpsim_export import export_bpsim  # slow: scipy
    from simulation.exchange.model_file import model_file
    from simulation.exchange.prosimos_export import export_prosimos
    from simulation.scenario.load import load

    scenario = load(scenario_file)
    if kind == "prosimos":
        files = export_prosimos(scenario)
        notes, texts = files.notes, {
            out: json.dumps(files.parameters, ensure_ascii=False, indent=1) + "\n",
            out.with_suffix(".bpmn"): files.model,
        }  # fmt: skip
        if len(texts) < 2:
            raise click.UsageError("--out names the JSON file; the model is written beside it")
    else:
        text, notes = export_bpsim(scenario, read_file(model_file(scenario_file)))
        texts = {out: text}
    _write({path: content.encode() for path, content in texts.items()}, force=force)
    _tell(notes, {"format": kind, "files": [str(path) for path in texts]}, is_json=is_json)


def _write(texts: Mapping[Path, bytes], *, force: bool) -> None:
    """Write all files, or none if one of them cannot be written."""
    _ensure_free(tuple(texts), force=force)
    partial = {path: path.with_name(f".{path.name}.part") for path in texts}
    try:
        for path, content in texts.items():
            partial[path].write_bytes(content)
        for path, written in partial.items():
            written.replace(path)
    finally:
        for written in partial.values():
            written.unlink(missing_ok=True)


def _tell(notes: Notes, facts: Mapping[str, object], *, is_json: bool) -> None:
    """Write the report: what is lost and guessed last, where it is read."""
    if is_json:
        fields = [
            {"field": note.field, "fate": str(note.fate), "words": note.words}
            for note in notes.entries
        ]
        write_json({**facts, "fields": fields})
        return
    order = ("kept", "translated", "guessed", "lost")
    for note in sorted(notes.entries, key=lambda note: order.index(note.fate)):
        click.echo(str(note))
    files = facts["files"]
    assert isinstance(files, list)
    counts = Counter(str(note.fate) for note in notes.entries)
    told = ", ".join(f"{counts[fate]} {fate}" for fate in order)
    click.echo(f"{facts['format']}: {told}; written: {', '.join(map(str, files))}")


def _ensure_free(files: tuple[Path, ...], *, force: bool) -> None:
    for path in files:
        if path.exists() and not force:
            raise click.UsageError(f"{path} exists already; --force writes over it")


def _next_monday() -> date:
    from engine.clock import SystemClock

    today = SystemClock().now().date()
    return today + timedelta(days=7 - today.weekday())
