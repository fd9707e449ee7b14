"""Live work, counted only while its role is open."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest

from kpis.measures import operations
from kpis.measures.roles import role_values
from kpis.staffing import RoleStaffing, Staffing
from kpis.working_time import in_working_time
from tests.kpis.builders import NAN, a_log, activity, case

HOUR, DAY = 3600, 86_400


def office_s(start, end):
    """Seconds between 08:00 and 17:00 of any day."""
    total = timedelta(0)
    day = start.date()
    while day <= end.date():
        opens, closes = (datetime.combine(day, time(hour), tzinfo=UTC) for hour in (8, 17))
        total += max(min(end, closes) - max(start, opens), timedelta(0))
        day += timedelta(days=1)
    return total.total_seconds()


OFFICE = Staffing.of([RoleStaffing("desk", 1, open_s=office_s)])


def held(start_s, end_s, **more):
    """A log (from Monday 08:00, two days) of one activity that somebody holds."""
    row = activity("a", "register", start_s, start_s, end_s, **more)
    ended_s = NAN if np.isnan(end_s) else 2 * DAY
    return a_log([case("a", 0, ended_s)], [row], window=(0, 2 * DAY))


def test_work_held_overnight_counts_only_open_hours():
    log = in_working_time(held(8 * HOUR, DAY + HOUR), OFFICE)

    assert log.activities["work_s"].tolist() == [2 * HOUR]
    assert log.activities["completed_s"].tolist() == [DAY + HOUR]


def test_work_within_open_hours_stays_as_it_is():
    assert in_working_time(held(0, HOUR), OFFICE).activities["work_s"].tolist() == [HOUR]


def test_known_suspension_is_not_added_to():
    log = in_working_time(held(0, 2 * HOUR, work_s=600), OFFICE)

    assert log.activities["work_s"].tolist() == [600]


@pytest.mark.parametrize("more", [{"performer": None}, {"role": "doctor"}, {"role": None}])
def test_work_of_nobody_or_of_roles_without_a_calendar_stays_as_it_is(more):
    log = in_working_time(held(8 * HOUR, DAY, **more), OFFICE)

    assert log.activities["work_s"].tolist() == [16 * HOUR]


def test_role_that_is_always_open_works_at_night():
    always = Staffing.of([RoleStaffing("desk", 1)])

    assert in_working_time(held(0, DAY), always).activities["work_s"].tolist() == [DAY]


def test_task_that_is_never_finished_keeps_nobody_busy_at_night():
    log = in_working_time(held(0, NAN), OFFICE)

    assert operations.busy_s(log)["desk"] == pytest.approx(18 * HOUR)
    assert role_values(log, OFFICE)["desk"].utilisation == pytest.approx(1)


def test_task_that_is_never_finished_is_shared_out_over_the_days():
    log = in_working_time(held(0, NAN), OFFICE)

    assert operations.busy_s(log.within(0, DAY))["desk"] == pytest.approx(9 * HOUR)


def test_task_taken_after_the_window_adds_no_work():
    log = in_working_time(held(3 * DAY, NAN), OFFICE)

    assert operations.busy_s(log) == {"desk": 0}
