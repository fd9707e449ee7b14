"""What an event log accepts, and how it says what it does not."""

from datetime import datetime

import numpy as np
import pytest

from kpis.columns import Coded
from kpis.errors import EventLogInvalid
from kpis.event_log import EventLog
from kpis.measures.operations import cases_in_window, throughput_per_h, work_in_progress
from tests.kpis.builders import MONDAY, NAN, a_log, activity, case, columns

INF = float("inf")


def delay(case_id="c1", element_id="result", scheduled_s=0, completed_s=10):
    return {
        "case_id": case_id,
        "element_id": element_id,
        "scheduled_s": scheduled_s,
        "completed_s": completed_s,
    }


def refusal(cases, activities=(), **more):
    with pytest.raises(EventLogInvalid) as refused:
        a_log(cases, activities, **more)
    return refused.value


def test_log_shows_its_tables_as_frames():
    log = a_log([case("c1", 0, 60)], [activity("c1", "register", 0, 10, 40, role=None)])

    row = log.activities.loc[0]
    assert (row.case_id, row.element_id, row.visit, row.performer) == ("c1", "register", 0, "Ann")
    assert log.activities["role"].isna().all()
    assert list(log.cases.loc[0]) == ["c1", 0, 60, "completed"]


def test_log_shows_its_delays():
    log = a_log([case("c1", 0, 60)], delays=columns([delay()]))

    assert list(log.delays.loc[0]) == ["c1", "result", 0, 10]


def test_log_of_nothing_is_a_log():
    log = a_log([])

    assert [len(log.cases), len(log.activities), len(log.delays)] == [0, 0, 0]


def test_log_takes_codes_in_place_of_texts():
    spelled = a_log([case("c1", 0, 60)], [activity("c1", "register", 0, 10, 40)])
    rows = columns([activity(None, None, 0, 10, 40)])
    coded = rows | {
        "case_id": Coded(np.array([1]), ("c0", "c1")),
        "element_id": Coded(np.array([0]), ("register", "triage")),
    }

    log = EventLog.from_columns(
        epoch=MONDAY, window=(0, 3600), cases=columns([case("c1", 0, 60)]), activities=coded
    )

    assert log.activities.equals(spelled.activities)


def test_log_fills_in_the_columns_that_may_be_left_out():
    rows = columns([activity("c1", "register", 0, 10, 40)])
    needed = {
        name: values
        for name, values in rows.items()
        if name not in {"role", "performer", "cancelled_s", "work_s"}
    }

    log = EventLog.from_columns(
        epoch=MONDAY, window=(0, 60), cases=columns([case("c1", 0, 60)]), activities=needed
    )

    assert log.activities["work_s"].tolist() == [30]
    assert log.activities["performer"].isna().all()


def test_case_counts_when_it_ends_after_the_warm_up():
    cases = [case("early", 0, 50), case("in", 10, 200), case("drained", 90, 5000)]
    cases += [case("open", 95), case("gone", 95, 300, "abandoned")]

    log = a_log(cases, window=(100, 3600))

    assert [log.case_columns.case_ids[row] for row in log.counted_cases] == ["in", "drained"]


def test_log_within_counts_only_cases_that_end_there():
    log = a_log([case("a", 0, 50), case("b", 0, 150), case("c", 0, 250)])

    assert log.within(100, 200).counted_cases.tolist() == [1]
    assert log.counted_cases.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("column", "rule", "changed"),
    [
        ("outcome", "is one of completed, cancelled, abandoned, open", {"outcome": "done"}),
        ("started_s", "finite start", {"started_s": NAN}),
        ("ended_s", "is finite", {"ended_s": INF}),
        ("ended_s", "ends after its start", {"started_s": 70}),
        ("outcome", "exactly while it has no end", {"ended_s": NAN}),
        ("outcome", "exactly while it has no end", {"outcome": "open"}),
    ],
)
def test_log_refuses_a_contradiction_in_a_case(column, rule, changed):
    problem = refusal([case("c0", 0, 60), case("c1", 0, 60) | changed]).problems[0]

    assert (problem.table, problem.row, problem.column) == ("cases", 1, column)
    assert rule in problem.rule
    assert problem.case_id == "c1"


