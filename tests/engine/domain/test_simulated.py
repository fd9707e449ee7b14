import pytest

from engine.bpmn.graph import read_graph
from engine.domain.process_graph import NodeType
from engine.domain.simulated import SIMULATED, not_simulated
from tests.engine.bpmn.builders import boundary, element, end, model, start, timer, user

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


def test_event_at_the_border_of_a_compensation_handler_is_named():
    undo = element("boundaryEvent", "wrong", "<compensateEventDefinition/>", attachedToRef="a")
    undo += element("userTask", "undo", isForCompensation="true")
    undo += element("association", "way", sourceRef="wrong", targetRef="undo")
    late = boundary("late", "undo", "PT5M") + end("other")
    nodes = start() + user("a") + undo + late + end()
    graph = read_graph(model(nodes, "start > a > end\nlate > other"), source="x")

    ((element_id, words),) = not_simulated(graph)

    assert element_id == "late"
    assert "at the border of undo, which undoes another activity; make undo a subproc" in words
