"""Every model that the engine executes is simulated with the scenario that it starts with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.bpmn.graph import read_graph
from engine.domain.process_graph import NodeType
from engine.errors import InvalidModel
from simulation.errors import SimulationFailed
from simulation.net import compile_net
from simulation.offered import offers
from simulation.scenario.load import build
from simulation.scenario.starter import starter_text
from simulation.scenario.yaml_lines import read
from simulation.static_checks import dead_ends, warnings
from tests.simulation.builders import a_run

MODELS = Path(__file__).parents[1] / "engine" / "bpmn" / "models"
FILES = sorted(MODELS.glob("*/*.bpmn"))


@pytest.mark.parametrize("path", FILES, ids=[f"{p.parent.name}/{p.stem}" for p in FILES])
def test_model_of_the_engine_is_simulated_with_its_starter(path, tmp_path):
    try:
        graph = read_graph(path.read_bytes(), source=path.name)
    except InvalidModel:
        return  # the engine refuses it too
    text = starter_text(graph, model=path.name, first_day=date(2026, 3, 2))
    (tmp_path / "s.yaml").write_text(text)
    raw, _ = read(tmp_path / "s.yaml", source="s.yaml")
    raw["run"] = {"start": "2026-03-02T08:00", "cases": 5}
    if graph.of_type(NodeType.CALL_ACTIVITY):  # of a process that is not there
        raw["durations"] = {**raw.get("durations", {}), "u": {"constant": "5min"}}
    scenario = build(raw, graph=graph)
    net = compile_net(scenario)
    stuck = dead_ends(net)
    warnings(net, offers(net))

    try:
        run = a_run(scenario)
    except SimulationFailed:
        assert stuck
    else:
        assert not stuck
        assert (run.ended >= 0).all()
        assert len(list(run.history())) >= 10
