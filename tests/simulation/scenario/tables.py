"""A folder with a model, and scenarios in it that name tables."""

from __future__ import annotations

import json

import pytest

from simulation.arrivals import draw
from simulation.errors import ScenarioInvalid
from simulation.net import compile_net
from simulation.scenario.load import load, merged
from simulation.streams import Streams
from tests.simulation.builders import BASE

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="test" isExecutable="true">
    <startEvent id="start"/><userTask id="work" name="Work"/><endEvent id="end"/>
    <sequenceFlow id="a" sourceRef="start" targetRef="work"/>
    <sequenceFlow id="b" sourceRef="work" targetRef="end"/>
  </process>
</definitions>"""
LOG = """arrived,kind,amount,vip,code
2026-03-02T08:05,blood,3,true,007
2026-03-02 08:01:30,x-ray,4.5,false,12
2026/3/2 8:02,blood,,true,13
2026-03-02T08:30:00Z,x-ray,1,,1
2026-03-01 23:59,early,1,true,1
2026-03-02 12:00,late,1,true,1
"""


def in_file(folder, **patch):
    """Write a scenario and load it."""
    raw = merged(BASE, {"demands": {"work": "clerk"}, **patch})
    (folder / "test.yaml").write_text(json.dumps(raw), encoding="utf-8")
    return load(folder / "test.yaml")


def replay(folder, text=LOG, **more):
    (folder / "log.csv").write_text(text, encoding="utf-8")
    fields = {"file": "log.csv", **more}
    return in_file(folder, arrivals={"start": {"interval": None, "replay": fields}})


def drawn(scenario):
    return draw(compile_net(scenario), Streams(1, 0))


def refusal(folder, **patch):
    with pytest.raises(ScenarioInvalid) as refused:
        in_file(folder, **patch)
    return str(refused.value)


def observed(folder, text, **more):
    (folder / "times.csv").write_text(text, encoding="utf-8")
    fields = {"file": "times.csv", **more}
    return in_file(folder, durations={"work": {"constant": None, "empirical": fields}})
