"""Three-valued logic and equality (DMN 1.3, tables 42, 43, 50): what cannot be said is null."""

import pytest

from engine.expressions import compile_feel

VALUES = {"t": True, "f": False, "n": None, "text": "a", "one": 1}


def result(text):
    return compile_feel(text).evaluate(VALUES)


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        ("t", "t", True, True),
        ("t", "f", False, True),
        ("t", "n", None, True),
        ("t", "text", None, True),
        ("f", "t", False, True),
        ("f", "f", False, False),
        ("f", "n", False, None),
        ("f", "text", False, None),
        ("n", "t", None, True),
        ("n", "f", False, None),
        ("n", "n", None, None),
        ("text", "one", None, None),
    ],
)
def test_and_or_follow_the_table(left, right, conjunction, disjunction):
    assert result(f"{left} and {right}") is conjunction
    assert result(f"{left} or {right}") is disjunction


def test_not_follows_the_table():
    found = [result(f"not({operand})") for operand in ("t", "f", "n", "text")]

    assert found == [False, True, None, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1.0", True),
        ("1 != 2", True),
        ("n = null", True),
        ("one = null", False),
        ("one != null", True),
        ("missing = null", True),
        ('1 = "1"', None),
        ('1 != "1"', None),
        ("t = 1", None),
        ("[1, 2] = [1, 2.0]", True),
        ("[1, 2] = [2, 1]", False),
        ("[1, n] = [1, n]", True),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("{a: 1} = {a: 2}", False),
        ("[1] = {a: 1}", None),
        ('"a" < "b"', True),
        ('1 < "b"', None),
        ("one < n", None),
        ("t < f", None),
        ("[1] < [2]", None),
    ],
)
def test_values_of_different_kinds_are_neither_equal_nor_ordered(text, expected):
    assert result(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "n + 1", "1 - n", "n * 2", "2 / n", "n ** 2", "-n", "1 / 0", "1 + t", 'text + 1', "-text",
        "10 ** 7000", "0 ** -1", "[1] + [2]", "string length(one)", "substring(text, 0)",
        "sum(1, text)", "date(text)", "n.a.b", "missing[1]", "abs(n)", "sqrt(-1)", "log(0)",
        'number("1,0")', "max(1, text)", "modulo(5, 0)", "decimal(1, 10 ** 9)",
    ],
)  # fmt: skip
def test_what_has_no_result_is_null(text):
    assert result(text) is None
