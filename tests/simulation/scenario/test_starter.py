"""The starter file: it loads and runs as it is, for every construct, and says what it guessed."""

from __future__ import annotations

import shutil
from datetime import date
from typing import Any

import pytest

from simulation.experiment import run
from simulation.net import compile_net
from simulation.replication import run_once
from simulation.scenario.load import build, load
from simulation.scenario.starter import starter_text, write_starter
from simulation.scenario.yaml_lines import parse
from tests.engine.bpmn.builders import (
    boundary,
    element,
    end,
    inclusive,
    parallel,
    start,
    user,
    wait,
    xor,
)
from tests.engine.bpmn.drawings import (
    ERROR,
    ESCALATION,
    MESSAGE,
    SIGNAL,
    border,
    catch,
    event,
    sub,
    throw,
    with_roots,
)
from tests.simulation.builders import FOLDER
from tests.simulation.graphs import graph

MONDAY = date(2026, 3, 2)
ROOTS = MESSAGE + SIGNAL + ERROR + ESCALATION
HOST = start() + user("a") + end() + end("late")
AROUND = "start > a > end\nb > late"


def again(content: str = "") -> str:
    return element("userTask", "a", element("standardLoopCharacteristics", "l", content))


def each(content: str) -> str:
    return element("userTask", "a", element("multiInstanceLoopCharacteristics", "m", content))


def one(node: str) -> tuple[str, str]:
    return start() + node + end(), "start > a > end"


def inside(nodes: str, ways: str) -> tuple[str, str]:
    handler = sub("h", nodes, ways, triggeredByEvent="true")
    return start() + sub("a", start("s") + user("w") + end("e") + handler, "s > w > e") + end(), (
        "start > a > end"
    )


MODELS: dict[str, tuple[str, str]] = {
    **{
        tag: one(element(tag, "a"))
        for tag in (
            "task",
            "userTask",
            "manualTask",
            "serviceTask",
            "scriptTask",
            "businessRuleTask",
            "intermediateThrowEvent",
        )
    },
    "receiveTask": one(element("receiveTask", "a", messageRef="M")),
    "sendTask": one(element("sendTask", "a", messageRef="M")),
    "exclusive": (start() + xor("g") + user("a", "c") + end(), "start > g > a > end\ng > c > end"),
    "inclusive": (
        start() + inclusive("g") + user("a", "c") + inclusive("j") + end(),
        "start > g > a > j\ng > c > j\nj > end",
    ),
    "parallel": (
        start() + parallel("g", "j") + user("a", "c") + end(),
        "start > g > a > j\ng > c > j\nj > end",
    ),
    "event based": (
        start()
        + element("eventBasedGateway", "g")
        + catch("m", "message", messageRef="M")
        + wait("t", "PT1H")
        + end(),
        "start > g > m > end\ng > t > end",
    ),
    "timer": one(wait("a", "PT5M")),
    "timer of an expression": one(wait("a", "${later}")),
    "message": one(catch("a", "message", messageRef="M")),
    "signal": one(catch("a", "signal", signalRef="S")),
    "condition": one(catch("a", "conditional", "<condition>ready</condition>")),
    "throw a signal": one(throw("a", "signal", signalRef="S")),
    "throw an escalation": one(throw("a", "escalation", escalationRef="X")),
    "terminate": (start() + user("a") + end(terminate=True), "start > a > end"),
    "border: timer": (HOST + boundary("b", "a", "PT1H"), AROUND),
    "border: message": (HOST + border("b", "a", "message", messageRef="M"), AROUND),
    "border: error": (HOST + border("b", "a", "error", errorRef="E"), AROUND),
    "border: escalation": (HOST + border("b", "a", "escalation", escalationRef="X"), AROUND),
    "border: signal, beside": (
        HOST + border("b", "a", "signal", signalRef="S", cancelActivity="false"),
        AROUND,
    ),
    "border: condition": (
        HOST + border("b", "a", "conditional", "<condition>ready</condition>"),
        AROUND,
    ),
    "subprocess": one(sub("a", start("s") + user("w") + end("e"), "s > w > e")),
    "error of a subprocess": (
        start()
        + sub("a", start("s") + event("endEvent", "x", "error", errorRef="E"), "s > x")
        + border("b", "a", "error", errorRef="E")
        + end()
        + end("late"),
        "start > a > end\nb > late",
    ),
    "event subprocess": inside(
        event("startEvent", "hs", "message", messageRef="M") + end("he"), "hs > he"
    ),
    "loop": one(again()),
    "loop with a condition": one(again("<loopCondition>more</loopCondition>")),
    "instances by number": one(each("<loopCardinality>3</loopCardinality>")),
    "instances by data": one(each("<loopCardinality>many</loopCardinality>")),
    "instances until": one(
        each(
            "<loopCardinality>3</loopCardinality><completionCondition>enough</completionCondition>"
        )
    ),
}


