"""Measures of operations on a log small enough to check by hand.

Window 0-1000 s. Case a: 0-300. Register 0-10-40 (Ann, desk), pay online 40-40-100 (customer),
consult 100-160-300 (Bob, doctor; 100 s of work, 40 suspended). Case b: 100-400, register
100-150-180 (Ann), notify 180-180-180 (nobody), consult 180-300-400 (Bob). Case c: open from
900, register scheduled then.
"""

import numpy as np
import pytest

from kpis.measures import operations
from tests.kpis.builders import NAN, a_log, activity, case

CUSTOMER = {"role": "customer", "performer": "patient"}
DOCTOR = {"role": "doctor", "performer": "Bob"}


@pytest.fixture
def log():
    activities = [
        activity("a", "register", 0, 10, 40),
        activity("a", "pay", 40, 40, 100, **CUSTOMER),
        activity("a", "consult", 100, 160, 300, work_s=100, **DOCTOR),
        activity("b", "register", 100, 150, 180),
        activity("b", "notify", 180, 180, 180, role=None, performer=None),
        activity("b", "consult", 180, 300, 400, **DOCTOR),
        activity("c", "register", 900, NAN, NAN, performer=None),
    ]
    cases = [case("a", 0, 300), case("b", 100, 400), case("c", 900)]
    return a_log(cases, activities, window=(0, 1000))


def test_cycle_time_runs_from_start_to_end_of_completed_cases(log):
    assert operations.case_figures(log).cycle_time_s.tolist() == [300, 300]


def test_waiting_time_sums_over_the_activities_of_a_case(log):
    assert operations.case_figures(log).waiting_time_s.tolist() == [10 + 60, 50 + 120]


def test_touch_time_leaves_out_customers_suspensions_and_automatic_work(log):
    figures = operations.case_figures(log, external_roles={"customer"})

    assert figures.touch_time_s.tolist() == [30 + 100, 30 + 100]


def test_touch_time_counts_every_performer_when_no_role_is_external(log):
    assert operations.case_figures(log).touch_time_s.tolist() == [30 + 60 + 100, 130]


def test_steps_are_what_staff_completed(log):
    figures = operations.case_figures(log, external_roles={"customer"})

    assert figures.steps.tolist() == [2, 2]


def test_steps_by_element_are_per_counted_case(log):
    steps = operations.steps_by_element(log, external_roles={"customer"})

    assert steps == {"register": 1, "pay": 0, "consult": 1, "notify": 0}


def test_cancelled_work_is_touch_time_but_no_step():
    row = activity("a", "register", 0, 10, NAN, cancelled_s=50, work_s=40)
    figures = operations.case_figures(a_log([case("a", 0, 60)], [row]))

    assert (figures.touch_time_s.tolist(), figures.steps.tolist()) == ([40], [0])


def test_throughput_counts_cases_completed_inside_the_window():
    cases = [case("a", 0, 300), case("b", 0, 4000), case("c", 0, 100, "cancelled"), case("d", 0)]

    assert operations.throughput_per_h(a_log(cases, window=(0, 1800))) == 2


def test_throughput_of_an_empty_window_is_unknown():
    assert np.isnan(operations.throughput_per_h(a_log([case("a", 0, 0)], window=(0, 0))))


def test_work_in_progress_is_averaged_over_the_window(log):
    assert operations.work_in_progress(log) == (300 + 300 + 100) / 1000


def test_work_in_progress_leaves_out_what_lies_outside_the_window(log):
    assert operations.work_in_progress(log.within(200, 400)) == (100 + 200) / 200


def test_cases_in_window_are_those_open_at_some_time(log):
    assert operations.cases_in_window(log) == 3
    assert operations.cases_in_window(log.within(350, 800)) == 1


def test_busy_time_is_active_work_of_performers(log):
    assert operations.busy_s(log) == {"desk": 60, "customer": 60, "doctor": 200, "": 0}


def test_busy_time_counts_the_part_of_work_inside_the_window(log):
    # consult of a is active for 100 of 140 s, 70 of which lie in the window
    busy = operations.busy_s(log.within(230, 350))

    assert busy["doctor"] == pytest.approx(70 * 100 / 140 + 50)


def test_work_in_hand_is_busy_up_to_the_end_of_the_window():
    row = activity("a", "register", 0, 400, NAN)

    assert operations.busy_s(a_log([case("a", 0)], [row], window=(0, 1000))) == {"desk": 600}


def test_queue_is_what_is_scheduled_and_not_started(log):
    queues = operations.queues(log)

    mean = dict(zip(queues.roles, queues.mean.tolist(), strict=True))
    assert mean == {"desk": 0.01 + 0.05 + 0.1, "customer": 0, "doctor": 0.06 + 0.12, "": 0}


def test_queue_leaves_out_external_roles(log):
    assert operations.queues(log, external_roles={"customer"}).roles == ("desk", "doctor", "")


def test_queue_has_a_maximum_per_role():
    times = [(0, 50), (10, 60), (20, 30), (60, 70)]
    rows = [activity("a", "x", start, end, end) for start, end in times]
    rows += [activity("a", "y", 0, 90, 90, role="lab"), activity("a", "z", 5, 5, 5, role="till")]

    queues = operations.queues(a_log([case("a", 0, 100)], rows))

    assert dict(zip(queues.roles, queues.maximum, strict=True)) == {"desk": 3, "lab": 1, "till": 0}


def test_queue_follows_on_without_growing_when_one_leaves_as_another_comes():
    rows = [activity("a", "x", 0, 50, 50), activity("a", "x", 50, 60, 60)]

    assert operations.queues(a_log([case("a", 0, 100)], rows)).maximum.tolist() == [1]


def test_queue_ends_when_the_activity_is_withdrawn():
    row = activity("a", "x", 0, NAN, NAN, cancelled_s=300, performer=None)

    queues = operations.queues(a_log([case("a", 0, 400)], [row], window=(0, 1000)))

    assert queues.mean.tolist() == [0.3]


def test_queue_of_an_empty_window_is_unknown(log):
    assert np.isnan(operations.queues(log.within(50, 50)).mean).all()


def test_waits_of_those_who_gave_up_are_told(log):
    gone = [case("d", 0, 90, "abandoned"), case("e", 0, 60, "cancelled"), case("f", 5)]
    rows = [
        activity("d", "register", 0, 20, 40),
        activity("d", "consult", 40, NAN, NAN, cancelled_s=90, performer=None),
        activity("e", "register", 0, NAN, NAN, cancelled_s=60, performer=None),
        activity("f", "register", 5, NAN, NAN, performer=None),
    ]
    lost = a_log([*gone, case("g", 0, 50)], rows)

    assert operations.abandoned_waiting_s(lost).tolist() == [20 + 50]
    assert operations.abandoned_by_element(lost) == {"consult": pytest.approx(1 / 3)}
    assert operations.abandoned_by_element(log) == {}
