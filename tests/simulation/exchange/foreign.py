"""Small files of other simulators, written here: a claim is checked, paid or refused, and told."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING, Any

from simulation.exchange.importing import Imported, Names, import_file

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = date(2026, 3, 2)
NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:qbp="http://www.qbp-simulator.com/Schema201212"'
    ' xmlns:bpsim="http://www.bpsim.org/schemas/2.0"'
)
PROCESS = """
  <process id="claim" name="Claim" isExecutable="true">
    <startEvent id="start"/>
    <task id="check" name="Check the claim"/>
    <exclusiveGateway id="covered" default="no"/>
    <task id="pay" name="Pay"/>
    <task id="refuse" name="Refuse"/>
    <exclusiveGateway id="merge"/>
    <intermediateCatchEvent id="post"><timerEventDefinition>
      <timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
    <endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="check"/>
    <sequenceFlow id="f2" sourceRef="check" targetRef="covered"/>
    <sequenceFlow id="yes" sourceRef="covered" targetRef="pay"/>
    <sequenceFlow id="no" sourceRef="covered" targetRef="refuse"/>
    <sequenceFlow id="f3" sourceRef="pay" targetRef="merge"/>
    <sequenceFlow id="f4" sourceRef="refuse" targetRef="merge"/>
    <sequenceFlow id="f5" sourceRef="merge" targetRef="post"/>
    <sequenceFlow id="f6" sourceRef="post" targetRef="end"/>
  </process>
"""
WEEK = [{"from": "MONDAY", "to": "FRIDAY", "beginTime": "09:00:00.000", "endTime": "17:00:00.000"}]
ALWAYS = [{"from": "MONDAY", "to": "SUNDAY", "beginTime": "00:00:00", "endTime": "23:59:59.999"}]


def model(inside: str = "", process: str = PROCESS) -> str:
    """Return a BPMN file, with something more in its definitions."""
    target = 'targetNamespace="https://twinflow.example/test"'
    return f'<definitions id="d" {target} {NAMESPACES}>{process}{inside}</definitions>'


def law(name: str, *values: float) -> dict[str, Any]:
    """Return a distribution of Prosimos as it is written today."""
    params = [{"value": value} for value in values]
    return {"distribution_name": name, "distribution_params": params}


def resource(name: str, **fields: Any) -> dict[str, Any]:
    """Return a resource of Prosimos."""
    usual = {"amount": 1, "cost_per_hour": 20, "calendar": "office"}
    return {"id": name, "name": name, **usual, **fields}


def doing(task: str, **laws: dict[str, Any]) -> dict[str, Any]:
    """Return who does a task of Prosimos, and how long it takes."""
    return {"task_id": task, "resources": [{"resource_id": r, **law} for r, law in laws.items()]}


def prosimos(**changes: Any) -> dict[str, Any]:
    """Return a file of Prosimos as it is written today."""
    short = law("norm", 600, 60, 0, 100_000)
    document = {
        "resource_profiles": [
            {"id": "clerks", "name": "Clerks", "resource_list": [resource("clerk", amount=3)]},
            {"id": "cashiers", "name": "Cashiers", "resource_list": [resource("cashier")]},
        ],
        "arrival_time_distribution": law("expon", 1200, 0, 1e9),
        "arrival_time_calendar": WEEK,
        "gateway_branching_probabilities": [
            {
                "gateway_id": "covered",
                "probabilities": [
                    {"path_id": "yes", "value": 0.7},
                    {"path_id": "no", "value": 0.3},
                ],
            }
        ],
        "task_resource_distribution": [
            doing("check", clerk=law("lognorm", 900, 90_000, 0, 1e9)),
            doing("pay", cashier=short),
            doing("refuse", clerk=law("fix", 300)),
        ],
        "resource_calendars": [{"id": "office", "name": "Office", "time_periods": WEEK}],
        "event_distribution": [{"event_id": "post", **law("uniform", 60, 120)}],
    }
    return deepcopy(document | changes)


def imported(folder: Path, content: str | dict[str, Any], xml: str | None = None) -> Imported:
    """Import a file; JSON has its model beside it."""
    path = folder / "model.bpmn"
    if isinstance(content, dict):
        path.write_text(xml or model(), encoding="utf-8")
        file = folder / "file.json"
        file.write_text(json.dumps(content), encoding="utf-8")
    else:
        path.write_text(content, encoding="utf-8")
        file = path
    return import_file(file, model=path, names=Names("model.bpmn", "copy.bpmn"), first_day=MONDAY)
