from __future__ import annotations

import json

import pytest
import yaml

from simulation.calibration.document import document
from simulation.calibration.errors import CalibrationRefused
from simulation.calibration.learn import learn
from simulation.calibration.report import report
from simulation.calibration.scenario import scenario_of
from simulation.calibration.work import ids_of
from simulation.calibration.writing import quoted, scenario_text, time_text
from tests.simulation.calibration.logs import LOAN, learnt, planted_log
from tests.simulation.graphs import graph


def test_the_written_scenario_says_what_was_learnt():
    assert yaml.safe_load(scenario_text(learnt())) == json.loads(json.dumps(scenario_of(learnt())))


def test_beside_each_duration_stands_what_it_rests_on():
    text = scenario_text(learnt())

    assert "# check: n = 1,416; mean 11.9 min (10.9 min to 13 min); exponential, sd 11.9" in text


@pytest.mark.parametrize("text", ["no", "1", "12:30", "a b", "1e5", "null", "sid-1", "été", "x"])
def test_texts_are_read_back_as_texts(text):
    assert yaml.safe_load(quoted(text)) == text


def test_the_document_holds_every_parameter_with_n_fit_and_interval():
    values = json.loads(json.dumps(document(learnt())))

    assert {d["activity"] for d in values["durations"]} == set(learnt().work.activities)
    for duration in values["durations"]:
        assert duration["n"] > 0
        assert duration["mean_s"]["low"] <= duration["mean_s"]["mean"] <= duration["mean_s"]["high"]
    for flow in values["decisions"][0]["flows"]:
        assert flow["share"]["low"] < flow["share"]["mean"] < flow["share"]["high"]
    assert values["conformance"]["deviating"] == 0


def test_the_report_has_a_part_for_every_question():
    text = report(learnt())

    for title in ("The log and the model", "Arrivals", "Working hours", "People",
                  "Durations, in working time", "Who works faster", "Decisions",
                  "What to doubt"):  # fmt: skip
        assert f"## {title}" in text
    assert "by kind" in text
    assert "| intake | cyd |" in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(90, "90 s"), (600, "10 min"), (9000, "2.5 h"), (259_200, "3 d")]
)
def test_times_are_told_in_the_unit_that_suits(seconds, text):
    assert time_text(seconds) == text


def test_a_log_of_another_process_is_refused_with_a_proposal():
    other = graph("start > intak > end")

    with pytest.raises(CalibrationRefused, match="did you mean 'intak'"):
        learn(planted_log(), other, source="loan.csv", model="x.bpmn")


def test_names_of_activities_are_known_however_they_are_written():
    process = graph("start > check_form > end")

    names = ("Check form", "CHECK-FORM", "checkForm", "check_form ", "check farm")

    assert list(ids_of(names, process)) == list(names[:4])


def test_a_handful_of_cases_is_refused():
    few, _ = planted_log().split(0.005)

    with pytest.raises(CalibrationRefused, match="6 cases are too few"):
        learn(few, LOAN, source="loan.csv", model="x.bpmn")
