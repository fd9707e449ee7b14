"""FEEL by its grammar: each row an expression and what it gives over VALUES."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import (
    EvaluationFailed,
    FeelFunction,
    InvalidExpression,
    compile_expression,
    compile_feel,
    compile_unary_tests,
)

VALUES = {
    "amount": 2500,
    "share": 0.1,
    "note": "urgent",
    "booked": False,
    "nothing": None,
    "Monthly Salary": 1000,
    "Approved/Declined": "Approved",
    "Applicant's age": 44,
    "申请 金额": 12,
    "金额": 7,
    "customer": {"vip": True, "address": {"city": "上海"}, "Full Name": "Alice"},
    "lines": [{"qty": 1, "sku": "a"}, {"qty": 3, "sku": "b"}],
    "figures": [1, 2, 3],
}
NAMES = ("Monthly Salary", "Approved/Declined", "Applicant's age", "申请 金额", "Full Name")


def result(text):
    return compile_feel(text, names=NAMES).evaluate(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 + 20 / -5 - 3", 3),
        ("10--5", 15),
        ("10+-5", 5),
        ("-(3)", -3),
        ("--3", 3),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("10 ** -5", 0.00001),
        ("5 + 2 ** 5 + 3", 40),
        (".872", 0.872),
        ("1.2*10**3", 1200),
        ("1.5e3", 1500),
        ("0.1 + 0.2", 0.3),
        ("0.1 + 0.2 = 0.3", True),
        ("share + 0.2 = 0.3", True),
        ("share * 3 = 0.3", True),
        ("1 / 4", 0.25),
        ("1 / 3 * 3 = 1", False),
        ("12345678901234567890 + 1", 12345678901234567891),
        ("12345678901234567890 + 1 = 12345678901234567891", True),
        ("9007199254740993 + 0", 9007199254740993),
        ('"a" + note', "aurgent"),
        ('"a\\"b\\n\\u0041\\s"', 'a"b\nA\\s'),
        ("/* a */ 1 // b\n + 1", 2),
    ],
)
def test_arithmetic_is_exact(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 * Monthly Salary", 12000),
        ("12*Monthly  Salary-1", 11999),
        ("Approved/Declined", "Approved"),
        ("Applicant's age > 18", True),
        ("申请 金额 + 金额", 19),
        ("customer.Full Name", "Alice"),
        ("`Monthly Salary` + 1", 1001),
        ("customer.`Full Name`", "Alice"),
        ("{Gross Pay: 5, net: Gross Pay - 1}.net", 4),
        ('{"Gross Pay": 5}.Gross Pay', 5),
        ("for line item in lines return line item.qty", [1, 3]),
        ("(function(first part) first part + 1)(2)", 3),
    ],
)
def test_names_may_have_blanks_and_symbols(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer.address.city", "上海"),
        ("customer.nobody.city", None),
        ("note.city", None),
        ("lines.qty", [1, 3]),
        ("lines[1].sku", "a"),
        ("lines[-1].sku", "b"),
        ("lines[3]", None),
        ("lines[0]", None),
        ("lines[qty > 1].sku", ["b"]),
        ("lines[item.qty > 1].sku", ["b"]),
        ("lines[qty > figures[1]].sku", ["b"]),
        ('lines[sku = "b" and qty in [1..5]][1].qty', 3),
        ("figures[item >= 2]", [2, 3]),
        ("figures[item = amount]", []),
        ("figures[count(figures)]", 3),
        ("amount[1]", 2500),
        ("amount[2]", None),
        ("nothing[1]", None),
        ("[1, [2, 3]][2][1]", 2),
        ("{a: 1, b: {c: a + 1}}.b.c", 2),
        ("{a: 1, b: a}", {"a": 1, "b": 1}),
        ("[{a: 1}, {b: 2}].a", [1, None]),
        ("[]", []),
        ("{}", {}),
    ],
)
def test_paths_filters_lists_and_contexts(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('if amount > 1000 then "high" else "low"', "high"),
        ('if nothing then "high" else "low"', "low"),
        ("if booked then 1 else if amount > 1 then 2 else 3", 2),
        ("1 + if booked then 1 else 2", 3),
        ("for i in 1..3 return i * 2", [2, 4, 6]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1, 2], j in 1..i return i * 10 + j", [11, 21, 22]),
        ("for i in nothing return i", None),
        ("for i in 5 return i", [5]),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
        ("for i in 1..2, j in 1..2 return count(partial) + i", [1, 2, 4, 5]),
        ("for i in 1..2 return partial", [[], [[]]]),
        ("for i in nothing return partial", None),
        ("for i in 1..2, j in nothing return partial", []),
        ("for partial in 1..2 return partial", [1, 2]),
        ("for i in [1..3] return i", [1, 2, 3]),
        ("for i in {r: [2..3]}.r return i", [2, 3]),
        ("for i in {r: [2..3)}.r return i", None),
        ('for i in "a".."c" return i', None),
        ("for i in nothing, j in [1] return i", None),
        ("some i in nothing satisfies true", None),
        ("every i in nothing satisfies true", None),
        ("(function(a: number, b: list) a)(5, [3])", 5),
        ("for line in lines return line.qty + amount", [2501, 2503]),
        ("some x in figures satisfies x > 2", True),
        ("some x in figures, y in figures satisfies x + y = 6", True),
        ("every x in figures satisfies x > 1", False),
        ("every x in [] satisfies x > 1", True),
        ("some x in [nothing] satisfies x > 1", None),
        ("every x in [1, nothing] satisfies x > 0", None),
        ("(function(a, b) a - b)(5, 3)", 2),
        ("{twice: function(x) x * 2, y: twice(4)}.y", 8),
        ("sort(lines, function(x, y) x.qty > y.qty).sku", ["b", "a"]),
    ],
)
def test_statements(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount in [1..2500]", True),
        ("amount in [1..2500)", False),
        ("amount in ]1..2500[", False),
        ("amount in (1..2500]", True),
        ("amount in (1, 2500)", True),
        ("amount in (< 5, > 10)", True),
        ("amount in >= 2500", True),
        ("amount in figures", False),
        ("2 in figures", True),
        ("2 in [[1..3], [7..9]]", True),
        ('note in ("urgent", "normal")', True),
        ("amount between 1 and 3000 and booked", False),
        ("amount between nothing and 1", False),
        ("amount between nothing and 3000", None),
        ("nothing in [1..5]", None),
        ("[1..5].start", 1),
        ("(1..5].start included", False),
        ('"b" in ["a".."c"]', True),
        ("amount instance of number", True),
        ("note instance of number", False),
        ("nothing instance of Any", False),
        ("figures instance of list<number>", True),
        ("figures instance of list<string>", False),
        ('@"PT1H" instance of days and time duration', True),
        ('@"2026-01-01" instance of date and time', False),
        ("[1..3] instance of range<number>", True),
    ],
)
def test_ranges_and_types(text, expected):
    assert result(text) is expected or result(text) == expected


def test_names_are_the_values_an_expression_reads():
    text = "for x in lines return x.qty + Monthly Salary * count(figures[item > limit])"

    assert compile_feel(text, names=NAMES).names == {"lines", "Monthly Salary", "figures"}


def test_name_within_a_filter_is_read_when_it_is_known():
    assert compile_feel("lines[qty > limit]", names=["limit"]).names == {"lines", "limit"}


def test_native_result_keeps_exact_numbers():
    assert compile_feel("0.1 + 0.2").evaluate_native({}) == Decimal("0.3")


def test_result_is_not_the_list_of_the_values():
    figures = result("figures")

    figures.append(4)

    assert VALUES["figures"] == [1, 2, 3]


def test_function_handed_in_is_called():
    values = {"fee": FeelFunction(("amount", "rate"), lambda amount, rate: amount * rate)}

    for text in ("fee(20, 3) + 1", "fee(rate: 3, amount: 20) + 1"):
        assert compile_feel(text, names=["fee"]).evaluate(values) == 61


def test_value_named_like_a_function_hides_it_from_nobody():
    assert compile_feel("date + count(date)", names=["date"]).evaluate({"date": 4}) == 5


def test_equals_sign_makes_an_expression_feel():
    assert compile_expression('= amount > 1000 and note = "urgent"').is_true(VALUES)


def test_expression_is_compiled_once():
    assert compile_feel("amount > 1") is compile_feel("amount > 1")


@given(st.text(max_size=40))
def test_any_text_is_refused_or_compiled_but_nothing_else(text):
    for compiled in (compile_feel, compile_unary_tests):
        with contextlib.suppress(InvalidExpression):
            compiled(text)


@given(st.integers(-(10**20), 10**20), st.integers(-(10**9), 10**9))
def test_whole_numbers_add_and_multiply_as_they_should(a, b):
    values = {"a": a, "b": b}

    found = [compile_feel(text).evaluate_native(values) for text in ("a + b", "a - b", "a * b")]

    assert found == [a + b, a - b, a * b]


@given(st.decimals(-1000, 1000, places=3), st.decimals(-1000, 1000, places=3))
def test_floats_are_compared_as_they_are_written(a, b):
    found = compile_feel("a + b = c").evaluate({"a": float(a), "b": float(b), "c": float(a + b)})

    assert found is True


def test_failure_of_a_native_result_is_told_as_well():
    with pytest.raises(EvaluationFailed, match=r"no moment was handed in \(due is a date\)"):
        compile_feel("due > today()").evaluate_native({"due": date(2026, 1, 1)})


def test_compiled_texts_show_what_they_are():
    shown = repr([compile_feel("a > 1"), compile_unary_tests("> 1"), compile_expression("a > 1")])

    assert shown == "[FeelExpression('a > 1'), UnaryTests('> 1'), Expression('a > 1')]"


def test_our_own_language_has_no_values_but_those_of_json():
    assert compile_expression("share + 1").evaluate_native(VALUES) == 1.1


def test_failure_says_what_kinds_of_values_there_were():
    with pytest.raises(EvaluationFailed) as failure:
        compile_feel("amount > limit").is_true({"amount": "many"})

    wanted = "a condition gives true or false, not null (amount is a text, limit is missing)"
    assert failure.value.reason == wanted
