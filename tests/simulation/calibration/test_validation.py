from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from simulation.calibration.errors import CalibrationRefused
from simulation.calibration.holdout import hold_out
from simulation.calibration.learn import learn
from simulation.calibration.week import DAY_S
from simulation.validation import validate
from tests.simulation.calibration.logs import (
    LOAN,
    again,
    alike,
    learnt_visits,
    log_of,
    visits,
    without,
)


@cache
def parts():
    return hold_out(log_of(alike(), seed=5), 0.2)


def verdict(patch=None, replications=6):
    """Validate the true scenario, or a wrong one, with the held-out cases."""
    scenario = alike() if patch is None else alike().patched(patch)
    part = parts()
    return validate(scenario, part.held_out, train=part.train, replications=replications)


def test_a_learnt_scenario_is_valid():
    part = parts()
    found = learn(part.train, LOAN, source="x", model="x.bpmn")

    told = validate(again(found), part.held_out, train=part.train, replications=6)

    assert told.is_valid
    assert (told.cases, told.days) == (249, 12)
    assert not told.doubts
    assert {score.grade for score in told.scores} <= {"good", "fair"}


WRONG = {
    "durations": {"durations": {"credit": {"gamma": {"mean": "26min", "sd": "9min"}}}},
    "resources": {"resources": {"expert": {"units": 1}}},
    "branches": {"branches": {"gw_ok": {"ok": 0.1, "again": 0.1, "no": 0.8}}},
    "calendars": {
        "calendars": {"office": {"weekly": {"mon-fri": None, "tue-sat": ["08:00-17:00"]}}}
    },
    "arrivals": {
        "arrivals": {
            "start": {"rate": {"weekly": {"mon": None, "tue-fri": None, "mon-sun": [1] * 8}}}
        }
    },
}


@pytest.mark.parametrize("section", WRONG)
def test_a_wrong_scenario_is_not_valid_and_what_is_wrong_is_named(section):
    told = verdict(WRONG[section])

    assert not told.is_valid
    assert section in {finding.section for finding in told.findings}


def test_the_patient_visit_learnt_from_its_own_log_is_valid():
    part = hold_out(visits(), 0.2)

    told = validate(again(learnt_visits()), part.held_out, replications=6)

    assert part.is_same
    assert "too few to hold cases out (days: 1" in part.told.text
    assert told.is_valid
    assert "too_few_days" in {doubt.code for doubt in told.doubts}


def test_a_log_of_ends_is_compared_with_simulated_ends():
    """Else the work before the first end, and all work, would seem to take no time."""
    ends = replace(without(parts().held_out, "started_s", "enabled_s"), arrived_s=None)

    told = validate(alike(), ends, replications=6)

    scores = {score.measure.key: score for score in told.scores}
    assert abs(told.cycle_time.difference_share) < 0.2
    assert scores["events_in_case"].grade == "good"


def test_no_day_is_cut_in_two():
    part = parts()
    last, first = part.train.case_start_s.max(), part.held_out.case_start_s.min()

    assert last // DAY_S < first // DAY_S  # the log is in UTC
    assert abs(len(part.held_out.case_ids) / len(log_of(alike(), seed=5).case_ids) - 0.2) < 0.02


def test_a_fifth_with_few_cases_is_not_held_out():
    few, _ = parts().train.split(0.08)
    part = hold_out(few, 0.2)

    assert part.is_same
    assert len(part.held_out.case_ids) == len(few.case_ids) == 78


def test_the_document_tells_distances_floors_and_grades():
    document = verdict(replications=3).document()

    assert document["verdict"] == "valid"
    assert len(document["measures"]) == 6
    for measure in document["measures"]:
        assert measure["distance"]["mean"] >= 0
        assert measure["grade"] in {"good", "fair", "poor"}
        assert measure["floor_splits"]["low"] <= measure["floor_splits"]["high"]
    assert document["cycle_time"]["simulated_s"]["half_width"] > 0


def test_too_few_cases_are_refused():
    few, _ = parts().train.split(0.007)
    assert hold_out(few, 0.2).held_out is None

    with pytest.raises(CalibrationRefused, match="7 cases are too few; 20 are needed"):
        validate(alike(), few)
