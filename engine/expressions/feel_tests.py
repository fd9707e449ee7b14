"""Unary tests written as one condition: true if the input fits one of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.expressions import feel_nodes as nodes
from engine.expressions import feel_operators

if TYPE_CHECKING:
    from engine.expressions.feel_writer import Writer

_VALUES = (nodes.Literal, nodes.RangeOf, nodes.ListOf, nodes.Negative, nodes.Name, nodes.Path)


def write_tests(writer: Writer, cell: nodes.UnaryTests) -> ast.expr:
    """Write the condition that a cell means."""
    if not cell.tests:
        return ast.Constant(True)
    written = [_write_test(writer, test) for test in cell.tests]
    if cell.is_negated:
        return ast.Compare(
            writer.helper(feel_operators.either, *written), [ast.Is()], [ast.Constant(False)]
        )
    answers: list[ast.expr] = [
        ast.Compare(one, [ast.Is()], [ast.Constant(True)]) for one in written
    ]
    return answers[0] if len(answers) == 1 else ast.BoolOp(ast.Or(), answers)


def _write_test(writer: Writer, test: nodes.Test) -> ast.expr:
    """Write one test: what it gives is a value the input equals, or the answer itself."""
    operand = test.operand
    if not test.operator and nodes.mentions(operand, "?"):
        return writer.expression(operand)
    if test.operator or isinstance(operand, _VALUES):
        return writer.fitting(writer.input(), test)
    return writer.answering(writer.input(), operand)
