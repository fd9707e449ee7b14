"""Utilisation and queues per role, by hand."""

import math

import pytest

from kpis.measures.roles import overall_utilisation, role_values
from kpis.staffing import RoleStaffing, Staffing
from tests.kpis.builders import a_log, activity, case


@pytest.fixture
def log():
    activities = [
        activity("a", "register", 0, 20, 60),
        activity("a", "consult", 60, 90, 150, role="doctor"),
        activity("a", "pay", 150, 170, 180, role="customer"),
    ]
    return a_log([case("a", 0, 200)], activities, window=(0, 200))


@pytest.fixture
def staffing():
    half_open = RoleStaffing("desk", 2, open_s=lambda start, end: (end - start).seconds / 2)
    roles = [half_open, RoleStaffing("doctor", 1), RoleStaffing("lab", 3)]
    return Staffing.of(roles, external_roles=["customer"])


def test_utilisation_is_busy_over_available_time(log, staffing):
    roles = role_values(log, staffing)

    assert roles["desk"].utilisation == 40 / (2 * 100)
    assert roles["doctor"].utilisation == 60 / 200
    assert overall_utilisation(roles) == 100 / (200 + 200 + 600)


def test_role_without_work_is_idle(log, staffing):
    lab = role_values(log, staffing)["lab"]

    assert (lab.utilisation, lab.queue_length, lab.queue_length_max, lab.units) == (0, 0, 0, 3)
    assert math.isnan(lab.waiting_s)


def test_external_role_is_left_out(log, staffing):
    assert set(role_values(log, staffing)) == {"desk", "doctor", "lab"}


def test_role_has_waiting_and_queue(log, staffing):
    desk = role_values(log, staffing)["desk"]

    assert (desk.waiting_s, desk.started) == (20, 1)
    assert (desk.queue_length, desk.queue_length_max) == (0.1, 1)


def test_role_that_is_closed_has_no_utilisation(log):
    closed = Staffing.of([RoleStaffing("desk", 2, open_s=lambda *_: 0.0)])

    assert math.isnan(role_values(log, closed)["desk"].utilisation)


def test_without_a_staffing_plan_utilisation_is_unknown(log):
    roles = role_values(log)

    assert math.isnan(overall_utilisation(roles))
    assert roles["customer"].units is None
