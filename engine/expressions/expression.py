"""From the text of a model to an Expression: the language is told by how the text begins."""

from __future__ import annotations

from functools import lru_cache

from engine.expressions.compiler import compile_function
from engine.expressions.evaluation import Expression
from engine.expressions.feel import compile_feel
from engine.expressions.juel import translated


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Check and compile an expression: ``=…`` is FEEL, all others are ours."""
    bare = unwrapped(text)
    if bare.startswith("="):
        return compile_feel(bare[1:].strip())
    return Expression(bare, *compile_function(bare, coerces=_is_wrapped(text.strip())))


def unwrapped(text: str) -> str:
    """Return the expression without blanks around it and without ``${…}`` or ``#{…}``."""
    text = text.strip()
    return translated(text[2:-1].strip()) if _is_wrapped(text) else text


def _is_wrapped(text: str) -> bool:
    return text.startswith(("${", "#{")) and text.endswith("}")
