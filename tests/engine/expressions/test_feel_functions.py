"""The library of DMN 1.3 (clause 10.3.4): the examples of the standard, and the edges."""

from pathlib import Path

import pytest

from engine.expressions import EvaluationFailed, compile_feel
from engine.expressions.feel_functions import BUILTINS

VALUES = {"l": [3, 1, 2], "c": {"a": 1}, "long": "x" * 9_000}


def result(text):
    return compile_feel(text).evaluate(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 7)', None),
        ('substring("foobar", 3, 3.8)', "oba"),
        ('substring(string: "foobar", start position: 3, length: 2)', "ob"),
        ('string length("上海")', 2),
        ('upper case("aBc4")', "ABC4"),
        ('lower case("aBc4")', "abc4"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring before("foobar", "xyz")', ""),
        ('substring after("foobar", "ob")', "ar"),
        ('substring after("", "a")', ""),
        ('contains("foobar", "of")', False),
        ('starts with("foobar", "fo")', True),
        ('ends with("foobar", "r")', True),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('replace("a.b", "\\.", "-")', "a-b"),
        ('matches("foobar", "^fo*b")', True),
        ('matches("FOO", "foo", "i")', True),
        ('split("John Doe", "\\s")', ["John", "Doe"]),
        ('split("a;b;;", ";")', ["a", "b", "", ""]),
        ('string join(["a", null, "c"], "-")', "a-c"),
        ('trim("  a ")', "a"),
        ("string(1.1)", "1.1"),
        ("string(2.50)", "2.5"),
        ("string(100)", "100"),
        ("string(5 / 2 * 2)", "5"),
        ("string(function(x) x)", None),
        ('matches("a b", "a\\s b", "x")', True),
        ('split("ab", "")', ["ab"]),
        ('replace("a", "a", "\\$1")', "$1"),
        ("string(10 ** -3)", "0.001"),
        ("string(null)", None),
        ("string(true)", "true"),
        ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
        ("string([1..3))", "[1..3)"),
        ('number("1 000,5", " ", ",")', 1000.5),
        ('number("1,000.5", ",", ".")', 1000.5),
        ('number("-12")', -12),
        ('number("1_000")', None),
        ('number("１２")', None),
    ],
)
def test_functions_of_text(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decimal(1/3, 2)", 0.33),
        ("decimal(1.5, 0)", 2),
        ("decimal(2.5, 0)", 2),
        ("decimal(1234, -2)", 1200),
        ("floor(-1.5)", -2),
        ("floor(-1.56, 1)", -1.6),
        ("ceiling(-1.5)", -1),
        ("round up(5.5, 0)", 6),
        ("round up(-5.12, 1)", -5.2),
        ("round down(-5.5, 0)", -5),
        ("round half up(5.125, 2)", 5.13),
        ("round half down(5.5, 0)", 5),
        ("abs(-10)", 10),
        ('abs(@"-PT5H")', "PT5H"),
        ('abs(@"-P1Y")', "P1Y"),
        ("modulo(12, 5)", 2),
        ("modulo(-12, 5)", 3),
        ("modulo(12, -5)", -3),
        ("modulo(10.1, 4.5)", 1.1),
        ("sqrt(16)", 4),
        ("decimal(log(10), 8)", 2.30258509),
        ("decimal(exp(5), 8)", 148.4131591),
        ("odd(-5)", True),
        ("even(5)", False),
        ("even(0.5)", None),
        ("round half up(5, 2)", 5),
        ('odd("a")', None),
        ("odd([5])", True),
        ("number(5)", 5),
        ('number("1;5", ";")', None),
        ('number("1,5", ",", ",")', None),
    ],
)
def test_functions_of_numbers(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list contains(l, 2)", True),
        ("list contains([1, null], null)", True),
        ("count([])", 0),
        ("count(null)", None),
        ("min(l)", 1),
        ("min(1, 2)", 1),
        ('max("a", "c", "b")', "c"),
        ("max([])", None),
        ("sum(l)", 6),
        ("sum(0.1, 0.2)", 0.3),
        ("sum([])", None),
        ('sum(@"PT1H", @"PT2H")', "PT3H"),
        ("product(2, 3, 4)", 24),
        ("mean(l)", 2),
        ("mean(1, 2)", 1.5),
        ("median(8, 2, 5, 3, 4)", 4),
        ("median([6, 1, 2, 3])", 2.5),
        ("decimal(stddev(2, 4, 7, 5), 6)", 2.081666),
        ("stddev([47])", None),
        ("mode(6, 3, 9, 6, 6)", [6]),
        ("mode([6, 1, 9, 6, 1])", [1, 6]),
        ("all([true, null])", None),
        ("all([])", True),
        ("any([false, null, true])", True),
        ("any([])", False),
        ("sublist([4, 5, 6], 1, 2)", [4, 5]),
        ("sublist([4, 5, 6], -1)", [6]),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("concatenate([1, 2], [3], [[4]])", [1, 2, 3, [4]]),
        ("insert before([1, 3], 1, 2)", [2, 1, 3]),
        ("insert before([1, 3], 3, 5)", [1, 3, 5]),
        ("remove([1, 2, 3], 2)", [1, 3]),
        ("remove([1, 2, 3], 4)", None),
        ("list replace([2, 4, 7], 3, 6)", [2, 4, 6]),
        ("reverse(l)", [2, 1, 3]),
        ("index of([1, 2, 3, 2], 2)", [2, 4]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("distinct values([1, 1.0, true, [1], [1]])", [1, True, [1]]),
        ("distinct values([c, {a: 1.0}])", [{"a": 1}]),
        ('mode([1, "a"])', None),
        ("sublist(l, 0)", None),
        ("partition(l, 0)", None),
        ('sort([1, "a"])', None),
        ("index of(l, [2])", []),
        ("duplicate values([1, 2, 1])", [1]),
        ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
        ("sort(l)", [1, 2, 3]),
        ("sort(list: l, precedes: function(x, y) x > y)", [3, 2, 1]),
        ("partition(l, 2)", [[3, 1], [2]]),
        ("is empty([])", True),
        ('get value(c, "a")', 1),
        ("get entries(c)", [{"key": "a", "value": 1}]),
        ('context put(c, "b", 2)', {"a": 1, "b": 2}),
        ('context put(c, ["b", "d"], 2)', {"a": 1, "b": {"d": 2}}),
        ('context put(c, ["a", "d"], 2)', None),
        ("context put(c, [], 2)", None),
        ('context([{key: "a", value: 1}, {key: "b", value: 2}])', {"a": 1, "b": 2}),
        ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
        ('context([{key: "a"}])', None),
        ("list replace(l, function(item, newItem) item < newItem, 3)", [3, 3, 3]),
        ("list replace(l, function(item) true, 3)", None),
        ("[{item: 1}, {item: 2}][item > 1]", [{"item": 2}]),
        ("[[{item: 1}], [{item: 2}]][item[item > 1][1] != null]", [[{"item": 2}]]),
        ("is(1.0, 1)", True),
        ('is(time("23:00:50z"), time("23:00:50+00:00"))', True),
        ('if "a" then 1 else 2', 2),
        ("context merge([c, {a: 3}])", {"a": 3}),
        ("get or else(c.b, 5)", 5),
        ("is defined(c.b)", False),
    ],
)
def test_functions_of_lists_and_contexts(text, expected):
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before(1, 10)", True),
        ("before(point: 1, range: [2..3])", True),
        ("before(range1: [4..5], range2: [2..3])", False),
        ("before(1, [1..10])", False),
        ("before(1, (1..10])", True),
        ("before([1..5), [5..10])", True),
        ("after([5..10], 4)", True),
        ("after(5, [1..5))", True),
        ("meets([1..5], [5..10])", True),
        ("meets([1..5), [5..10])", False),
        ("met by([5..10], [1..5])", True),
        ("overlaps([1..5], [3..8])", True),
        ("overlaps([1..5], (5..8])", False),
        ("overlaps before([1..5], [3..8])", True),
        ("overlaps before([1..5], [1..5])", False),
        ("overlaps after([3..8], [1..5])", True),
        ("finishes(10, [1..10])", True),
        ("finishes([5..10), [1..10])", False),
        ("finished by([1..10], [5..10])", True),
        ("includes([1..10], 5)", True),
        ("includes([1..10], (1..10))", True),
        ("includes((1..10), [1..10])", False),
        ("during([4..6], [1..10])", True),
        ("starts(1, [1..10])", True),
        ("starts((1..5], [1..10])", False),
        ("started by([1..10], [1..5])", True),
        ("coincides([1..5], [1..5])", True),
        ("coincides(3, 3)", True),
        ("before([1..nothing], 5)", None),
        ("before([], nothing)", None),
        ("coincides(3, [3..3])", None),
    ],
)
def test_functions_of_ranges(text, expected):
    assert result(text) is expected


def test_every_function_stands_in_the_reference():
    reference = (Path(__file__).parents[3] / "docs/reference/expressions.md").read_text("utf-8")

    missing = [builtin.signature() for builtin in BUILTINS.values()]

    assert [one for one in missing if f"`{one}`" not in reference] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('matches("a", "(a+)+$")', "a repeat inside a repeated group"),
        ('matches(long, "x*x*x*y")', "takes more than"),
        ('matches("a", "a", "q")', "there is no flag 'q'"),
        ("today()", "no moment was handed in"),
        ("c.a(1)", "'this' is no function"),
        ("(function(x) x)(1, 2)", "takes (x), not 2 values"),
        ("(function(x) x)(y: 2)", "takes (x), not y"),
        ("[1..2]", "a range is no result"),
        ("{f: function(x) x}", "a function is no result"),
        ("10 ** 6000", "the number is too large"),
        ("long + long", "the text would be longer"),
        ("for i in 1..10000 return long + string(i)", "takes more than"),  # 90 MB
    ],
)
def test_evaluation_fails_in_words(text, reason):
    with pytest.raises(EvaluationFailed) as failure:
        result(text)

    assert reason in failure.value.reason
