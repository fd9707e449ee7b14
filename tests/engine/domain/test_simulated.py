import pytest

from engine.bpmn.graph import read_graph
from engine.domain.process_graph import NodeType
from engine.domain.simulated import SIMULATED, not_simulated
from tests.engine.bpmn.builders import element, end, model, start, timer, user

ROUNDS = "<loopCardinality>2</loopCardinality>"
LOOP = f"<multiInstanceLoopCharacteristics>{ROUNDS}</multiInstanceLoopCharacteristics>"


@pytest.mark.parametrize(
    ("nodes", "ways"),
    [
        (user("a") + end(), "start > a > end"),
        (element("scriptTask", "a") + end(), "start > a > end"),
        (element("userTask", "a", LOOP) + end(), "start > a > end"),
        (element("endEvent", "end", "<escalationEventDefinition/>"), "start > end"),
        (
            element("subProcess", "a", start("s") + end("e")) + end(),
            "start > a > end",
        ),
    ],
)
def test_simulation_plays_what_the_engine_executes(nodes, ways):
    graph = read_graph(model(start() + nodes, ways), source="x")

    assert list(not_simulated(graph)) == []


def test_start_event_that_waits_is_played_by_its_arrivals():
    begin = element("startEvent", "start", timer("R/PT1H", "timeCycle"))
    graph = read_graph(model(begin + end(), "start > end"), source="x")

    assert list(not_simulated(graph)) == []


@pytest.mark.parametrize(
    ("known", "reason"), [(None, "endEvent"), (frozenset(), "terminate endEvent")]
)
def test_what_the_table_does_not_know_is_named(monkeypatch, known, reason):
    monkeypatch.delitem(SIMULATED, NodeType.END_EVENT)
    if known is not None:
        monkeypatch.setitem(SIMULATED, NodeType.END_EVENT, known)
    last = element("endEvent", "end", "<terminateEventDefinition/>")
    graph = read_graph(model(start() + last, "start > end"), source="x")

    assert list(not_simulated(graph)) == [("end", f"cannot be simulated yet: {reason}")]
