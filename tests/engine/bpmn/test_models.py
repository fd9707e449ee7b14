"""Every element of ``docs/reference/bpmn-support.md``, run by the script beside its model."""

import pytest

from tests.engine.bpmn.scripted import Player, Script, scripts

ALL = scripts()


@pytest.mark.parametrize("script", ALL, ids=[f"{one.element}/{one.path.stem}" for one in ALL])
def test_model_behaves_as_its_script_says(script: Script):
    Player(script).play()
