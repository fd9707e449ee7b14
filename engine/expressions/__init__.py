"""The one evaluator of conditions and priorities: a checked subset of Python's expressions.

compile_expression(text)     -> Expression, or InvalidExpression: checked and compiled once
Expression.evaluate(values)  -> the result, or EvaluationFailed

Allowed are comparisons, ``and or not``, ``x if y else z``, arithmetic without powers, text,
numbers, ``true false null``, lists, ``in``, one comprehension and the functions of
``engine.expressions.functions``. ``a.b`` means the key b of the object a, never an attribute
of a Python object. No other name leads anywhere: there are no builtins and no modules.
"""

from engine.expressions.errors import EvaluationFailed, InvalidExpression
from engine.expressions.expression import Expression, compile_expression, unwrapped

__all__ = [
    "EvaluationFailed",
    "Expression",
    "InvalidExpression",
    "compile_expression",
    "unwrapped",
]
