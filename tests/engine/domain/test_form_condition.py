from __future__ import annotations

import pytest

from engine.domain.form_condition import Condition

VALUES = {"age": 40, "name": "Wang", "booked": True, "late": False, "nothing": None, "half": 0.5}


@pytest.mark.parametrize(
    "text",
    [
        "booked",
        "booked = true",
        "not(late)",
        "age = 40.0",
        "age >= 40 and age < 41",
        "half > -1",
        'name = "Wang"',
        'name < "X"',
        'name != "Li"',
        "nothing = null",
        "unheard_of = null",
        "name != null",
        "late or (booked and age <= 40)",
        "nothing or booked",
        'name = "W\\u0061ng"',
    ],
)
def test_condition_holds(text):
    assert Condition(text).holds(VALUES)


@pytest.mark.parametrize(
    "text",
    [
        "late",
        "age",  # not a truth value
        "nothing",
        "not(nothing)",  # unknown stays unknown
        "not(age)",
        "age = true",  # two kinds cannot be compared
        "age != true",
        "age < name",
        "age < booked",
        "nothing < 5",
        "nothing and booked",
        "nothing and late",
        "late or nothing",
        "late or late",
        "nothing = 5",
    ],
)
def test_condition_does_not_hold_when_false_or_unknown(text):
    assert not Condition(text).holds(VALUES)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "missing before 'the end'"),
        ("age +", "'\\+' is not understood"),
        ("age 5", "'5' is not understood here"),
        ("age =", "missing before 'the end'"),
        ("(age", "'\\)' is missing before 'the end'"),
        ("not booked", "'\\(' is missing before 'booked'"),
        ("and", "missing before 'and'"),
        ("- booked", "a number is missing after '-'"),
        ("some x in y satisfies x", "'x' is not understood here"),
        ("a or " * 300 + "a", "longer than 1000"),
        ("a=" * 60 + "a", "more than 100 words"),
    ],
)
def test_condition_that_is_not_understood_is_refused_in_words(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        Condition(text)


def test_condition_cannot_exhaust_the_stack():
    with pytest.raises(ValueError, match="more than 100 words"):
        Condition("(" * 400 + "a" + ")" * 400)