@pytest.mark.parametrize(
    ("column", "rule", "changed"),
    [
        ("case_id", "stands in the table of cases", {"case_id": "c9"}),
        ("element_id", "names its element", {"element_id": None}),
        ("visit", "count from 0", {"visit": -1}),
        ("scheduled_s", "finite time of scheduling", {"scheduled_s": NAN}),
        ("started_s", "is finite", {"started_s": INF}),
        ("completed_s", "is finite", {"completed_s": INF}),
        ("cancelled_s", "is finite", {"completed_s": NAN, "cancelled_s": INF}),
        ("scheduled_s", "before the case", {"scheduled_s": -1}),
        ("started_s", "starts after it is scheduled", {"started_s": 5}),
        ("completed_s", "only if it was started", {"started_s": NAN}),
        ("completed_s", "ends after its start", {"completed_s": 15, "work_s": 0}),
        ("cancelled_s", "ends after it is scheduled", {"completed_s": NAN, "cancelled_s": 5}),
        ("cancelled_s", "either completed or cancelled", {"cancelled_s": 45}),
        ("completed_s", "ends before its case", {"completed_s": 70}),
        ("completed_s", "no open activity", {"completed_s": NAN, "work_s": NAN}),
        ("work_s", "not negative", {"work_s": -1}),
        ("work_s", "no longer than the activity", {"work_s": 21}),
        ("work_s", "known exactly when", {"work_s": NAN}),
    ],
)
def test_log_refuses_a_contradiction_in_an_activity(column, rule, changed):
    row = activity("c1", "register", 10, 20, 40) | changed

    problems = refusal([case("c1", 0, 60)], [activity("c1", "triage", 0, 0, 0), row]).problems

    found = [(p.table, p.row, p.column) for p in problems if rule in p.rule]
    assert found == [("activities", 1, column)]


@pytest.mark.parametrize(
    ("column", "rule", "changed"),
    [
        ("case_id", "stands in the table of cases", {"case_id": "c9"}),
        ("element_id", "names its element", {"element_id": None}),
        ("scheduled_s", "finite start", {"scheduled_s": NAN}),
        ("completed_s", "is finite", {"completed_s": INF}),
        ("scheduled_s", "before the case", {"scheduled_s": -1}),
        ("completed_s", "ends after its start", {"scheduled_s": 20}),
        ("completed_s", "ends before its case", {"completed_s": 70}),
    ],
)
def test_log_refuses_a_contradiction_in_a_delay(column, rule, changed):
    problems = refusal([case("c1", 0, 60)], delays=columns([delay() | changed])).problems

    found = [(p.table, p.row, p.column) for p in problems if rule in p.rule]
    assert found == [("delays", 0, column)]


def test_log_tells_of_every_broken_rule_at_once():
    rows = [activity("c1", "register", 10, 5, 40), activity("c1", "triage", 10, 5, 40)]

    error = refusal([case("c1", 50, 20)], rows)

    assert {problem.table for problem in error.problems} == {"cases", "activities"}
    assert "activities, row 1, case 'c1', column started_s" in str(error)


def test_error_counts_the_problems_it_does_not_show():
    error = refusal([case(f"c{number}", 10, 0) for number in range(25)])

    assert str(error).endswith("… and 15 more")


@pytest.mark.parametrize(
    ("names", "rule"), [(("c1", "c1"), "a case has one row"), (("c1", None), "has a name")]
)
def test_log_refuses_cases_without_a_name_of_their_own(names, rule):
    error = refusal([case(name, 0, 60) for name in names])

    assert rule in str(error)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"epoch": datetime(2026, 3, 2)}, "aware datetime"),  # noqa: DTZ001 -- what is refused
        ({"window": (10, 0)}, "window is finite and ends after its start"),
        ({"window": (0, INF)}, "window is finite"),
        ({"counted": (10, 0)}, "counted period ends after its start"),
    ],
)
def test_log_refuses_a_frame_that_makes_no_sense(changed, rule):
    arguments = {"epoch": MONDAY, "window": (0, 60), "cases": columns([case("c1", 0, 60)])}

    with pytest.raises(EventLogInvalid, match=rule):
        EventLog.from_columns(**(arguments | {"activities": {}} | changed))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"started_s": None}, "column started_s: the column is missing"),
        ({"when": [0]}, "column when: there is no such column"),
        ({"ended_s": [1, 2]}, "same number of rows, not case_id 1"),
        ({"ended_s": ["soon"]}, "column ended_s: times are numbers"),
        ({"case_id": Coded(np.array([2]), ("c1",))}, "row 0, column case_id: a code lies between"),
    ],
)
def test_log_refuses_columns_of_the_wrong_shape(changed, rule):
    table = columns([case("c1", 0, 60)]) | changed
    table = {name: values for name, values in table.items() if values is not None}

    with pytest.raises(EventLogInvalid, match=rule):
        EventLog.from_columns(epoch=MONDAY, window=(0, 60), cases=table, activities={})


def test_log_of_several_processes_counts_the_cases_of_the_one_that_is_asked_for():
    rows = [case("a", 0, 60) | {"process": "visit"}, case("b", 0, 90) | {"process": "order"},
            case("c", 0) | {"process": None}]  # fmt: skip

    log = a_log(rows, process="order")

    assert log.is_own.tolist() == [False, True, False]
    assert (log.counted_cases.tolist(), cases_in_window(log)) == ([1], 1)
    assert (throughput_per_h(log), work_in_progress(log)) == (1, 90 / 3600)
    assert a_log(rows).is_own.tolist() == [True] * 3
