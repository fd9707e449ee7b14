"""Escalation ladders as a process.yaml writes them."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from engine.domain.escalation import EscalationAction, EscalationStep, InvalidLadder
from web.ladders import read_ladders
from web.library import InvalidProcessFolder, ProcessFolder

GOOD = """
answer:
  - {after: -PT15M, do: warn}
  - {after: PT0S, do: remind}
  - {after: P1DT2H, do: escalate, group: leader}
"""


def test_steps_are_read_in_order():
    assert read_ladders(yaml.safe_load(GOOD)) == {
        "answer": (
            EscalationStep(timedelta(minutes=-15), EscalationAction.WARN),
            EscalationStep(timedelta(0), EscalationAction.REMIND),
            EscalationStep(timedelta(hours=26), EscalationAction.ESCALATE, "leader"),
        )
    }


def test_nothing_written_is_no_ladder():
    assert read_ladders(None) == {}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("- answer", "elements and their steps"),
        ("answer: {after: PT1H}", "a list of steps"),
        ("answer: [{after: PT1H, do: warn, whom: leader}]", "a step is such as"),
        ("answer: [{after: PT1H}]", "a step is such as"),
        ("answer: [{after: PT1H, do: shout}]", "do: one of warn"),
        ("answer: [{after: soon, do: warn}]", "ISO 8601"),
        ("answer: [{after: P1M, do: warn}]", "months"),
        ("answer: [{after: PT1H, do: reassign}]", "names a group"),
        ("answer: [{after: PT1H, do: warn}, {after: PT0S, do: remind}]", "order of time"),
    ],
)
def test_wrong_step_is_refused_in_words(tmp_path: Path, wrong, named):
    with pytest.raises(InvalidLadder, match=named):
        read_ladders(yaml.safe_load(wrong))

    models = "{key: p, name: {en: P}, models: {m: {file: m.bpmn}}, default: m"
    (tmp_path / "process.yaml").write_text(f"{models}, escalation: {yaml.safe_load(wrong)}}}")
    with pytest.raises(InvalidProcessFolder):
        ProcessFolder.read(tmp_path)
