"""Scenarios for Prosimos and BPSim: read back, they are the scenario again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine.bpmn.graph import read_graph
from engine.domain.process_graph import NodeType
from engine.errors import InvalidModel
from simulation.errors import ScenarioInvalid
from simulation.exchange.bpsim_export import export_bpsim
from simulation.exchange.importing import Names, import_file
from simulation.exchange.moments import moments
from simulation.exchange.notes import Fate
from simulation.exchange.prosimos_export import export_prosimos
from simulation.scenario.load import build
from tests.simulation.exchange.foreign import MONDAY, imported, model, prosimos

if TYPE_CHECKING:
    from simulation.scenario.load import Scenario

XML = model().encode()
GRAPH = read_graph(XML, source="model.bpmn")
CLAIM = {
    "scenario": 1,
    "name": "Claim",
    "model": "model.bpmn",
    "timezone": "UTC",
    "currency": "EUR",
    "run": {"start": "2026-03-02T09:00:00", "until": "8h", "replications": 3, "seed": 9},
    "arrivals": {
        "start": {
            "interval": {"exponential": {"mean": "20min"}},
            "calendar": "office",
            "attributes": {"kind": {"choice": {"VIP": 0.25, "other": 0.75}}},
        }
    },
    "calendars": {"office": {"weekly": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}}},
    "resources": {
        "clerk": {"units": 2, "calendar": "office", "cost_per_hour": 36},
        "cashier": {"units": 1, "cost_per_hour": 72},
    },
    "demands": {"check": "clerk", "refuse": "clerk", "pay": "cashier"},
    "durations": {
        "check": {"lognormal": {"mean": "15min", "sd": "5min"}},
        "refuse": {"constant": "5min"},
        "pay": {"uniform": {"min": "1min", "max": "3min"}},
    },
    "branches": {"covered": {"yes": 0.7, "no": 0.3}},
    "events": {"post": {"exponential": {"mean": "1h"}}},
}


def a_claim(**changes) -> Scenario:
    """Return a scenario of the claim with everything that both formats know."""
    return build(CLAIM | changes, graph=GRAPH, source="claim.yaml")


def a_process(body: str, **changes) -> Scenario:
    """Return a scenario of another process."""
    graph = read_graph(model(process=f'<process id="p">{body}</process>').encode(), source="p.bpmn")
    without: dict[str, object] = {
        name: {} for name in ("branches", "events", "durations", "demands")
    }
    return build(CLAIM | without | changes, graph=graph, source="p.yaml")


def flows(*pairs: str) -> str:
    """Return sequence flows such as "start-check"."""
    return "".join(
        f'<sequenceFlow id="{p}" sourceRef="{p.split("-")[0]}" targetRef="{p.split("-")[1]}"/>'
        for p in pairs
    )


def back(folder, files):
    """Import what was exported for Prosimos."""
    (folder / "p.bpmn").write_text(files.model, encoding="utf-8")
    (folder / "p.json").write_text(json.dumps(files.parameters), encoding="utf-8")
    path = folder / "p.bpmn"
    names = Names("p.bpmn", "copy.bpmn")
    return import_file(folder / "p.json", model=path, names=names, first_day=MONDAY)


def lost(notes):
    return {note.field: note.words for note in notes.of(Fate.LOST)}


def same(first: Scenario, second: Scenario, *sections: str) -> None:
    for section in sections:
        assert getattr(second.document, section) == getattr(first.document, section), section


def test_what_is_exported_to_prosimos_comes_back(tmp_path):
    scenario = a_claim()

    again = back(tmp_path, export_prosimos(scenario)).scenario

    same(scenario, again, "durations", "demands", "resources", "calendars", "branches", "events")
    assert again.raw["arrivals"]["start"]["attributes"] == {
        "kind": {"choice": {"VIP": 0.25, "other": 0.75}}
    }


def test_what_was_imported_from_prosimos_goes_back_the_same(tmp_path):
    first = imported(tmp_path, prosimos()).scenario

    again = back(tmp_path, export_prosimos(first)).scenario

    same(first, again, "durations", "demands", "resources", "branches", "events", "arrivals")


def test_what_is_exported_to_bpsim_comes_back(tmp_path):
    scenario = a_claim(costs={"check": {"fixed": 3, "per_hour": 18}}, priorities={"check": 2})
    text, notes = export_bpsim(scenario, XML)

    again = imported(tmp_path, text).scenario

    same(scenario, again, "durations", "demands", "resources", "calendars", "branches", "events",
         "arrivals", "costs", "priorities", "run", "currency")  # fmt: skip
    assert not lost(notes)


@pytest.mark.parametrize(
    "law",
    [
        {"triangular": {"min": "1min", "mode": "2min", "max": "9min"}},
        {"gamma": {"mean": "10min", "sd": "5min"}},
        {"erlang": {"mean": "10min", "phases": 4}},
        {"weibull": {"shape": 1.5, "scale": "10min"}},
        {"normal": {"mean": "10min", "sd": "1min"}},
        {
            "mixture": [
                {"weight": 0.25, "constant": "1min"},
                {"weight": 0.75, "exponential": {"mean": "5min"}},
            ]
        },
    ],
)
def test_laws_that_bpsim_knows_come_back(tmp_path, law):
    scenario = a_claim(durations=CLAIM["durations"] | {"pay": law})

    again = imported(tmp_path, export_bpsim(scenario, XML)[0]).scenario

    first, second = (s.document.durations["pay"].work for s in (scenario, again))
    assert second == first


@pytest.mark.parametrize(
    "law",
    [
        {"triangular": {"min": "1min", "mode": "2min", "max": "9min"}},
        {"weibull": {"shape": 1.5, "scale": "10min"}},
        {"empirical": {"values": ["1min", "2min", "9min"]}},
        {"histogram": {"edges": ["0s", "10min", "1h"], "weights": [3, 1]}},
        {"beta": {"min": "0s", "max": "1h", "mean": "20min", "sd": "10min"}},
    ],
)
def test_laws_that_prosimos_does_not_know_keep_mean_and_spread(tmp_path, law):
    scenario = a_claim(durations=CLAIM["durations"] | {"pay": law})
    files = export_prosimos(scenario)

    again = back(tmp_path, files).scenario

    first, second = (moments(s.document.durations["pay"].work) for s in (scenario, again))
    assert second == pytest.approx(first, rel=0.01)
    told = [n.words for n in files.notes.of(Fate.TRANSLATED) if n.field == "durations.pay"]
    assert "gamma distribution" in told[0]


def test_a_second_export_replaces_the_bpsim_of_the_model():
    first = export_bpsim(a_claim(), XML)[0]

    second = export_bpsim(a_claim(), first.encode())[0]

    assert second.count("<bpsim:Scenario ") == 1


def test_model_for_prosimos_has_plain_tasks_and_one_end():
    scenario = a_process(
        '<startEvent id="start"/><userTask id="check"/><exclusiveGateway id="g"/>'
        '<endEvent id="end"/><manualTask id="rest"/><endEvent id="end2"/>'
        + flows("start-check", "check-g", "g-end", "g-rest", "rest-end2"),
        demands={"check": "clerk", "rest": "none"},
        durations={"check": {"constant": "1min"}, "rest": {"constant": "5min"}},
        branches={"g": {"end": "50%", "rest": "50%"}},
    )

    files = export_prosimos(scenario)

    written = read_graph(files.model.encode(), source="p.bpmn")
    assert [n.id for n in written.of_type(NodeType.END_EVENT)] == ["end"]
    assert [n.id for n in written.of_type(NodeType.TASK)] == ["check"]
    (event,) = files.parameters["event_distribution"]
    assert (event["event_id"], event["distribution_params"]) == ("rest", [{"value": 300.0}])


def test_members_go_to_prosimos_one_by_one():
    members = {"alice": {"skills": ["money"]}, "bob": {"calendar": "office", "cost_per_hour": 9}}
    scenario = a_claim(
        resources={"clerk": {"members": members}},
        demands={"check": "clerk", "pay": {"role": "clerk", "skill": "money"}, "refuse": "none"},
        durations=CLAIM["durations"]
        | {"check": {"work": {"constant": "5min"}, "by_resource": {"bob": {"constant": "9min"}}}},
    )

    parameters = export_prosimos(scenario).parameters

    work = {e["task_id"]: e["resources"] for e in parameters["task_resource_distribution"]}
    minutes = {r["resource_id"]: r["distribution_params"][0]["value"] / 60 for r in work["check"]}
    assert minutes == {"alice": 5, "bob": 9}
    assert [r["resource_id"] for r in work["pay"]] == ["alice"]
    (pool,) = parameters["resource_profiles"]
    assert [(r["id"], r["calendar"]) for r in pool["resource_list"]] == [
        ("alice", "always"),
        ("bob", "office"),
    ]


def test_night_shift_is_parted_at_midnight():
    calendars = {"office": {"weekly": {"sun": ["22:00-06:00"]}}}

    found = export_prosimos(a_claim(calendars=calendars)).parameters["resource_calendars"][1]

    assert [(p["from"], p["beginTime"], p["endTime"]) for p in found["time_periods"]] == [
        ("MONDAY", "00:00:00", "06:00:00"),
        ("SUNDAY", "22:00:00", "23:59:59.999999"),
    ]


def test_table_becomes_the_shares_of_all_cases():
    table = {"VIP": {"yes": 1, "no": 0}, "other": {"yes": 0.2, "no": 0.8}}
    scenario = a_claim(branches={"covered": {"by": "kind", "table": table}})

    (gateway,) = export_prosimos(scenario).parameters["gateway_branching_probabilities"]

    assert [p["value"] for p in gateway["probabilities"]] == [
        pytest.approx(0.4),
        pytest.approx(0.6),
    ]


def test_fields_without_counterpart_are_told():
    scenario = a_claim(
        patience={"pay": {"constant": "1h"}},
        calendars={
            "office": {
                "weekly": {"mon": ["09:00-17:00"]},
                "exceptions": {"2026-03-02": []},
            }
        },
    )

    for notes in (export_prosimos(scenario).notes, export_bpsim(scenario, XML)[1]):
        assert {"patience", "calendars.office"} <= lost(notes).keys()


@pytest.mark.parametrize("export", [export_prosimos, lambda s: export_bpsim(s, XML)])
def test_arrivals_that_nobody_else_knows_are_refused(export):
    population = {"size": 5, "think": {"constant": "1h"}}
    scenario = a_claim(arrivals={"start": {"population": population}})

    with pytest.raises(
        ScenarioInvalid, match=r"arrivals\.start: is needed as interval, rate or app"
    ):
        export(scenario)


def test_subprocess_is_refused_by_prosimos():
    inside = '<startEvent id="s"/><task id="check"/><endEvent id="e"/>' + flows(
        "s-check", "check-e"
    )
    scenario = a_process(
        f'<startEvent id="start"/><subProcess id="box">{inside}</subProcess><endEvent id="end"/>'
        + flows("start-box", "box-end"),
        demands={"check": "clerk"},
        durations={"check": {"constant": "1min"}},
    )

    with pytest.raises(InvalidModel, match="box holds other activities"):
        export_prosimos(scenario)
