"""What may be chosen, what it costs, and where a search begins."""

import pytest

from simulation.errors import ChoicesRefused
from simulation.optimiser.design import Choices, Design, staff_cost
from tests.simulation.builders import a_scenario, shipped

DAY = {"weekly": {"mon-fri": ["08:00-16:00"]}}
SHORT = {"weekly": {"mon-fri": ["08:00-12:00"]}}


@pytest.fixture
def scenario():
    return a_scenario(
        resources={"clerk": {"units": 1, "calendar": "day", "cost_per_hour": 30}},
        calendars={"day": DAY, "short": SHORT},
        run={"until": "24h"},
    )


def test_staff_is_paid_for_the_hours_it_is_there(scenario):
    two, short = Design.of({"clerk": 2}), Design.of({"clerk": 2}, {"clerk": "short"})

    assert staff_cost(two.applied_to(scenario)) == 2 * 8 * 30
    assert staff_cost(short.applied_to(scenario)) == 2 * 4 * 30


def test_staff_of_a_run_that_ends_after_cases_is_paid_for_four_weeks(scenario):
    counted = scenario.patched({"run": {"until": None, "cases": 10}})

    assert staff_cost(counted) == 4 * 5 * 8 * 30


def test_smallest_design_is_the_fluid_bound():
    busy = a_scenario(arrivals={"start": {"interval": {"constant": "4min"}}}, run={"until": "40h"})

    assert Choices({"clerk": range(1, 9)}).smallest(busy).units == (("clerk", 3),)


def test_smallest_design_stays_within_the_range():
    assert Choices({"doctor": range(2, 4)}).smallest(shipped("as_is")).units == (("doctor", 3),)


def test_neighbours_differ_in_one_unit_or_one_calendar(scenario):
    choices = Choices({"clerk": range(1, 3)}, {"clerk": ("day", "short")})
    here = Design.of({"clerk": 2}, {"clerk": "day"})

    assert list(choices.neighbours(here, step=1)) == [here.with_calendar("clerk", "short")]
    assert here.with_units("clerk", 1) in choices.neighbours(here, step=-1)


def test_key_names_units_and_shifts():
    assert Design.of({"b": 2, "a": 1}, {"b": "late"}).key == "a 1, b 2 (late)"


@pytest.mark.parametrize(
    ("units", "calendars", "words"),
    [
        ({}, {}, "none is to be chosen"),
        ({"clark": range(1, 3)}, {}, "clark: is unknown; did you mean clerk"),
        ({"clerk": range(3)}, {}, "needs units such as 1..5; got 0..2"),
        ({"clerk": range(1, 3)}, {"boss": ("day",)}, "has shifts to choose but no units"),
        ({"clerk": range(1, 3)}, {"clerk": ("dey",)}, "calendar 'dey' is unknown"),
    ],
)
def test_choices_that_the_scenario_does_not_have_are_refused(scenario, units, calendars, words):
    with pytest.raises(ChoicesRefused, match=words):
        Choices(units, calendars).ensure_known(scenario)