@pytest.mark.parametrize("construct", MODELS)
def test_starter_of_every_construct_loads_and_runs(tmp_path, construct):
    nodes, ways = MODELS[construct]
    (tmp_path / "model.bpmn").write_bytes(with_roots(ROOTS, nodes, ways))
    text = write_starter(tmp_path / "model.bpmn", first_day=MONDAY)
    (tmp_path / "first.yaml").write_text(text, encoding="utf-8")

    scenario = load(tmp_path / "first.yaml")
    simulated = run_once(scenario, compile_net(scenario), seed=1, replication=0)

    assert (simulated.ended >= 0).all()
    assert len(simulated.ended)


def test_process_that_calls_itself_is_guessed_to_end(tmp_path):
    each = element("multiInstanceLoopCharacteristics", "m", "", **{"tf:collection": "parts"})
    nodes = start() + xor("g") + element("callActivity", "a", each, calledElement="visit")
    nodes += user("w") + end()
    (tmp_path / "model.bpmn").write_bytes(with_roots("", nodes, "start > g > a > w > end\ng > w"))
    (tmp_path / "first.yaml").write_text(write_starter(tmp_path / "model.bpmn", first_day=MONDAY))

    scenario = load(tmp_path / "first.yaml")
    simulated = run_once(scenario, compile_net(scenario), seed=1, replication=0)

    assert scenario.document.repetitions["a"].count is not None
    assert (simulated.ended >= 0).all()


SHOP = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <message id="order" name="order"/>
  <message id="goods" name="goods"/>
  <process id="customer" isExecutable="true">
    <startEvent id="hungry"/><userTask id="choose"/>
    <sendTask id="ask" messageRef="order"/>
    <receiveTask id="get" messageRef="goods"/>
    <endEvent id="fed"/>
    <sequenceFlow id="c1" sourceRef="hungry" targetRef="choose"/>
    <sequenceFlow id="c2" sourceRef="choose" targetRef="ask"/>
    <sequenceFlow id="c3" sourceRef="ask" targetRef="get"/>
    <sequenceFlow id="c4" sourceRef="get" targetRef="fed"/>
  </process>
  <process id="shop" isExecutable="true">
    <startEvent id="asked"><messageEventDefinition messageRef="order"/></startEvent>
    <userTask id="pack"/>
    <endEvent id="sent"><messageEventDefinition messageRef="goods"/></endEvent>
    <sequenceFlow id="s1" sourceRef="asked" targetRef="pack"/>
    <sequenceFlow id="s2" sourceRef="pack" targetRef="sent"/>
  </process>
</definitions>"""


def test_starter_of_two_pools_lets_cases_come_to_the_one_that_sends(tmp_path):
    (tmp_path / "model.bpmn").write_text(SHOP)
    text = write_starter(tmp_path / "model.bpmn", first_day=MONDAY)
    (tmp_path / "first.yaml").write_text(text)

    document = load(tmp_path / "first.yaml").document

    assert document.arrivals.keys() == {"hungry"}
    assert document.durations.keys() == {"choose", "pack"}
    assert document.events == {}


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


def test_guess_is_asked_in_the_words_of_the_check(tmp_path):
    nodes, ways = MODELS["message"]
    (tmp_path / "model.bpmn").write_bytes(with_roots(ROOTS, nodes, ways))

    text = write_starter(tmp_path / "model.bpmn", first_day=MONDAY)

    assert "a: {constant: 1h}  # ? when does the message 'paid' come?" in text


@pytest.mark.parametrize("lane", ["true", "No", "1e5", "5min", "a: b", "医生", "- x", "0x1", "~"])
def test_names_that_mean_something_in_yaml_come_back_as_they_are(lane):
    process = graph("start > gw =no> work > end", "gw =yes> end", lanes={"work": lane})
    text = starter_text(process, model="x.bpmn", first_day=MONDAY)

    values, _ = parse(text.encode(), source="x")
    assert values["branches"] == {"gw": {"no": 0.5, "yes": 0.5}}
    resources: Any = values["resources"]
    assert resources.keys() == {lane}
    assert build(values, graph=process)
