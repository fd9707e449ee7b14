"""Logs that make no sense are learnt from, or refused in words: never a surprise."""

from __future__ import annotations

import numpy as np
import pytest

from kpis.log_reader.work_log import WorkLog, coded, ordered
from simulation.calibration.document import document
from simulation.calibration.errors import CalibrationRefused
from simulation.calibration.families import seconds
from simulation.calibration.learn import learn
from simulation.calibration.report import report
from simulation.calibration.writing import scenario_text
from simulation.scenario.values import duration_s
from tests.simulation.calibration.logs import LOAN

ACTIVITIES = ("intake", "check", "credit", "approve", "fix", "refuse", "nonsense")


def an_odd_log(seed: int) -> WorkLog:
    """Return a log of random rows: times known or not, people told or not, any order."""
    random = np.random.default_rng(seed)
    count = int(random.integers(30, 150))
    used, case = np.unique(random.integers(0, 40, count), return_inverse=True)
    span_s = random.choice([0, 60, 86_400, 5_000_000])
    started = 1.77e9 + random.uniform(0, 1, count) * span_s
    length = random.choice([0, 1, 600, 100_000], count)
    is_told = random.uniform(size=(2, count)) < random.choice([0, 0.5, 1], (2, 1))
    return ordered(
        WorkLog(
            case_ids=tuple(map(str, used)),
            case=case.astype(np.intp),
            activity=coded(list(random.choice(ACTIVITIES[: random.integers(1, 8)], count))),
            resource=coded(list(random.choice(["", "ann", "bob"], count))),
            role=coded(list(random.choice(["", "clerk", "expert"], count))),
            enabled_s=np.where(is_told[0], started - random.choice([-5, 0, 900], count), np.nan),
            started_s=np.where(is_told[1], started, np.nan),
            ended_s=started + length,
            is_damaged=random.uniform(size=len(used)) < 0.1,
            attributes={"kind": tuple(random.choice(["a", "b", None], len(used)))},
        )
    )


@pytest.mark.parametrize("seed", range(6))
def test_odd_logs_never_surprise(seed):
    try:
        found = learn(an_odd_log(seed), LOAN, source="odd", model="odd.bpmn")
    except CalibrationRefused:
        return  # in words
    assert report(found)
    assert scenario_text(found)
    assert document(found)["warnings"]


@pytest.mark.parametrize("value", [0.0, 1e-7, 0.5, 119.9, 86_400.0, 1e9])
def test_a_duration_is_written_as_a_scenario_reads_it(value):
    assert duration_s(seconds(value)) == pytest.approx(value, abs=1e-6, rel=1e-5)
