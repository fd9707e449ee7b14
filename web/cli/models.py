"""``twinflow deploy``, and the files that go with a BPMN file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.errors import InvalidModel
from web.cli.output import answer, as_json
from web.cli.session import opened_engine
from web.ladders import install_ladders
from web.library import folder_of, read_decision_files, read_forms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.instance import ProcessDefinition

    Forms = Mapping[str, Mapping[str, object]]

ExistingFile = click.Path(exists=True, dir_okay=False, path_type=Path)
ExistingFolder = click.Path(exists=True, file_okay=False, path_type=Path)
forms_folder = click.option(
    "--forms", "folder", type=ExistingFolder,
    help="Folder of the forms (*.form); by default forms/ beside the model.",
)  # fmt: skip


def forms_for(model: Path, folder: Path | None) -> Forms:
    """Return the forms that go with a model."""
    return read_forms(folder or model.parent / "forms")


def groups_for(model: Path) -> Mapping[str, str]:
    """Return the groups of the model's lanes, as a process.yaml beside it says."""
    from engine.bpmn.graph import read_graph  # slow: lxml
    from engine.bpmn.read import read_file

    process = folder_of(model)
    if process is None:
        return {}
    try:
        return process.groups(read_graph(read_file(model), source=str(model)))
    except InvalidModel:
        return {}  # deployment names everything that is wrong


@click.command()
@click.argument("model", type=ExistingFile)
@forms_folder
@click.option("--by", metavar="USER", envvar="TWINFLOW_USER", help="Who deploys it.")
@click.option("--draft", "is_draft", is_flag=True, help="Start no cases before it is activated.")
@as_json
def deploy(model: Path, folder: Path | None, by: str | None, is_draft: bool, is_json: bool) -> None:
    """Deploy a BPMN file, so that cases of the process can be started.

    \b
    twinflow deploy processes/bpmn/patient_visit/as_is.bpmn
    twinflow deploy leave.bpmn --forms leave_forms --by alice

    The same bytes again change nothing; other bytes become the next version, and running cases
    stay on theirs. A process.yaml beside the file says which group works in which lane, and
    what happens when tasks are late; its decisions are the DMN files beside it (*.dmn).
    """
    from engine.bpmn.read import read_file  # slow: lxml

    xml, forms, lanes = read_file(model), forms_for(model, folder), groups_for(model)
    decisions = read_decision_files(model.parent)
    with opened_engine() as engine:
        definition = engine.deploy(
            xml, source=str(model), forms=forms, lanes=lanes, decisions=decisions, by=by,
            draft=is_draft,
        )  # fmt: skip
        process = folder_of(model)
        if process is not None and definition.is_executable:
            ladders = process.ladders(engine.graph(definition.id))
            install_ladders(engine, ladders, by=None)
    answer(definition, describe(definition), is_json=is_json)


def describe(definition: ProcessDefinition) -> str:
    """Say what is deployed in one line."""
    state = "" if definition.state == "active" else f" ({definition.state})"
    return f"{definition.key} version {definition.version}{state}: {definition.name}"
