"""Small models of one construct each, and what happened to their cases, in minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.graph import read_graph
from simulation.net import US
from simulation.scenario.load import build
from tests.engine.bpmn.builders import definitions, end, flows, process, start
from tests.simulation.builders import BASE, a_run

if TYPE_CHECKING:
    from engine.domain.process_graph import ProcessGraph
    from simulation.run_record import SimulatedRun
    from simulation.scenario.load import Scenario

ROOTS = (
    '<message id="Hello" name="hello"/><signal id="Alarm" name="alarm"/>'
    '<error id="Wrong" name="wrong" errorCode="wrong"/>'
    '<escalation id="Late" name="late" escalationCode="late"/>'
)
MESSAGE = '<messageEventDefinition messageRef="Hello"/>'
SIGNAL = '<signalEventDefinition signalRef="Alarm"/>'
ERROR = '<errorEventDefinition errorRef="Wrong"/>'
ESCALATION = '<escalationEventDefinition escalationRef="Late"/>'


def minutes(number: float) -> dict[str, str]:
    return {"constant": f"{number}min"}


def of(nodes: str, ways: str, *, roots: str = "", **patch: Any) -> Scenario:
    """Return a scenario of a process between start and end; each user task takes ten minutes."""
    body = start() + nodes + (end() if "> end" in ways else "") + flows(ways)
    graph = read_graph(definitions(ROOTS + roots + process(body)), source="x.bpmn")
    return of_graph(graph, **patch)


def of_graph(graph: ProcessGraph, **patch: Any) -> Scenario:
    """Return a scenario: all cases arrive at once, nine clerks do what people do."""
    tasks = [n.id for n in graph.nodes.values() if n.type in {"userTask", "manualTask", "task"}]
    given = {
        **BASE,
        "run": {"start": "2026-03-02T08:00", "cases": 1},
        "arrivals": {"start": {"interval": {"constant": "0s"}}},
        "resources": {"clerk": {"units": 9}},
        "durations": {task: minutes(10) for task in tasks},
        "demands": dict.fromkeys(tasks, "clerk"),
    }
    for section, values in patch.items():
        is_both = isinstance(values, dict) and isinstance(given.get(section), dict)
        given[section] = {**given[section], **values} if is_both else values
    return build(given, graph=graph, source="x.yaml")


def happened(scenario: Scenario) -> list[str]:
    """Return what a run of one case recorded: "element 0-10", "element 0-5 cancelled"."""
    return told(a_run(scenario))


def told(run: SimulatedRun, case: int = 0) -> list[str]:
    """Return what was recorded of a case, in the order of ends and begins."""
    rows = [row for row in range(len(run.case)) if run.case[row] == case]
    found = []
    for row in rows:
        until, word = int(run.completed[row]), ""
        if until < 0:
            until = int(run.cancelled[row])
            word = " cancelled" if until >= 0 else ""
        began = int(run.scheduled[row])
        element = run.net.nodes[int(run.node[row])].element_id
        found.append((until, began, f"{element} {_min(began)}-{_min(until)}{word}"))
    return [text for _, _, text in sorted(found)]


def ended(run: SimulatedRun) -> list[float]:
    """Return when the cases ended, in minutes."""
    return [tick / US / 60 for tick in run.ended.tolist()]


def _min(tick: int) -> str:
    return "open" if tick < 0 else f"{tick / US / 60:g}"
