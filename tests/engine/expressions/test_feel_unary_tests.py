"""The cells of decision tables."""

from datetime import date

import pytest

from engine.expressions import EvaluationFailed, InvalidExpression, compile_unary_tests

VALUES = {"limit": 10, "wanted": ["a", "b"], "flag": True, "High Risk": "H"}


def matches(text, value):
    return compile_unary_tests(text, names=["High Risk"]).matches(value, VALUES)


@pytest.mark.parametrize(
    ("text", "fitting", "other"),
    [
        ('"a"', "a", "b"),
        ('"a", "b"', "b", "c"),
        ("5", 5.0, 6),
        ("-5", -5, 5),
        ("5 + 5", 10, 5),
        (">= 18", 18, 17.99),
        ("< 3, > 4", 5, 3.5),
        ("= 5", 5, 4),
        ("!= 5", 4, 5),
        ("[1..10]", 10, 11),
        ("[1..10[", 1, 10),
        ("(1..10]", 10, 1),
        ("]1..10[", 5, 1),
        ("[limit..20]", 10, 9),
        ("> limit * 2", 21, 20),
        ("true", True, False),
        ("false", False, True),
        ("null", None, 0),
        ('not("a", "b")', "c", "a"),
        ('not("a")', None, "a"),
        ("not(> 5, < 1)", 3, 6),
        ("not(null)", 1, None),
        ("not(flag) or ? = 1", 1, 2),
        ("wanted", "a", "c"),
        ('["a", "c"]', "c", "b"),
        ("limit", 10, 9),
        ("High Risk", "H", "L"),
        ("? > 4", 5, 4),
        ("? * 2 = 10", 5, 4),
        ('starts with(?, "a")', "abc", "b"),
        ("some x in ? satisfies x > 2", [1, 3], [1, 2]),
        ('list contains(?, "a")', ["a"], ["b"]),
        ("[[1..2], [5..6]]", 5, 3),
        ("[1, 2]", [1, 2], [2, 1]),
        ('date("2026-01-01")', date(2026, 1, 1), date(2026, 1, 2)),
        ('< @"2026-01-01"', date(2025, 12, 31), date(2026, 1, 1)),
        ('[@"2026-01-01"..@"2026-12-31"]', date(2026, 5, 1), "2026-05-01"),
        ('if limit > 5 then "x" else "y"', "x", "y"),
    ],
)
def test_cell_fits_one_value_and_not_the_other(text, fitting, other):
    assert (matches(text, fitting), matches(text, other)) == (True, False)


@pytest.mark.parametrize("value", [None, 1, "a", [1], {"a": 1}, False])
def test_dash_fits_everything(value):
    assert matches(" - ", value)


@pytest.mark.parametrize("text", ["> 5", "[1..5]", '"a"', "not(> 5)", "? > 1", "true"])
def test_null_fits_no_comparison(text):
    assert not matches(text, None)


def test_condition_about_other_values_is_the_answer():
    assert matches("limit > 5", "anything")
    assert not matches("limit > 50", "anything")


def test_text_without_quotes_is_a_name():
    assert compile_unary_tests("High").names == {"High"}


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 1, "empty"),
        ("> ", 3, "the end is missing"),
        ("1,", 3, "the end is missing"),
        ("[1..", 5, "the end is missing"),
        ("[1 10]", 4, "']' is missing after a list"),
        ("- 5 -", 6, "the end is missing"),
        ("High Risky", 6, "no operator between 'High' and 'Risky'"),
        ('not("a", "b") or true', 1, "not() is called as not(negand)"),
        ("“a”", 1, "straight"),
    ],
)
def test_invalid_cell_names_place_and_reason(text, position, reason):
    with pytest.raises(InvalidExpression) as refusal:
        compile_unary_tests(text)

    assert (refusal.value.position, reason in refusal.value.reason) == (position, True), (
        refusal.value
    )


def test_failure_names_the_kind_of_the_input():
    with pytest.raises(EvaluationFailed) as failure:
        matches("? > now()", 5)

    assert "no moment was handed in" in failure.value.reason
