"""FEEL, the language of DMN 1.3, compiled to guarded Python functions.

compile_feel(text)         -> FeelExpression; what cannot be said is null, as DMN wants
compile_unary_tests(text)  -> UnaryTests: the cell of a decision table

``names`` are those with blanks or symbols, and those of functions, that the values will have.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engine.expressions.errors import EvaluationFailed, InvalidExpression
from engine.expressions.evaluation import Expression
from engine.expressions.feel_parser import parse_expression, parse_unary_tests
from engine.expressions.feel_results import json_of, kind_of
from engine.expressions.feel_tests import write_tests
from engine.expressions.feel_values import MOST_STEPS, EvaluationStopped
from engine.expressions.feel_writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_FAILURES = (TypeError, ValueError, ArithmeticError, RecursionError, EvaluationStopped)
_MOST_KINDS = 8


class FeelExpression(Expression):
    """A checked expression of FEEL, ready to be evaluated over any values."""

    __slots__ = ()

    def evaluate(self, values: Mapping[str, object]) -> object:
        """Return the result over the values as JSON has it, or raise EvaluationFailed."""
        budget = [MOST_STEPS]
        try:
            return json_of(self._function(values, budget), budget)
        except _FAILURES as error:
            raise _failed(self.text, self.names, values, error) from None

    def evaluate_native(self, values: Mapping[str, object]) -> object:
        """Return the result with exact numbers, dates, durations, ranges and functions."""
        try:
            return self._function(values, [MOST_STEPS])
        except _FAILURES as error:
            raise _failed(self.text, self.names, values, error) from None

    def _no_answer(self, result: object, values: Mapping[str, object]) -> str:
        reason = super()._no_answer(result, values)
        return reason + _kinds(self.names, values)


class UnaryTests:
    """The tests of a cell, ready to be held against an input."""

    __slots__ = ("_function", "names", "text")

    def __init__(self, text: str, function: Callable[..., bool], names: frozenset[str]) -> None:
        self.text, self._function, self.names = text, function, names

    def matches(self, value: object, values: Mapping[str, object]) -> bool:
        """Return whether the input fits; what cannot be compared does not."""
        try:
            return self._function(values, [MOST_STEPS], value)
        except _FAILURES as error:
            raise _failed(self.text, self.names, {**values, "?": value}, error) from None

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def compile_feel(text: str, *, names: Collection[str] = ()) -> FeelExpression:
    """Check and compile an expression of FEEL."""
    return _expression(text, frozenset(names))


def compile_unary_tests(text: str, *, names: Collection[str] = ()) -> UnaryTests:
    """Check and compile the tests of a cell: "-", lists, ranges, comparisons, not(…)."""
    return _tests(text, frozenset(names))


@lru_cache(maxsize=4096)
def _expression(text: str, names: frozenset[str]) -> FeelExpression:
    try:
        node = parse_expression(text, names)
        writer = Writer(text, names)
        function = writer.function(writer.expression(node))
    except (RecursionError, MemoryError):
        raise InvalidExpression(text, 1, "too many parts; split the decision") from None
    return FeelExpression(text, function, frozenset(writer.names))


@lru_cache(maxsize=4096)
def _tests(text: str, names: frozenset[str]) -> UnaryTests:
    try:
        tests = parse_unary_tests(text, names)
        writer = Writer(text, names, has_input=True)
        function = writer.function(write_tests(writer, tests))
    except (RecursionError, MemoryError):
        raise InvalidExpression(text, 1, "too many parts; split the decision") from None
    return UnaryTests(text, function, frozenset(writer.names))


def _failed(
    text: str, names: Collection[str], values: Mapping[str, object], error: Exception
) -> EvaluationFailed:
    return EvaluationFailed(text, f"{error}{_kinds(names, values)}")


def _kinds(names: Collection[str], values: Mapping[str, object]) -> str:
    """Return what kinds of values the names have, for somebody who looks for the mistake."""
    told = [
        f"{name} is {kind_of(values[name]) if name in values else 'missing'}"
        for name in sorted(names)[:_MOST_KINDS]
    ]
    return f" ({', '.join(told)})" if told else ""
