"""Which BPMN file a scenario file means; one that extends another may take it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.scenario.yaml_lines import read

if TYPE_CHECKING:
    from pathlib import Path


def model_file(scenario: Path) -> Path:
    """Return the model of a scenario file that has been loaded without an error."""
    raw, _ = read(scenario, source=scenario.name)
    while "model" not in raw:
        scenario = scenario.parent / str(raw["extends"])
        raw, _ = read(scenario, source=scenario.name)
    return scenario.parent / str(raw["model"])
