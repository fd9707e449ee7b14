"""The staffing plan."""

import pickle
from datetime import timedelta

import pytest

from kpis.staffing import RoleStaffing, Staffing
from tests.kpis.builders import MONDAY

NOON = MONDAY + timedelta(hours=4)


def test_available_time_is_units_times_open_time():
    staffing = Staffing.of([RoleStaffing("desk", 3)])

    assert staffing.available_s("desk", MONDAY, NOON) == 3 * 4 * 3600


def test_open_time_is_asked_once_per_period():
    asked = []

    def open_s(start, end):
        asked.append((start, end))
        return 60.0

    staffing = Staffing.of([RoleStaffing("desk", 1, open_s=open_s)])

    assert [staffing.available_s("desk", MONDAY, NOON) for _ in range(3)] == [60, 60, 60]
    assert asked == [(MONDAY, NOON)]


def test_staffing_travels_to_worker_processes():
    staffing = Staffing.of([RoleStaffing("desk", 3, 40)], external_roles=["customer"])

    assert pickle.loads(pickle.dumps(staffing)) == staffing


def test_negative_units_are_refused():
    with pytest.raises(ValueError, match="'desk' has -1 units"):
        RoleStaffing("desk", -1)
