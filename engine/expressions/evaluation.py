"""Expression: a compiled text with the names it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.expressions.errors import EvaluationFailed
from engine.expressions.functions import kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Expression:
    """A checked expression, ready to be evaluated over any values."""

    __slots__ = ("_function", "names", "text")

    def __init__(self, text: str, function: Callable[..., object], names: frozenset[str]) -> None:
        self.text, self._function, self.names = text, function, names

    def evaluate(self, values: Mapping[str, object]) -> object:
        """Return the result over the values, a value of JSON, or raise EvaluationFailed."""
        try:
            return self._function(values)
        except KeyError as missing:  # only look-ups of names raise it
            reason = f"there is no value {missing.args[0]!r}"
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            reason = str(error)
        raise EvaluationFailed(self.text, reason)

    def evaluate_native(self, values: Mapping[str, object]) -> object:
        """Return the result as the language has it; for this one that is what JSON has."""
        return self.evaluate(values)

    def is_true(self, values: Mapping[str, object]) -> bool:
        """Return the result of a condition; anything but true or false is a failure."""
        result = self.evaluate(values)
        if result is True or result is False:
            return result
        raise EvaluationFailed(self.text, self._no_answer(result, values))

    def _no_answer(self, result: object, values: Mapping[str, object]) -> str:
        del values
        return f"a condition gives true or false, not {kind(result)}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"
