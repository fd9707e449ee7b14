"""Files that other tools wrote for the BPMN Model Interchange Working Group."""

import os
from pathlib import Path

import pytest

from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.bpmn.processes import process_ids
from engine.bpmn.report import Outcome, report

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("TWINFLOW_SHARED_DATA", ROOT.parent / "shared" / "data")) / "miwg"
FILES = sorted(DATA.glob("*/*.bpmn"))
REFERENCES = [path for path in FILES if path.parent.name == "Reference"]
INCOMPLETE = {
    "missing-condition", "missing-reference", "missing-timer", "not-executable",
    "unknown-connector",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not FILES, reason=f"no MIWG files in {DATA}")


def name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_file_of_another_tool_is_reported_element_by_element(path):
    xml = path.read_bytes()

    found = report(xml, source=path.name)

    assert found
    assert all(line.line for line in found)
    assert all(line.words for line in found if line.outcome is not Outcome.KEPT)


def test_every_file_of_the_collection_is_there():
    assert (len(FILES), len(REFERENCES)) == (84, 7)


@pytest.mark.parametrize("path", REFERENCES, ids=name)
def test_reference_lacks_nothing_but_what_a_drawing_leaves_out(path):
    xml = path.read_bytes()

    for process in process_ids(xml, source=path.name):
        assert read_graph(xml, source=path.name, process=process.id).nodes
        rules = {f.rule for f in lint(xml, source=path.name, process=process.id)
                 if f.severity == "error"}  # fmt: skip
        assert rules <= INCOMPLETE
