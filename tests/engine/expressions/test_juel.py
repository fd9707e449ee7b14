import pytest

from engine.expressions import EvaluationFailed, InvalidExpression, compile_expression, unwrapped

VALUES = {"amount": 2500, "booked": False, "lines": [], "note": "a && b", "eq": 1, "empty": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${amount ge 1000 && !booked}", True),
        ("#{amount lt 1000 || booked eq false}", True),
        ("${amount gt 1 and amount le 2500 and amount ne 3}", True),
        ("${empty lines}", True),
        ("${not empty lines}", False),
        ("${!empty(lines) || empty note}", False),
        ("${amount div 100 mod 10}", 5),
        ("${note == 'a && b'}", True),
        ("${note eq 'a' || note=='a && b'}", True),
        ("${eq eq 1}", True),
        ("${empty}", True),
        ("${empty eq true}", True),
    ],
)
def test_words_of_juel_are_understood_within_their_wrapping(text, expected):
    assert compile_expression(text).evaluate(VALUES) == expected


def test_words_of_juel_mean_nothing_outside_of_it():
    with pytest.raises(InvalidExpression, match="write 'and' instead of &&"):
        compile_expression("amount && booked")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${a}/${b}", "only a whole text is wrapped"),
        ("${a ? b : c}", "write 'a if condition else b'"),
        ("${bean.method(a)}", "only these functions may be called"),
    ],
)
def test_what_else_juel_can_is_refused_in_words(text, reason):
    with pytest.raises(InvalidExpression, match="character") as refusal:
        compile_expression(text)

    assert reason in refusal.value.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${ a eq 1 }", "a == 1"),
        ("#{a.eq ne empty}", "a.eq != empty"),
        ("${empty a.b[0].c and x}", "empty(a.b[0].c) and x"),
        ("a eq 1", "a eq 1"),
        ("= a = 1", "= a = 1"),
    ],
)
def test_unwrapped_text_is_in_our_own_language(text, expected):
    assert unwrapped(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${one == '1'}", True),
        ("${'1' == one}", True),
        ("${one == ' 1.0 '}", True),
        ("${one != '1'}", False),
        ("${one eq '2'}", False),
        ("${amount > '999'}", True),
        ("${'10' lt amount}", True),
        ("${'10' < '9'}", True),  # two texts are compared as texts
        ("${booked == 'FALSE'}", True),
        ("${booked == 'yes'}", True),  # whatever is not true is false
        ("${nothing == ''}", False),
        ("${nothing == null}", True),
        ("${one == ''}", False),
        ("${0 == ''}", True),
        ("${lines == 'a'}", False),
        ("${0 < one < 2}", True),
    ],
)
def test_values_of_two_kinds_are_compared_as_juel_does(text, expected):
    values = {**VALUES, "one": 1, "nothing": None}

    assert compile_expression(text).evaluate(values) is expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${one == 'first'}", "a number is compared with a text that is no number"),
        ("${one == booked}", "a number is compared with true or false"),
        ("${one == lines}", "a number is compared with a list"),
        ("${one < '1e9999'}", "a text that is no number"),
        ("${one < '" + "9" * 500 + "'}", "a text that is no number"),
    ],
)
def test_what_juel_cannot_compare_fails_in_words(text, reason):
    with pytest.raises(EvaluationFailed, match=reason):
        compile_expression(text).evaluate({**VALUES, "one": 1})


def test_our_own_language_compares_what_is_there():
    assert compile_expression("one == '1'").evaluate({"one": 1}) is False
