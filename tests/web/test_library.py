"""Process folders: what process.yaml may say."""

from pathlib import Path

import pytest

from engine.bpmn.graph import read_graph
from web.library import InvalidProcessFolder, ProcessFolder, folder_of, read_forms, read_library

GOOD = """
key: leave
name: {en: Leave, zh: 请假}
models: {as_is: {file: leave.bpmn}}
default: as_is
"""


def test_shipped_library_names_existing_files():
    (visit,) = (folder for folder in read_library() if folder.key == "patient_visit")

    assert all(
        files.model.exists() and files.scenario and files.scenario.exists()
        for files in visit.models.values()
    )
    assert visit.forms().keys() >= {"register", "triage", "consult"}


def test_groups_are_those_of_the_lanes_a_model_has():
    (visit,) = (folder for folder in read_library() if folder.key == "patient_visit")
    as_is = visit.models["as_is"].model

    groups = visit.groups(read_graph(as_is.read_bytes(), source="as_is.bpmn"))

    assert "doctor" in groups
    assert "kiosk" not in groups


def test_folder_without_scenario_and_lanes_is_fine(tmp_path: Path):
    (tmp_path / "process.yaml").write_text(GOOD)

    folder = folder_of(tmp_path / "leave.bpmn")

    assert folder is not None
    assert (folder.models["as_is"].scenario, folder.lanes) == (None, {})


def test_model_on_its_own_has_no_folder(tmp_path: Path):
    assert folder_of(tmp_path / "leave.bpmn") is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (GOOD.replace("default: as_is", "default: to_be"), "default"),
        (GOOD.replace("key: leave", ""), "key"),
        ("[", "process.yaml"),
        ("just text", "process.yaml"),
    ],
)
def test_misshapen_process_yaml_is_refused_in_words(tmp_path: Path, wrong, named):
    (tmp_path / "process.yaml").write_text(wrong)

    with pytest.raises(InvalidProcessFolder, match=named):
        ProcessFolder.read(tmp_path)


def test_form_that_is_not_json_is_named(tmp_path: Path):
    (tmp_path / "register.form").write_text("{")

    with pytest.raises(InvalidProcessFolder, match=r"register\.form: not JSON"):
        read_forms(tmp_path)
