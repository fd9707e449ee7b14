from __future__ import annotations

import pytest

from kpis.export.cells import plain_cell, safe_cell
from kpis.export.told import Teller
from tests.kpis.export.histories import NAMES, a_history, told

FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"]


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Register"), ("zh", "登记"), ("both", "登记 / Register")]
)
def test_activities_have_their_name_in_the_language(language, name):
    (case,) = told(language=language)

    assert case.events[1].activity == name


def test_element_without_a_name_is_told_by_its_id():
    (case,) = Teller().cases(a_history())

    assert case.events[1].activity == "register"


def test_transitions_are_those_of_the_standard():
    (case,) = told()

    assert [event.transition for event in case.events[1:-1]] == [
        *("schedule", "assign", "assign", "start", "complete", "schedule", "start", "ate_abort")
    ]


def test_task_that_nobody_began_is_withdrawn():
    events = [event for event in a_history() if event.type != "started"]

    (case,) = Teller().cases(events)

    assert case.events[-2].transition == "withdraw"


def test_people_have_codes_that_hold_within_a_file():
    first, second = told("V1", "V2")

    assert first.events[0].person == second.events[0].person == "P1"
    assert {event.person for event in second.events} == {None, "P1", "P2", "P3"}


def test_people_have_their_user_names_when_asked_for():
    (case,) = told(has_user_names=True)

    assert case.events[0].person == "alice"


def test_outcome_is_how_the_case_ended():
    (closed,), (still_open,) = told(), Teller(NAMES).cases(a_history(is_open=True))

    assert (closed.outcome, still_open.outcome) == ("cancelled", "open")


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_in_a_cell_is_told_as_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", [*FORMULAS, "'=1", "''=1", "a=1", "'a", "", "'"])
def test_safe_cell_can_be_read_again(text):
    assert plain_cell(safe_cell(text)) == text
