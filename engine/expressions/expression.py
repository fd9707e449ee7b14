"""Expression: a compiled text with the names it reads."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engine.expressions.compiler import compile_function
from engine.expressions.errors import EvaluationFailed
from engine.expressions.functions import kind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Expression:
    """A checked expression, ready to be evaluated over any values."""

    __slots__ = ("_function", "names", "text")

    def __init__(self, text: str) -> None:
        self._function, self.names = compile_function(text)
        self.text = text

    def evaluate(self, values: Mapping[str, object]) -> object:
        """Return the result over the values, or raise EvaluationFailed."""
        try:
            return self._function(values)
        except KeyError as missing:  # only look-ups of names raise it
            reason = f"there is no value {missing.args[0]!r}"
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            reason = str(error)
        raise EvaluationFailed(self.text, reason)

    def is_true(self, values: Mapping[str, object]) -> bool:
        """Return the result of a condition; anything but true or false is a failure."""
        result = self.evaluate(values)
        if result is True or result is False:
            return result
        raise EvaluationFailed(self.text, f"a condition gives true or false, not {kind(result)}")

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Check and compile an expression; the wrapping of ``${…}`` is taken off."""
    return Expression(unwrapped(text))


def unwrapped(text: str) -> str:
    """Return the expression without blanks around it and without ``${…}``."""
    text = text.strip()
    return text[2:-1].strip() if text.startswith("${") and text.endswith("}") else text
