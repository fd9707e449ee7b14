"""Conditions of form fields: the part of FEEL that both the browser and the server understand.

``conditional.hide`` of form-js is a FEEL expression. Taken over are names, texts, numbers,
``true false null``, ``= != < <= > >=``, ``and``, ``or``, ``not(…)`` and parentheses, with the
three-valued logic of FEEL (DMN 1.3, clause 10.3.2.12): what is not known hides nothing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from engine.domain.three_valued import decided

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Operand: TypeAlias = Callable[[Mapping[str, object]], object]

LONGEST_TEXT, MOST_TOKENS = 1000, 100

_TOKEN = re.compile(r'\s*(?:(\d+(?:\.\d+)?)|("(?:[^"\\]|\\.)*")|([^\W\d]\w*)|(!=|<=|>=|[=<>()-]))')
_LITERALS: Mapping[str, object] = {"true": True, "false": False, "null": None}
# By sign, what the order of two values may be: -1, 0 or 1.
_ORDER = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}


class Condition:
    """A condition over the values of a form; ValueError in words if it is not understood."""

    __slots__ = ("_evaluate", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        parser = _Parser(_tokens(text))
        self._evaluate = parser.disjunction()
        parser.expect_end()

    def holds(self, values: Mapping[str, object]) -> bool:
        """Return whether the condition is true of the values."""
        return self._evaluate(values) is True


class _Parser:
    """Recursive descent; a method a level of precedence."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at = tokens, 0

    def disjunction(self) -> Operand:
        operands = [self._conjunction()]
        while self._takes("or"):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else _decided(operands, by=True)

    def expect_end(self) -> None:
        if self._next:
            raise ValueError(f"{self._next!r} is not understood here")

    @property
    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _takes(self, token: str) -> bool:
        if self._next != token:
            return False
        self._at += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._takes(token):
            raise ValueError(f"{token!r} is missing before {self._next or 'the end'!r}")

    def _conjunction(self) -> Operand:
        operands = [self._comparison()]
        while self._takes("and"):
            operands.append(self._comparison())
        return operands[0] if len(operands) == 1 else _decided(operands, by=False)

    def _comparison(self) -> Operand:
        left = self._operand()
        for sign in ("=", "!=", *_ORDER):
            if self._takes(sign):
                return _comparison(sign, left, self._operand())
        return left

    def _operand(self) -> Operand:
        if self._takes("not"):
            self._expect("(")
            inner = self.disjunction()
            self._expect(")")
            return _negation(inner)
        if self._takes("("):
            inner = self.disjunction()
            self._expect(")")
            return inner
        return self._value()

    def _value(self) -> Operand:
        sign = -1 if self._takes("-") else 1
        token = self._next
        if not token or not (token[0].isalnum() or token[0] in '_"') or token in ("and", "or"):
            raise ValueError(f"a name or a value is missing before {token or 'the end'!r}")
        self._at += 1
        if token[0].isdigit():
            return _constant(sign * float(token))
        if sign == -1:
            raise ValueError(f"a number is missing after '-', there is {token!r}")
        if token[0] == '"':
            return _constant(json.loads(token))
        return _constant(_LITERALS[token]) if token in _LITERALS else _name(token)


def _tokens(text: str) -> list[str]:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"it is longer than {LONGEST_TEXT} characters")
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"{text[position:].strip()[:20]!r} is not understood")
        tokens.append(match[0].strip())
        position = match.end()
    if len(tokens) > MOST_TOKENS:
        raise ValueError(f"it has more than {MOST_TOKENS} words and signs")
    return tokens


def _constant(value: object) -> Operand:
    return lambda values: value


def _name(name: str) -> Operand:
    return lambda values: values.get(name)


def _negation(operand: Operand) -> Operand:
    def negation(values: Mapping[str, object]) -> object:
        value = operand(values)
        return not value if isinstance(value, bool) else None

    return negation


def _decided(operands: list[Operand], *, by: bool) -> Operand:
    return lambda values: decided([operand(values) for operand in operands], by=by)


def _comparison(sign: str, left: Operand, right: Operand) -> Operand:
    def comparison(values: Mapping[str, object]) -> object:
        one, other = left(values), right(values)
        if sign in ("=", "!="):
            is_equal = _equality(one, other)
            return is_equal if sign == "=" or is_equal is None else not is_equal
        order = _order(one, other)
        return None if order is None else order in _ORDER[sign]

    return comparison


def _equality(one: object, other: object) -> bool | None:
    """Return whether two values are equal; values of two kinds cannot be compared."""
    if one is None or other is None:
        return one is other
    return one == other if _kind(one) == _kind(other) else None


def _order(one: object, other: object) -> int | None:
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    if _is_number(one) and _is_number(other):
        return (one > other) - (one < other)
    return None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: object) -> type:
    return float if _is_number(value) else type(value)
