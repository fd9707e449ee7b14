"""The one evaluator of conditions, timers, keys, priorities and cells of decision tables.

compile_expression(text)   -> Expression, or InvalidExpression: checked and compiled once
compile_feel(text)         -> the same for FEEL, the language of DMN
compile_unary_tests(text)  -> UnaryTests: the cell of a decision table
Expression.evaluate(values)  -> the result as JSON has it, or EvaluationFailed

Our own language is a checked subset of Python's expressions: comparisons, ``and or not``,
``x if y else z``, arithmetic without powers, text, numbers, ``true false null``, lists, ``in``,
one comprehension and the functions of ``engine.expressions.functions``. ``a.b`` means the key b
of the object a, never an attribute of a Python object. No other name leads anywhere: there are
no builtins and no modules. FEEL is parsed by us and mapped to functions of the same kind.
"""

from engine.expressions.errors import EvaluationFailed, InvalidExpression
from engine.expressions.evaluation import Expression
from engine.expressions.expression import compile_expression, unwrapped
from engine.expressions.feel import FeelExpression, UnaryTests, compile_feel, compile_unary_tests
from engine.expressions.feel_values import MOMENT_KEY, FeelFunction

__all__ = [
    "MOMENT_KEY",
    "EvaluationFailed",
    "Expression",
    "FeelExpression",
    "FeelFunction",
    "InvalidExpression",
    "UnaryTests",
    "compile_expression",
    "compile_feel",
    "compile_unary_tests",
    "unwrapped",
]
