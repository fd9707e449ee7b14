import pytest

from engine.bpmn.graph import read_graph
from engine.domain.simulated import not_simulated
from tests.engine.bpmn.builders import element, end, model, parallel, start, timer, user

ROUNDS = "<loopCardinality>2</loopCardinality>"
LOOP = f"<multiInstanceLoopCharacteristics>{ROUNDS}</multiInstanceLoopCharacteristics>"


@pytest.mark.parametrize(
    ("nodes", "ways", "refused"),
    [
        (user("a") + end(), "start > a > end", {}),
        (element("scriptTask", "a") + end(), "start > a > end", {"a": "yet: scriptTask"}),
        (user("a", "b") + end(), "start > a > end\nstart > b > end", {}),
        (element("userTask", "a", LOOP) + end(), "start > a > end", {"a": "yet: repeated"}),
        (
            element("endEvent", "end", "<escalationEventDefinition/>"),
            "start > end",
            {"end": "yet: escalation endEvent"},
        ),
        (
            parallel("g") + user("a") + end("quick", terminate=True) + end(),
            "start > g > a > end\ng > quick",
            {"quick": "yet: ends parallel tokens"},
        ),
    ],
)
def test_simulation_refuses_what_it_cannot_play(nodes, ways, refused):
    graph = read_graph(model(start() + nodes, ways), source="x")

    found = dict(not_simulated(graph))

    assert found.keys() == refused.keys()
    assert all(words in found[name] for name, words in refused.items())


def test_start_event_that_waits_is_not_simulated():
    begin = element("startEvent", "start", timer("R/PT1H", "timeCycle"))
    graph = read_graph(model(begin + end(), "start > end"), source="x")

    assert list(not_simulated(graph)) == [("start", "cannot be simulated yet: timer startEvent")]
