"""A learnt scenario on disk: the YAML, and, where timers are put in, a model of its own."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.bpmn.graph import read_graph
from engine.bpmn.read import read_file
from engine.domain.label import label
from simulation.calibration.inserting import with_timers
from simulation.calibration.scenario import scenario_of
from simulation.calibration.writing import scenario_text
from simulation.scenario.load import build

if TYPE_CHECKING:
    from pathlib import Path

    from simulation.calibration.learnt import Learnt
    from simulation.scenario.load import Scenario


def prepared(learnt: Learnt, model: Path, out: Path) -> tuple[Learnt, bytes | None, Scenario]:
    """Return what will be written: the learnt scenario, its own model (None: as it is), checked.

    Raises:
        ScenarioInvalid: the simulator cannot run this model; nothing is written.
    """
    xml = read_file(model)
    if not learnt.inserted:
        name = os.path.relpath(model.resolve(), out.resolve().parent)
        learnt = replace(learnt, model=name)
        return learnt, None, checked(learnt)
    nodes = learnt.graph.nodes
    names = {a: label(nodes[a].name, "en") or a for a in learnt.inserted}
    means = [f"PT{max(1, round(d.fit.mean_s))}S" for d in learnt.inserted.values()]
    xml = with_timers(xml, names, means)
    own = out.with_suffix(".bpmn")
    graph = read_graph(xml, source=own.name)
    learnt = replace(learnt, model=own.name)
    return learnt, xml, checked(learnt, graph=graph)


def checked(learnt: Learnt, *, graph: Any = None) -> Scenario:
    """Return the learnt scenario as the simulator takes it. Raises ScenarioInvalid."""
    graph = learnt.graph if graph is None else graph
    return build(scenario_of(learnt), graph=graph, source=learnt.source)


def write(learnt: Learnt, model_xml: bytes | None, out: Path) -> list[Path]:
    """Write the scenario, and its own model beside it; return what was written."""
    written = []
    if model_xml is not None:
        own = out.with_suffix(".bpmn")
        own.write_bytes(model_xml)
        written.append(own)
    out.write_text(scenario_text(learnt), encoding="utf-8")
    return [out, *written]
