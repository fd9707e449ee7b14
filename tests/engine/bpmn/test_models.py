"""Every row of ``docs/reference/bpmn-support.md``, run by the script beside its model."""

import pytest

from docs.bpmn_support import ELEMENTS, page
from engine.domain.process_graph import EventKind, LoopKind, NodeType
from tests.engine.bpmn.scripted import MODELS, Player, Script, scripts

ALL = scripts()
FOLDERS = {folder.name for folder in MODELS.iterdir()}


@pytest.mark.parametrize("script", ALL, ids=[f"{one.element}/{one.path.stem}" for one in ALL])
def test_model_behaves_as_its_script_says(script: Script):
    Player(script).play()


def test_every_row_of_the_page_has_a_model_and_every_model_a_row():
    assert set(ELEMENTS) == FOLDERS
    assert all(script.model.exists() for script in ALL)
    assert {path.with_suffix(".steps") for path in MODELS.glob("*/*.bpmn")} <= {
        script.path for script in ALL
    }
    assert page().count("\n| ") == len(ALL) + 1


@pytest.mark.parametrize("kind", [*NodeType, *EventKind, *LoopKind])
def test_every_construct_of_the_graph_is_in_a_model_that_runs(kind):
    words = {
        LoopKind.STANDARD: "<standardLoopCharacteristics",
        LoopKind.PARALLEL: "<multiInstanceLoopCharacteristics",
        LoopKind.SEQUENTIAL: 'isSequential="true"',
        EventKind.COMPENSATION: "<compensateEventDefinition",
    }
    text = words.get(kind, f"<{kind}EventDefinition" if kind in EventKind else f"<{kind} ")

    runs = [script.model.read_text(encoding="utf-8") for script in ALL if not script.is_refused]
    assert any(text in model for model in runs)
