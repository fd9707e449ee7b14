"""Laws that hold for every log (Hypothesis)."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.event_log import EventLog
from kpis.measure import measure_values
from kpis.measures import operations
from kpis.measures.elements import element_values
from kpis.measures.roles import role_values
from kpis.staffing import RoleStaffing, Staffing
from tests.kpis.builders import MONDAY, a_log, activity, case, columns
from tests.kpis.strategies import closed_logs, closed_rows

STAFFING = Staffing.of(
    [RoleStaffing("desk", 1, 40), RoleStaffing("nurse", 2, 60)],
    external_roles=["customer"],
    fixed_costs={"a": 2.0},
)
approx = {"rel": 1e-9, "abs": 1e-9, "nan_ok": True}


@given(closed_rows(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, shuffler):
    cases, activities = rows
    measured = measure_values(a_log(cases, activities), STAFFING)

    shuffler.shuffle(cases)
    shuffler.shuffle(activities)

    again = measure_values(a_log(cases, activities), STAFFING)
    assert again == pytest.approx(measured, **approx)


@given(closed_rows(), st.integers(-(10**7), 10**7))
def test_shift_of_all_times_does_not_matter(rows, shift_s):
    cases, activities = rows
    measured = measure_values(a_log(cases, activities), STAFFING)
    moved = [
        [{k: v + shift_s if k.endswith("_s") and k != "work_s" else v for k, v in row.items()}
         for row in table]
        for table in rows
    ]  # fmt: skip

    log = a_log(*moved, window=(shift_s, shift_s + 3600))

    assert measure_values(log, STAFFING) == pytest.approx(measured, **approx)


@given(closed_logs())
def test_little_holds_on_a_log_that_begins_and_ends_empty(log):
    # L x window = sum of the times in the system, exactly: Little 1961, finite version
    wip = operations.work_in_progress(log)

    assert wip * log.window_s == pytest.approx(operations.case_figures(log).cycle_time_s.sum())


@given(closed_logs())
def test_little_holds_for_the_queue_of_each_role(log):
    for role in role_values(log, STAFFING).values():
        waited_s = role.waiting_s * role.started if role.started else 0.0

        assert role.queue_length * log.window_s == pytest.approx(waited_s)


@given(closed_logs())
def test_waiting_by_element_adds_up_to_the_waiting_of_cases(log):
    total_s = sum(element.total_waiting_s for element in element_values(log).values())

    assert total_s == pytest.approx(operations.case_figures(log).waiting_time_s.sum())


@given(closed_logs(max_cases=1), st.integers(0, 500), st.integers(1, 500))
def test_utilisation_lies_between_0_and_1_when_work_does_not_overlap(log, start_s, length_s):
    # one case works on one thing at a time, whatever part of it the window shows
    roles = role_values(log.within(start_s, start_s + length_s), STAFFING)

    assert all(0 <= roles[role].utilisation <= 1 + 1e-12 for role in STAFFING.roles)


@given(closed_logs())
def test_cycle_time_is_at_least_waiting_and_touch_time_of_a_sequence(log):
    figures = operations.case_figures(log)

    assert np.all(figures.waiting_time_s + figures.touch_time_s <= figures.cycle_time_s + 1e-9)


@given(closed_logs())
def test_windows_side_by_side_share_out_the_busy_time(log):
    whole, first, second = (
        operations.busy_s(part) for part in (log, log.within(0, 300), log.within(300, 3600))
    )

    assert {role: first[role] + second[role] for role in whole} == pytest.approx(whole)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30))
def test_peak_of_the_queue_is_that_of_counting_at_every_arrival(waits):
    spans = [(start, start + length) for start, length in waits]
    rows = [activity("a", "x", start, end, end) for start, end in spans]

    peak = operations.queues(a_log([case("a", 0, 200)], rows)).maximum[0]

    at_arrivals = [sum(s <= start < e for s, e in spans) for start, _ in spans]
    assert peak == max(at_arrivals)


def test_epoch_is_only_a_name_for_zero():
    tables = {"cases": columns([case("a", 0, 60)]), "activities": columns(
        [activity("a", "x", 0, 5, 60)])}  # fmt: skip
    logs = [
        EventLog.from_columns(epoch=MONDAY + shift, window=(0, 60), **tables)
        for shift in (timedelta(0), timedelta(days=400))
    ]

    assert measure_values(logs[0], STAFFING) == measure_values(logs[1], STAFFING)
