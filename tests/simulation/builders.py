"""Small scenarios and runs for tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.net import US, compile_net
from simulation.scenario.load import Scenario, build, load, merged
from simulation.streams import Streams
from tests.simulation.graphs import graph

if TYPE_CHECKING:
    from engine.domain.process_graph import ProcessGraph
    from simulation.run_record import SimulatedRun

FOLDER = Path(__file__).parents[2] / "processes" / "bpmn" / "patient_visit"
BASE: dict[str, Any] = {
    "scenario": 1,
    "name": "Test",
    "model": "test.bpmn",
    "timezone": "UTC",
    "currency": "EUR",
    "run": {"start": "2026-03-02T08:00", "until": "4h", "replications": 2, "seed": 1},
    "arrivals": {"start": {"interval": {"constant": "30min"}}},
    "resources": {"clerk": {"units": 1}},
    "durations": {"work": {"constant": "10min"}},
}
ONE_STEP = graph("start > work > end", lanes={"work": "clerk"})


def shipped(name: str) -> Scenario:
    """Return a scenario of the patient visit as it is shipped: as_is or to_be."""
    return load(FOLDER / f"{name}.yaml")


def document(**patch: Any) -> dict[str, Any]:
    """Return the base document with a merge patch on it."""
    return merged(BASE, patch)


def a_scenario(process: ProcessGraph = ONE_STEP, **patch: Any) -> Scenario:
    """Return a scenario: one clerk, one step of ten minutes, a case every half an hour."""
    return build(document(**patch), graph=process, source="test.yaml")


def a_run(scenario: Scenario, *, seed: int = 1, replication: int = 0) -> SimulatedRun:
    """Simulate one replication."""
    net, streams = compile_net(scenario), Streams(seed, replication)
    return simulate(net, draw(net, streams), streams)


def trace(run: SimulatedRun, element_id: str = "work") -> list[tuple[float, float, float]]:
    """Return scheduled, started and completed of an element, in minutes after the start."""
    number = [node.element_id for node in run.net.nodes].index(element_id)
    rows = run.node == number
    columns = (run.scheduled[rows], run.started[rows], run.completed[rows])
    return [tuple(t / US / 60 for t in row) for row in zip(*columns, strict=True)]


def slots(*per_slot: int, minutes: int = 60, start: str = "08:00") -> dict[str, Any]:
    """Return arrivals in the middle of given slots, each patient punctual."""
    appointments = {"slot": f"{minutes}min", "from": start, "per_slot": list(per_slot)}
    return {"start": {"interval": None, "appointments": appointments}}
