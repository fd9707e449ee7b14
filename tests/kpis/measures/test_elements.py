"""Waiting and work per element, by hand."""

import math

import pytest

from kpis.measures.elements import element_values
from tests.kpis.builders import NAN, a_log, activity, case


@pytest.fixture
def log():
    activities = [
        activity("a", "register", 0, 30, 50),
        activity("b", "register", 10, 10, 60, work_s=40),
        activity("b", "consult", 60, 200, NAN),
        activity("b", "dispense", 60, NAN, NAN, performer=None),
    ]
    return a_log([case("a", 0, 50), case("b", 10)], activities)


def test_element_has_mean_waiting_and_work_per_visit(log):
    register = element_values(log)["register"]

    assert (register.started, register.completed) == (2, 2)
    assert (register.waiting_s, register.waiting_share) == (15, 0.5)
    assert (register.work_s, register.suspended_s) == (30, 5)
    assert register.total_waiting_s == 30


def test_element_shows_waiting_of_cases_that_are_still_open(log):
    consult = element_values(log)["consult"]

    assert (consult.started, consult.completed, consult.waiting_s) == (1, 0, 140)
    assert math.isnan(consult.work_s)


def test_element_that_nobody_started_has_no_mean(log):
    dispense = element_values(log)["dispense"]

    assert math.isnan(dispense.waiting_s)
    assert dispense.total_waiting_s == 0


def test_element_counts_only_what_happened_in_the_counted_period(log):
    assert element_values(log.within(20, 55))["register"].started == 1
    assert element_values(log.within(20, 55))["register"].completed == 1


def test_element_tells_who_left_before_anybody_began_and_how_long_they_had_waited():
    rows = [
        activity("a", "register", 0, NAN, NAN, cancelled_s=30, performer=None),
        activity("b", "register", 10, NAN, NAN, cancelled_s=60, performer=None),
        activity("c", "register", 0, 20, NAN, cancelled_s=60, work_s=40),
    ]
    cases = [case("a", 0, 30, "abandoned"), case("b", 0, 60, "abandoned"), case("c", 0)]

    register = element_values(a_log(cases, rows))["register"]

    assert (register.left, register.left_waiting_s) == (2, (30 + 50) / 2)
    assert (register.started, register.waiting_s) == (1, 20)
    assert register.total_waiting_s == 20 + 30 + 50
