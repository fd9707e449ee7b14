"""The form of a task knows what only its activity knows: the item of a loop, its inputs."""

from __future__ import annotations

import pytest

from engine.errors import InvalidForm, NotFound

MODEL = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:tf="urn:twinflow:bpmn:1" id="d" targetNamespace="urn:twinflow:tests">
  <process id="offers" isExecutable="true">
    <startEvent id="start" tf:form="start"/>
    <subProcess id="each">
      <startEvent id="begin"/>
      <userTask id="ask" tf:form="ask">
        <extensionElements><tf:input source="=supplier.name" target="name"/></extensionElements>
      </userTask>
      <endEvent id="done"/>
      <sequenceFlow id="begin_ask" sourceRef="begin" targetRef="ask"/>
      <sequenceFlow id="ask_done" sourceRef="ask" targetRef="done"/>
      <multiInstanceLoopCharacteristics
          tf:collection="=[{name: &quot;Alpha&quot;}, {name: &quot;Beta&quot;}]"
          tf:elementVariable="supplier"/>
    </subProcess>
    <userTask id="choose"/>
    <endEvent id="end"/>
    <sequenceFlow id="start_each" sourceRef="start" targetRef="each"/>
    <sequenceFlow id="each_choose" sourceRef="each" targetRef="choose"/>
    <sequenceFlow id="choose_end" sourceRef="choose" targetRef="end"/>
  </process>
</definitions>"""
PRICE = {"type": "number", "key": "price", "validate": {"required": True}}
ASK = {
    "components": [
        {"type": "textfield", "key": "name", "readonly": True},
        {**PRICE, "conditional": {"hide": '=name = "Beta"'}},
    ]
}
START = {"components": [{"type": "textfield", "key": key} for key in ("name", "room")]}


@pytest.fixture
def case(engine):
    engine.deploy(MODEL, source="offers.bpmn", forms={"ask": ASK, "start": START})
    values = {"name": "of the case", "room": "4"}
    return engine.start_process("offers", by=None, values=values)


def asked(engine, case):
    return engine.open_tasks(case.id, by="dora")


def test_form_begins_with_the_item_of_its_own_instance(engine, case):
    names = [engine.task_values(task.id, by="alice")["name"] for task in asked(engine, case)]

    assert names == ["Alpha", "Beta"]


def test_form_knows_the_counter_and_the_case_as_well(engine, case):
    seen = engine.task_values(asked(engine, case)[1].id, by="alice")

    assert (seen["loopCounter"], seen["supplier"], seen["room"]) == (2, {"name": "Beta"}, "4")


def test_item_decides_what_the_form_asks_for(engine, case):
    alpha, beta = asked(engine, case)
    for task in (alpha, beta):
        engine.claim(task.id, by="alice")

    with pytest.raises(InvalidForm):
        engine.complete_task(alpha.id, by="alice", values={})
    engine.complete_task(beta.id, by="alice", values={})

    assert asked(engine, case) == [engine.task(alpha.id, by="alice")]


def test_task_that_is_done_shows_the_values_of_the_case(engine, case):
    beta = asked(engine, case)[1]
    engine.claim(beta.id, by="alice")
    engine.complete_task(beta.id, by="alice", values={})

    assert engine.task_values(beta.id, by="alice")["name"] == "of the case"


def test_values_of_no_task_are_not_found(engine):
    with pytest.raises(NotFound):
        engine.task_values(99, by="alice")
