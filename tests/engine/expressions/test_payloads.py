"""Every payload at every entry point: nothing gets out, nothing keeps the machine busy."""

import sys
import time
from pathlib import Path
from types import CodeType

import pytest

from engine.expressions import (
    MOMENT_KEY,
    EvaluationFailed,
    InvalidExpression,
    compile_expression,
    compile_feel,
    compile_unary_tests,
)
from tests.engine.expressions.payloads import ESCAPES, FILE, HOGS, SECRET, VARIABLE

LIMIT_S = 1.5 if sys.gettrace() is None else 6.0  # tracing is several times slower


def deep():
    nested: list = [1]
    for _ in range(40):  # each list holds the one before twice
        nested = [nested, nested]
    return nested


VALUES = {
    "amount": 5,
    "text": "x",
    "customer": {"name": "Alice"},
    "lines": [{"qty": n} for n in range(6_000)],
    "figures": [n + 0.1 for n in range(6_000)],
    "long": "x" * 9_000,
    "deep": deep(),
    MOMENT_KEY: "2026-01-01T10:00:00Z",
}
ENTRY_POINTS = {
    "ours": lambda text: compile_expression(text).evaluate(VALUES),
    "wrapped": lambda text: compile_expression("${" + text + "}").evaluate(VALUES),
    "zeebe": lambda text: compile_expression("=" + text).evaluate(VALUES),
    "native": lambda text: compile_feel(text, names=["customer", "amount"]).evaluate_native(VALUES),
    "cell": lambda text: compile_unary_tests(text).matches(5, VALUES),
    "negated": lambda text: compile_unary_tests(f"not({text})").matches(5, VALUES),
}


def run(entry, text):
    """Return what an attacker gets: the result or the refusal."""
    try:
        return ENTRY_POINTS[entry](text)
    except (InvalidExpression, EvaluationFailed) as refusal:
        return refusal.reason


@pytest.fixture(autouse=True)
def _secret(monkeypatch):
    monkeypatch.setenv(VARIABLE, SECRET)


def test_corpus_is_large_enough():
    assert len(set(ESCAPES)) >= 60


@pytest.mark.parametrize("entry", ENTRY_POINTS)
def test_no_payload_gets_out(entry):
    for text in ESCAPES:
        shown = repr(run(entry, text))

        assert not any(
            mark in shown for mark in (SECRET, "root:x", "<class", "<built-in", "<function")
        )
    assert not Path(FILE).exists()


def test_no_hog_keeps_the_machine_busy():
    for text in HOGS:
        began = time.process_time()

        run("zeebe", text)

        assert time.process_time() - began < LIMIT_S, text[:60]


@pytest.mark.parametrize("entry", ENTRY_POINTS)
def test_hog_is_stopped_by_its_budget_at_every_entry_point(entry, monkeypatch):
    monkeypatch.setattr("engine.expressions.feel.MOST_STEPS", 10_000)

    for text in HOGS:
        began = time.process_time()

        run(entry, text)

        assert time.process_time() - began < LIMIT_S, text[:60]


def code_objects(code):
    """Yield a compiled function and those within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_objects(constant)


@pytest.mark.parametrize("text", ESCAPES)
def test_compiled_payload_names_nothing_but_helpers(text):
    try:
        function = compile_feel(text)._function
    except InvalidExpression:
        return

    allowed = {name for name in function.__globals__ if name.startswith("_")} | {"get"}
    used = {name for code in code_objects(function.__code__) for name in code.co_names}
    assert used <= allowed
    assert function.__globals__["__builtins__"] == {}
