"""Texts of a model that are, or may be, expressions over case data; compiled once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.values import ensure_json
from engine.domain.case_facts import CASE_NAMES, seen
from engine.errors import ExecutionFailed
from engine.expressions import (
    MOMENT_KEY,
    EvaluationFailed,
    FeelExpression,
    compile_expression,
)

if TYPE_CHECKING:
    from engine.bpmn.merge import Values
    from engine.bpmn.token import Token
    from engine.domain.process_graph import DataMapping


class Term:
    """An expression of an element; a failure names the element and what is evaluated."""

    def __init__(self, element_id: str, what: str, text: str) -> None:
        self._element_id, self._what = element_id, what
        self._expression = compile_expression(text)
        self._may_ask_for_now = isinstance(self._expression, FeelExpression)
        self._asks_about_case = bool(self._expression.names & CASE_NAMES)

    def value(self, values: Values, token: Token) -> object:
        """Return the result over values that a token sees, or raise ExecutionFailed."""
        try:
            return self._expression.evaluate(self._told(values, token))
        except EvaluationFailed as error:
            raise ExecutionFailed(self._element_id, f"{self._what}: {error}") from error

    def is_true(self, values: Values, token: Token) -> bool:
        """Return the result of a condition, or raise ExecutionFailed."""
        try:
            return self._expression.is_true(self._told(values, token))
        except EvaluationFailed as error:
            raise ExecutionFailed(self._element_id, f"{self._what}: {error}") from error

    def holds(self, values: Values, token: Token) -> bool:
        """Return whether a condition is true; it is not as long as it lacks a value."""
        facts = token.workflow.facts
        is_known = all(name in values or name in facts for name in self._expression.names)
        return is_known and self.is_true(values, token)

    def _told(self, values: Values, token: Token) -> Values:
        """Return the values, and what else an expression asks for: the time, facts of the case."""
        if self._asks_about_case:
            values = seen(self._expression.names, values, token.workflow.facts)
        if not self._may_ask_for_now:
            return values
        return {**values, MOMENT_KEY: token.workflow.moment}


class Label:
    """A text that stands for itself, unless it is marked as an expression."""

    def __init__(self, element_id: str, what: str, text: str) -> None:
        self._text = text
        self._term = Term(element_id, what, text) if is_marked(text) else None

    def text(self, token: Token) -> str:
        """Return the text itself, or what its expression gives."""
        return self._text if self._term is None else as_text(self._term.value(token.data, token))


def is_marked(text: str) -> bool:
    """Return whether a text is marked as an expression."""
    return text.lstrip().startswith(("=", "${", "#{"))


def as_text(value: object) -> str:
    """Return a name or key as text: 7, 7.0 and "7" are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else str(value)


class Mappings:
    """Values handed over under other names, one after another; "order.status" is in an object."""

    def __init__(self, element_id: str, mappings: tuple[DataMapping, ...]) -> None:
        self._element_id = element_id
        self._terms = tuple(
            (one.target.split("."), Term(element_id, f"value {one.target!r}", one.source))
            for one in mappings
        )
        self.names = frozenset(name for (name, *_), _ in self._terms)

    def results(
        self, values: Values, token: Token, *, onto: Values | None = None
    ) -> dict[str, object]:
        """Return the values by their new names; a later mapping sees what an earlier one gave.

        Parts are put into a copy of the object that is in ``onto``, or into a new one.
        """
        found: dict[str, object] = {}
        for (name, *inner), term in self._terms:
            seen = {**values, **found} if found else values
            whole = found.get(name, (onto or {}).get(name))
            found[name] = _with_part(whole, inner, term.value(seen, token))
        return ensure_json(found, element_id=self._element_id)

    def __bool__(self) -> bool:
        return bool(self._terms)


def _with_part(whole: object, path: list[str], value: object) -> object:
    """Return a copy of an object in which a value stands at a path; without a path, the value."""
    if not path:
        return value
    first, *inner = path
    parts = whole if isinstance(whole, dict) else {}
    return {**parts, first: _with_part(parts.get(first), inner, value)}
