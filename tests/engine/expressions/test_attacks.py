"""The attack corpus: every text is refused before, or fails while, it is evaluated — quickly."""

import time

import pytest

from engine.expressions import EvaluationFailed, InvalidExpression, compile_expression

SUBCLASSES = "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0]"
NEVER_COMPILED = [
    "__import__('os').environ['SECRET']",
    "open('/etc/passwd').read()",
    f"{SUBCLASSES}.__init__.__globals__['environ']",
    "().__class__.__base__.__subclasses__()",
    "random._os.environ['SECRET']",
    "(lambda: [x.gi_frame.f_back for x in [(_ for _ in [1])]])()",
    "'{0.__class__.__init__.__globals__[MARK]}'.format(amount)",
    "f'{amount.__class__}'",
    "sum(1 for a in range(10**12))",
    "10**10**8",
    "9**9**9",
    "1 << 10**10",
    "(lambda f: f(f))(lambda f: f(f))",
    "re.match('(a+)+$', 'a' * 40 + 'b')",
    "eval('1')",
    "exec('x = 1')",
    "compile('1', '', 'eval')",
    "getattr(amount, 'real')",
    "type(amount)",
    "globals()",
    "vars()",
    "_values",
    "_add(1, 2)",
    "[_values for x in lines]",
    "[x for _values in lines]",
    "[x for x in lines for y in lines]",
    "[[y for y in lines] for x in lines]",
    "(x := 1)",
    "await amount",
    "[*lines]",
    "{**customer}",
    "max(lines, key=len)",
    "max(*lines)",
    "amount if True",
    "import os",
    "amount; amount",
    "lines[0:10]",
    "amount\x00",
    "(" * 500 + ")" * 500,
    "-" * 1500 + "1",
    "not " * 400 + "true",
    "1" * 2500,
    "[" * 90 + "]" * 90,
    " and ".join(["amount > 1"] * 150),
]
FAIL_WHEN_EVALUATED = [
    "'a' * 10000000000",
    "[0] * 10000000000",
    "'%1000000000d' % 5",
    "long + long",
    "sorted(lines + lines)",
    "[str(lines) for x in lines]",
    "round(5, -1000000000)",
    "sum(each for each in amount)",
    "huge * huge * huge * huge",
    "customer.keys",
    "amount.real",
    "long.upper",
    "customer['__class__']",
    "amount / 0",
    "amount % 0",
    "int('9' + long)",
    "len(amount)",
    "min(3)",
]
VALUES = {
    "amount": 5,
    "customer": {"name": "Ada"},
    "lines": [{"qty": n} for n in range(6_000)],
    "long": "x" * 9_000,
    "huge": 2**600,
}


@pytest.mark.parametrize("text", NEVER_COMPILED)
def test_attack_is_refused_before_anything_runs(text):
    with pytest.raises(InvalidExpression):
        compile_expression(text)


@pytest.mark.parametrize("text", FAIL_WHEN_EVALUATED)
def test_attack_on_time_or_memory_fails_at_once(text):
    expression = compile_expression(text)
    began = time.process_time()

    with pytest.raises(EvaluationFailed):
        expression.evaluate(VALUES)
    assert time.process_time() - began < 5  # a hang would take minutes, or all memory


def test_expression_cannot_reach_a_builtin_by_its_name():
    with pytest.raises(EvaluationFailed, match="there is no value 'open'"):
        compile_expression("open").evaluate({})


def test_value_named_like_a_function_is_only_a_value():
    assert compile_expression("len + 1").evaluate({"len": 2}) == 3


def test_compiled_function_holds_no_builtins():
    function = compile_expression("amount + 1")._function

    assert function.__globals__["__builtins__"] == {}
