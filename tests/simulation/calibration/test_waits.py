"""Delays that no queue explains, and the timers that stand for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.bpmn.graph import read_graph
from engine.bpmn.read import read_file
from engine.domain.process_graph import NodeType
from simulation.calibration import files
from simulation.calibration.inserting import timer_id, with_timers
from simulation.calibration.learn import learn
from simulation.scenario.load import build
from tests.simulation.builders import FOLDER
from tests.simulation.calibration.logs import SURE, learnt_visits, log_of, without
from tests.simulation.graphs import graph

SEEN = graph("start > work > send > end", lanes={"work": "clerk", "send": "clerk"})
TRUE = graph("start > work > timer > send > end", lanes={"work": "clerk", "send": "clerk"})
MODEL = FOLDER / "as_is.bpmn"


def learnt_with_delay(
    mean: str, *, units: int = 2, interval: str = "20min", model=SEEN, untold: tuple[str, ...] = ()
):
    """Simulate a process with a timer and learn it, with a model that lacks it by default."""
    truth = build(
        {
            "scenario": 1, "name": "t", "model": "t.bpmn", "timezone": "UTC",
            "run": {"start": "2026-03-02T00:00", "until": "10d"},
            "arrivals": {"start": {"interval": {"exponential": {"mean": interval}}}},
            "resources": {"clerk": {"units": units}},
            "durations": {"work": {"exponential": {"mean": "10min"}},
                          "send": {"constant": "4min"}},
            "events": {"timer": {"lognormal": {"mean": mean, "sd": mean}}},
        },
        graph=TRUE,
    )  # fmt: skip
    log = without(log_of(truth), *untold)
    return learn(log, model, source="x", model="x.bpmn", confidence=SURE)


def test_a_hidden_delay_comes_back():
    found = learnt_with_delay("2h")

    assert set(found.inserted) == {"send"}
    fit = found.inserted["send"].fit
    assert fit.mean_low_s < 7200 < fit.mean_high_s < 1.5 * 7200
    assert any("although somebody is free" in warned.text for warned in found.warnings)


def test_a_delay_that_ends_while_everybody_is_busy_may_be_longer_than_it_looks():
    found = learnt_with_delay("2h", units=1, untold=("enabled_s",))

    fit = found.inserted["send"].fit
    assert fit.mean_s < 0.8 * 7200 < 7200 < fit.mean_high_s


def test_waiting_in_a_queue_is_no_hidden_delay():
    found = learnt_with_delay("1s", units=1, interval="17min")

    waits = found.work.started_s - found.work.enabled_s
    assert np.mean(waits) > 300
    assert found.inserted == {}


def test_a_delay_at_an_event_of_the_model_belongs_to_the_event():
    found = learnt_with_delay("2h", model=TRUE)

    assert found.inserted == {}
    fit = found.events["timer"]
    assert fit.mean_low_s < 7200 < fit.mean_high_s < 1.5 * 7200


def test_a_timer_is_put_before_an_activity_of_a_file():
    xml = with_timers(read_file(MODEL), {"consult": "Consult"}, ["PT600S"])

    found = read_graph(xml, source="with timers")
    timer = found.nodes[timer_id("consult")]
    assert timer.type is NodeType.INTERMEDIATE_CATCH_EVENT
    assert timer.timer.text == "PT600S"
    assert timer.lane == "doctor"
    assert [flow.source for flow in found.incoming(timer.id)] == ["triage"]
    assert [flow.target for flow in found.outgoing(timer.id)] == ["consult"]
    assert b"BPMNShape" in xml


def test_the_rest_of_the_file_stays_as_it_was():
    before = read_graph(read_file(MODEL), source="as it was")

    after = read_graph(with_timers(read_file(MODEL), {}, []), source="written again")

    assert [replace(node, line=0) for node in after.nodes.values()] == [
        replace(node, line=0) for node in before.nodes.values()
    ]


def test_a_model_without_hidden_delays_is_used_where_it_lies(tmp_path):
    learnt, xml, _ = files.prepared(learnt_visits(), MODEL, tmp_path / "learnt.yaml")

    assert xml is None
    assert (tmp_path / learnt.model).resolve() == MODEL
