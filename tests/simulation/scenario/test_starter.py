"""The starter file: it loads and runs as it is, and says what it guessed."""

from __future__ import annotations

import shutil
from datetime import date
from typing import Any

import pytest

from simulation.experiment import run
from simulation.scenario.load import load
from simulation.scenario.starter import starter_text, write_starter
from simulation.scenario.yaml_lines import parse
from tests.simulation.builders import FOLDER
from tests.simulation.graphs import graph

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize("name", ["as_is", "to_be"])
def test_starter_of_a_shipped_model_simulates(tmp_path, name):
    shutil.copy(FOLDER / f"{name}.bpmn", tmp_path)
    text = write_starter(tmp_path / f"{name}.bpmn", first_day=MONDAY)
    (tmp_path / "first.yaml").write_text(text, encoding="utf-8")

    experiment = run(load(tmp_path / "first.yaml"), replications=2)

    assert experiment.estimate("kpi", "OP-CT")["mean"] > 0


def test_every_guess_is_marked():
    text = starter_text(graph("start > work > end"), model="x.bpmn", first_day=MONDAY)

    guesses = [row for row in text.splitlines() if "{" in row]
    assert all("# ?" in row for row in guesses)
    assert "staff: {units: 1" in text


def test_names_that_are_words_of_yaml_are_quoted():
    process = graph("start > gw =no> work > end", "gw =yes> end", lanes={"work": "true"})
    text = starter_text(process, model="x.bpmn", first_day=MONDAY)

    values, _ = parse(text.encode(), source="x")
    assert values["branches"] == {"gw": {"no": 0.5, "yes": 0.5}}
    resources: Any = values["resources"]
    assert resources.keys() == {"true"}
