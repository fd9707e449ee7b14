"""The public loan log: what is learnt from its first cases holds for its last ones.

The log hides that everybody's clock moves by an hour in March, and an hour of waiting before
the last tasks that no queue explains.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.bpmn.graph import read_graph
from engine.bpmn.read import read_file
from kpis.log_reader.read import read_log
from simulation.calibration import files
from simulation.calibration.learn import learn
from simulation.validation import validate

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("TWINFLOW_SHARED_DATA") or ROOT.parent / "shared" / "data") / "logs"
MODEL = SHARED / "LoanApp_simplified.bpmn"
NOW = datetime(2026, 6, 1, tzinfo=UTC)

pytestmark = [
    pytest.mark.skipif(not MODEL.is_file(), reason=f"{MODEL} is not here"),
]


@pytest.fixture(scope="module")
def loans():
    log, quality = read_log(SHARED / "LoanApp_simplified_train.csv.gz", now=NOW)
    assert quality.adds_up
    return log


def learnt_of(log):
    graph = read_graph(read_file(MODEL), source=MODEL.name)
    return learn(log, graph, source="loans", model=MODEL.name)


@pytest.fixture(scope="module")
def learnt(loans):
    return learnt_of(loans)


@pytest.mark.parametrize("share", [0.6, 0.8])
def test_cases_simulated_from_the_first_part_are_like_the_last(loans, share, tmp_path):
    train, held_out = loans.split(share)
    _, _, scenario = files.prepared(learnt_of(train), MODEL, tmp_path / "loan.yaml")

    told = validate(scenario, held_out, train=train, replications=5)

    scores = {score.measure.key: score for score in told.scores}
    assert told.is_valid
    assert abs(told.cycle_time.difference_share) < 0.15
    for key in ("workforce", "arrival_rate", "arrival_hours"):
        assert scores[key].distance <= 3 * scores[key].floor.value
    assert not told.doubts


def test_the_hour_by_which_the_clock_moves_is_found(learnt):
    (shift,) = learnt.shifts

    assert (shift.day, shift.by_s) == (date(2023, 3, 27), 3600)
    assert shift.clocks_changed == "Europe"


def test_the_hour_that_no_queue_explains_becomes_a_timer(learnt, tmp_path):
    found, xml, scenario = files.prepared(learnt, MODEL, tmp_path / "loan.yaml")

    names = {learnt.graph.nodes[activity].name for activity in learnt.inserted}
    assert names == {"Approve application", "Cancel application", "Reject application"}
    assert {delay.fit.spec["constant"] for delay in learnt.inserted.values()} == {"60min"}
    assert xml is not None
    assert found.model == "loan.bpmn"
    assert len(scenario.document.events) == 3
