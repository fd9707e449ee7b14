"""What is refused before it is run: where, why, and what to write instead."""

import pytest

from engine.expressions import InvalidExpression, compile_feel


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 1, "empty"),
        ("amount >", 9, "the end is missing"),
        ("amount == 1", 8, "compare with one ="),
        ("amount <> 1", 8, "write != instead"),
        ("a && b", 3, "write 'and'"),
        ("a || b", 3, "write 'or'"),
        ("!a", 1, "write not(…)"),
        ("a % 2", 3, "write modulo"),
        ("note = 'urgent'", 8, 'texts stand in "double quotes"'),
        ('note = "urgent', 8, "the text is not closed"),
        ("note = “urgent”", 8, "straight"),
        ("sum（1）", 4, "use the ASCII parenthesis"),
        ("sum(1，2)", 6, "use the ASCII comma"),
        ("${amount}", 1, "not wrapped in ${…}"),
        ("Monthly Salary > 1", 9, "no operator between 'Monthly' and 'Salary'"),
        ("1 < a < 5", 7, "one comparison at a time"),
        ("if a then b", 12, "'else' is missing"),
        ("for x in l satisfies x", 12, "'return' is missing"),
        ("some x in l return x", 13, "'satisfies' is missing"),
        ("for x l return x", 5, "a name and 'in' are expected"),
        ("[1, 2", 6, "']' is missing after a list"),
        ("(1", 3, "')' is missing"),
        ("{a 1}", 5, "':' is missing"),
        ("{a: 1, a: 2}", 11, "there twice"),
        ("a[1", 4, "']' is missing after a filter"),
        ("]1]", 3, "'..' is missing"),
        ("[1..2", 6, "is missing after a range"),
        ("a.1", 2, "not expected"),
        ("a . + 1", 5, "the name of a field is missing"),
        ("then", 1, "'then' is not expected"),
        ("a instance of money", 15, "no type 'money'; there are Any, "),
        ("function(x) external {a: 1}", 13, "external functions are not supported"),
        ("sting length(a)", 7, "no operator between 'sting' and 'length'"),
        ("subsring(a, 1)", 1, "did you mean substring()?"),
        ("substring(a)", 1, "is called as substring(string, start position, [length])"),
        ("substring(a, 1, 2, 3)", 1, "is called as"),
        ("substring(text: a, start position: 1)", 1, "is called as"),
        ("substring(string: a, 1)", 10, "name all arguments or none"),
        ('@"tomorrow"', 1, "is no date, time or duration"),
        ("? > 1", 1, "stands for the input of a cell"),
        ("1e99999", 1, "too large"),
        ("(" * 40 + "1" + ")" * 40, 31, "nested more than 30 deep"),
        ("1" + "+1" * 200, 200, "too many parts"),
        ("1" * 20_000, 10_000, "longer than 10000"),
    ],
)
def test_invalid_expression_names_place_and_reason(text, position, reason):
    with pytest.raises(InvalidExpression) as refusal:
        compile_feel(text).evaluate({})

    assert reason in refusal.value.reason
    assert refusal.value.position == position
