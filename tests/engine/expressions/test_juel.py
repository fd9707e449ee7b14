import pytest

from engine.expressions import InvalidExpression, compile_expression, unwrapped

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
