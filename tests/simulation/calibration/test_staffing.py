from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kpis.log_reader.work_log import WorkLog, coded
from simulation.calibration.learn import learn
from simulation.calibration.scenario import scenario_of
from simulation.scenario.load import build
from tests.simulation.builders import a_scenario
from tests.simulation.calibration.logs import learnt as learnt_loan
from tests.simulation.calibration.logs import log_of
from tests.simulation.graphs import graph

MODEL = graph("start > work > end", lanes={"work": "clerk"})
MINUTE = 60.0
MONDAY_S = 1_772_438_400.0  # 2 March 2026, 08:00 UTC


def a_log(starts_min, lengths_min, people) -> WorkLog:
    """Return a log with a case per task."""
    count = len(starts_min)
    started = MONDAY_S + np.array(starts_min) * MINUTE
    return WorkLog(
        case_ids=tuple(str(i) for i in range(count)),
        case=np.arange(count),
        activity=coded(["work"] * count),
        resource=coded(list(people)),
        role=coded(["clerk"] * count),
        enabled_s=started,
        started_s=started,
        ended_s=started + np.array(lengths_min) * MINUTE,
        is_damaged=np.zeros(count, dtype=np.bool_),
    )


def learnt(log):
    return learn(log, MODEL, source="x", model="x.bpmn")


def test_a_role_has_as_many_units_as_people_who_are_there():
    log = a_log(np.arange(40) * 30, [10] * 40, ["ann", "bob"] * 20)

    assert learnt(log).staffing.roles["clerk"].units == 2


def test_somebody_who_helps_out_once_is_no_unit():
    starts = [day * 1440 + i * 20 for day in range(10) for i in range(12)]
    people = ["ann"] * 119 + ["zoe"]

    role = learnt(a_log(starts, [10] * 120, people)).staffing.roles["clerk"]

    assert (role.people, role.units) == (2, 1)


def test_several_tasks_at_once_are_seen_and_the_time_is_divided():
    starts = np.repeat(np.arange(30) * 60, 2)

    found = learnt(a_log(starts, [20] * 60, ["ann"] * 60).only(np.arange(60) >= 0))

    role = found.staffing.roles["clerk"]
    assert role.multitasking_share == pytest.approx(1)
    assert found.durations["work"].fit.mean_s == pytest.approx(600)
    assert "several_tasks" in {remark.code for remark in role.warnings}


def test_cases_that_are_done_together_are_a_batch():
    starts = np.repeat(np.arange(20) * 60, 4)
    log = a_log(starts, [20] * 80, ["ann"] * 80)
    log = replace(log, enabled_s=log.started_s - np.tile([30, 20, 10, 0], 20) * MINUTE)

    found = learnt(log)

    batch = found.staffing.batches["work"]
    assert (batch.size, batch.share.value) == (4, 1)
    assert batch.max_wait_s == pytest.approx(1800)
    assert scenario_of(found)["batches"]["work"]["size"] == 4
    build(scenario_of(found), graph=MODEL)


def test_work_that_nobody_is_named_for_is_done_by_nobody_when_others_are_named():
    process = graph("start > work > print > end")
    log = a_log(np.arange(40) * 30, [10] * 40, ["ann", ""] * 20)
    cases = {"case": np.arange(40) // 2, "case_ids": log.case_ids[:20]}
    texts = {"role": coded([""] * 40), "activity": coded(["work", "print"] * 20)}
    log = replace(log, **cases, **texts, is_damaged=log.is_damaged[:20])

    found = learn(log, process, source="x", model="x.bpmn")

    assert found.staffing.of_activity == {"work": "team 1", "print": None}
    assert scenario_of(found)["demands"]["print"] == "none"


@pytest.mark.parametrize(
    ("model", "role"), [(MODEL, "clerk"), (graph("start > work > end"), "everybody")]
)
def test_without_people_and_roles_a_lane_or_everybody_does_the_work(model, role):
    log = a_log(np.arange(40) * 10, [25] * 40, [""] * 40)

    found = learn(replace(log, role=coded([""] * 40)), model, source="x", model="x.bpmn")

    assert found.staffing.of_activity == {"work": role}
    assert found.staffing.roles[role].units == 3


def test_roles_in_the_place_of_people_are_no_people():
    log = a_log(np.arange(60) * 10, [25] * 60, ["clerk"] * 60)

    found = learnt(log)

    assert found.staffing.roles["clerk"].units == 3
    assert "roles_as_people" in {warned.told.code for warned in found.warnings}


def test_a_log_in_which_nothing_takes_time_tells_ends_only():
    log = a_log(np.arange(40) * 30, [10] * 40, ["ann"] * 40)

    found = learnt(replace(log, started_s=log.ended_s))

    assert found.durations["work"].fit.spec == {"constant": "10min"}
    assert "starts_estimated" in {warned.told.code for warned in found.warnings}


def test_without_people_a_role_has_as_many_units_as_worked_at_once():
    log = a_log(np.arange(60) * 10, [25] * 60, [""] * 60)

    found = learnt(log).staffing.roles["clerk"]

    assert found.units == 3
    assert "no_people" in {remark.code for remark in found.warnings}


def test_starts_that_are_not_told_are_estimated():
    log = a_log(np.arange(40) * 30, [10] * 40, ["ann"] * 40)

    found = learnt(replace(log, started_s=np.full(40, np.nan)))

    assert found.durations["work"].fit.spec == {"constant": "10min"}
    assert any("they are estimated" in warned.text for warned in found.warnings)


def test_work_that_overtakes_other_work_gets_priority():
    process = graph("start > work > end", "start_urgent > urgent > end")
    truth = a_scenario(
        process,
        run={"until": "20d"},
        arrivals={
            "start": {"interval": {"constant": None, "exponential": {"mean": "25min"}}},
            "start_urgent": {"interval": {"exponential": {"mean": "40min"}}},
        },
        durations={"work": {"constant": "10min"}, "urgent": {"constant": "12min"}},
        demands={"work": "clerk", "urgent": "clerk"},
        priorities={"urgent": 1, "work": 2},
    )

    found = learn(log_of(truth), process, source="x", model="x.bpmn")

    assert scenario_of(found)["priorities"] == {"urgent": 1, "work": 2}
    assert {(p.first, p.other) for p in found.order} == {("urgent", "work")}


def test_a_plain_queue_gives_nobody_priority():
    assert learnt_loan().order == ()
