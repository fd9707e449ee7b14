"""Cost of cases by hand."""

import math

import pytest

from kpis.measures.costs import case_costs, element_costs
from kpis.staffing import RoleStaffing, Staffing
from tests.kpis.builders import NAN, a_log, activity, case


@pytest.fixture
def log():
    activities = [
        activity("a", "register", 0, 0, 360),
        activity("a", "consult", 360, 360, 2160, role="doctor", work_s=900),
        activity("a", "pay", 2160, 2160, 2200, role="customer"),
        activity("b", "register", 0, 0, NAN, cancelled_s=720, work_s=720),
        activity("b", "notify", 720, 720, 720, role=None, performer=None),
        activity("c", "register", 0, 0, 3600),
    ]
    cases = [case("a", 0, 2200), case("b", 0, 800), case("c", 0, 3600, "cancelled")]
    return a_log(cases, activities)


@pytest.fixture
def staffing():
    roles = [RoleStaffing("desk", 2, 40), RoleStaffing("doctor", 1, 180)]
    roles.append(RoleStaffing("customer", 1, 1000))
    fixed = {"consult": 5.0, "notify": 0.1, "register": 1.0}
    return Staffing.of(roles, external_roles=["customer"], fixed_costs=fixed)


def test_cost_is_work_at_its_rate_and_a_fixed_cost_per_completed_visit(log, staffing):
    # a: 0.1 h x 40 + 1, 0.25 h x 180 + 5; b: 0.2 h x 40, withdrawn, + 0.1; c: 1 h x 40 + 1
    assert case_costs(log, staffing).tolist() == pytest.approx([4 + 1 + 45 + 5, 8 + 0.1, 40 + 1])


def test_completed_cases_bear_what_the_cancelled_one_cost_element_by_element(log, staffing):
    costs = element_costs(log, staffing)

    assert costs == pytest.approx({"register": 27, "consult": 25, "pay": 0, "notify": 0.05})
    assert sum(costs.values()) == pytest.approx(case_costs(log, staffing).sum() / 2)


def test_costs_without_a_completed_case_are_borne_by_nobody(staffing):
    log = a_log([case("a", 0, 9, "cancelled")], [activity("a", "register", 0, 0, 9)])

    assert [math.isnan(cost) for cost in element_costs(log, staffing).values()] == [True]


def test_role_without_a_rate_costs_nothing(log):
    assert case_costs(log, Staffing.of([])).tolist() == [0, 0, 0]


def test_log_without_activities_costs_nothing(staffing):
    assert case_costs(a_log([case("a", 0, 10)]), staffing).tolist() == [0]
