import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import EvaluationFailed, InvalidExpression, compile_expression

VALUES = {
    "amount": 2500,
    "note": "urgent",
    "booked": False,
    "nothing": None,
    "customer": {"vip": True, "address": {"city": "上海"}},
    "lines": [{"qty": 1}, {"qty": 3}],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 1000 and customer.vip", True),
        ("amount <= 1000 or not booked", True),
        ("1 < amount < 3000", True),
        ("note == 'urgent'", True),
        ('note != "urgent"', False),
        ("customer.address.city == '上海'", True),
        ("customer['vip']", True),
        ("lines[0].qty + lines[-1].qty", 4),
        ("note in ['urgent', 'normal']", True),
        ("'gent' in note", True),
        ("booked == false", True),
        ("booked == False", True),
        ("nothing == null", True),
        ("true and not false", True),
        ("10 if booked else 20", 20),
        ("amount * 2 - 1", 4999),
        ("amount / 1000", 2.5),
        ("amount // 1000 + amount % 1000", 502),
        ("-amount", -2500),
        ("'a' + note", "aurgent"),
        ("[1] + [2]", [1, 2]),
        ("sum(line.qty for line in lines)", 4),
        ("[line.qty for line in lines if line.qty > 1]", [3]),
        ("any(line.qty > 2 for line in lines)", True),
        ("max(1, amount)", 2500),
        ("round(2.567, 2)", 2.57),
        ("round(2.5)", 2),
        ("len(note) + int('3') + abs(-1)", 10),
        ("str(amount) + note", "2500urgent"),
        ("sorted([3, 1, 2])[0]", 1),
        ("defined(amount)", True),
        ("defined(missing) and missing > 1", False),
        ("  amount\n  > 1 ", True),
        ("${amount > 1}", True),
    ],
)
def test_expression_gives_the_result(text, expected):
    assert compile_expression(text).evaluate(VALUES) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("amount > 1 and customer.vip", {"amount", "customer"}),
        ("sum(line.qty for line in lines)", {"lines"}),
        ("[line for line in line]", {"line"}),
        ("true", set()),
        ("defined(amount)", set()),
    ],
)
def test_names_are_the_values_an_expression_reads(text, names):
    assert compile_expression(text).names == names


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("amount = 1", 8, "use == to compare"),
        ("amount && booked", 8, "write 'and'"),
        ("amount || booked", 8, "write 'or'"),
        ("!booked", 1, "write 'not'"),
        ("a <> b", 3, "write != instead"),
        ("note is null", 1, "compare with =="),
        ("2 ** 3", 1, "powers"),
        ("上海 + open('x')", 6, "only these functions may be called: abs, "),
        ("", 1, "empty"),
        ("amount >", 8, "not readable"),
        ("_secret", 1, "do not start with _"),
        ("customer._secret", 1, "fields do not start with _"),
    ],
)
def test_invalid_expression_names_place_and_reason(text, position, reason):
    with pytest.raises(InvalidExpression) as refusal:
        compile_expression(text)

    assert (refusal.value.position, reason in refusal.value.reason) == (position, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("missing > 1", "there is no value 'missing'"),
        ("customer.age", "there is no field 'age'"),
        ("amount.age", "there is no field 'age' in a number"),
        ("lines[7]", "there is no item [7] in a list of 2"),
        ("note > 1", "not supported between"),
        ("note + 1", "+ adds two numbers, texts or lists, not a text and a number"),
        ("note * 3", "* multiplies two numbers, not a text and a number"),
    ],
)
def test_evaluation_fails_in_words(text, reason):
    with pytest.raises(EvaluationFailed) as failure:
        compile_expression(text).evaluate(VALUES)

    assert reason in failure.value.reason


@pytest.mark.parametrize("text", ["amount", "note", "nothing", "lines", "1", "'true'"])
def test_condition_takes_only_true_or_false(text):
    with pytest.raises(EvaluationFailed, match="a condition gives true or false"):
        compile_expression(text).is_true(VALUES)


def test_condition_is_true_or_false():
    assert compile_expression("amount > 1").is_true(VALUES)
    assert not compile_expression("booked").is_true(VALUES)


def test_equals_sign_within_a_text_is_no_mistake():
    assert compile_expression("note == 'a = b && c'").evaluate(VALUES) is False


def test_expression_is_compiled_once():
    assert compile_expression("amount > 1") is compile_expression("amount > 1")


def test_expression_does_not_change_the_values():
    values = {"lines": [2, 1]}

    compile_expression("sorted(lines) + lines").evaluate(values)

    assert values == {"lines": [2, 1]}


@given(st.text(max_size=60))
def test_any_text_is_refused_or_compiled_but_nothing_else(text):
    with contextlib.suppress(InvalidExpression, EvaluationFailed):
        compile_expression(text).evaluate(VALUES)
