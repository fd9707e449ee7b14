"""From the parts of a FEEL expression to a Python function over values.

Only calls of the helpers named here, look-ups in the values and conditional expressions are
written. No text of the user becomes a name or an attribute: names are keys, locals are numbered.
"""

from __future__ import annotations

import ast
from functools import singledispatchmethod
from typing import TYPE_CHECKING, NoReturn

from engine.expressions import feel_loops, feel_operators
from engine.expressions import feel_nodes as nodes
from engine.expressions.errors import InvalidExpression
from engine.expressions.feel_calls import resolved
from engine.expressions.feel_code import BUDGET, INPUT, VALUES, Code, lambda_of, load
from engine.expressions.feel_functions import BUILTINS
from engine.expressions.feel_library import call, invoke
from engine.expressions.feel_values import FeelFunction, number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

MOST_NODES = 2_000
DEEPEST = 100
_OPERATORS: dict[str, Callable[..., object]] = {
    "+": feel_operators.add,
    "-": feel_operators.subtract,
    "*": feel_operators.multiply,
    "/": feel_operators.divide,
    "**": feel_operators.power,
    "<": feel_operators.less,
    "<=": feel_operators.at_most,
    ">": feel_operators.more,
    ">=": feel_operators.at_least,
    "=": feel_operators.equal,
    "!=": feel_operators.unequal,
}
_TAKE_BUDGET = frozenset({"=", "!=", "+", "**"})
_LOOPS: dict[str, Callable[..., object]] = {"some": feel_loops.some, "every": feel_loops.every}
_OF_THE_MOMENT: dict[str, Callable[..., object]] = {
    "now": feel_loops.moment,
    "today": feel_loops.day,
}


_OFFERED = frozenset({*BUILTINS, *_OF_THE_MOMENT})


class Writer(Code):
    """Writes one expression; the scopes say what a name means where it stands."""

    def __init__(self, text: str, known: Collection[str], *, has_input: bool = False) -> None:
        super().__init__(VALUES, BUDGET, *([INPUT] if has_input else []))
        self.names: set[str] = set()
        self._text, self._known, self._has_input = text, frozenset(known), has_input
        self._scopes: list[dict[str, str] | str] = []  # a text is the item of a filter
        self._depth = self._nodes = 0

    def expression(self, node: nodes.Node) -> ast.expr:
        """Write a part."""
        self._depth, self._nodes = self._depth + 1, self._nodes + 1
        if self._depth > DEEPEST or self._nodes > MOST_NODES:
            self._refuse(node, "too many parts; split the decision")
        written: ast.expr = self._write(node)
        self._depth -= 1
        return written

    def input(self) -> ast.expr:
        """Write the input of a cell."""
        return load(INPUT)

    def compared(self, operator: str, left: ast.expr, right: ast.expr) -> ast.expr:
        """Write an operation with two operands."""
        budget = [load(BUDGET)] if operator in _TAKE_BUDGET else []
        return self.helper(_OPERATORS[operator], left, right, *budget)

    def fitting(self, value: ast.expr, test: nodes.Test) -> ast.expr:
        """Write one test of a value."""
        operand = test.operand
        if test.operator:
            return self.compared(test.operator, value, self.expression(operand))
        if isinstance(operand, nodes.RangeOf):
            return self._within(value, operand)
        if isinstance(operand, nodes.Literal):
            return self.compared("=", value, self.expression(operand))
        wanted = self.expression(operand)
        return self.helper(feel_operators.fits, value, wanted, load(BUDGET))

    def answering(self, value: ast.expr, operand: nodes.Node) -> ast.expr:
        """Write a test that may give the answer itself: ``starts with(?, "A")``, ``a > b``."""
        wanted = self.expression(operand)
        return self.helper(feel_operators.answers, value, wanted, load(BUDGET))

    def _within(self, value: ast.expr, limits: nodes.RangeOf) -> ast.expr:
        low, high = self.expression(limits.low), self.expression(limits.high)
        if limits.includes_low and limits.includes_high:
            return self.helper(feel_operators.between, value, low, high)
        ends = [ast.Constant(limits.includes_low), ast.Constant(limits.includes_high)]
        return self.helper(feel_operators.between_ends, value, low, high, *ends)

    def _refuse(self, node: nodes.Node, reason: str) -> NoReturn:
        raise InvalidExpression(self._text, node.position, reason)

    def _inner(self, names: tuple[str, ...], body: nodes.Node) -> ast.Lambda:
        """Write a function of local names."""
        scope = {name: self.local() for name in names}
        parameters = [scope[name] for name in names]
        self._scopes.append(scope)
        written = self.expression(body)
        self._scopes.pop()
        return lambda_of(parameters, written)

    @singledispatchmethod
    def _write(self, node: nodes.Node) -> ast.expr:
        self._refuse(node, "not expected here")

    @_write.register
    def _(self, node: nodes.Literal) -> ast.expr:
        return self.constant(node.value)

    @_write.register
    def _(self, node: nodes.Name) -> ast.expr:
        if node.name == "?":
            if not self._has_input:
                self._refuse(node, "'?' stands for the input of a cell, and this is none")
            return self.input()
        items: list[str] = []
        for scope in reversed(self._scopes):
            if isinstance(scope, str):
                items.append(scope)
                if node.name == "item":  # unless the item has an entry of this name
                    found: ast.expr = load(scope)
                    break
            elif node.name in scope:
                found = load(scope[node.name])
                break
        else:
            found = self._value(node.name, is_sure=not items)
        for item in reversed(items):
            key = ast.Constant(node.name)
            inner = ast.Subscript(load(item), key, ast.Load())
            found = ast.IfExp(self.helper(feel_loops.has, load(item), key), inner, found)
        return found

    def _value(self, name: str, *, is_sure: bool) -> ast.expr:
        if is_sure or name in self._known:
            self.names.add(name)
        get = ast.Attribute(load(VALUES), "get", ast.Load())
        return ast.Call(get, [ast.Constant(name)], [])

    @_write.register
    def _(self, node: nodes.ListOf) -> ast.expr:
        return ast.List([self.expression(item) for item in node.items], ast.Load())

    @_write.register
    def _(self, node: nodes.ContextOf) -> ast.expr:
        scope: dict[str, str] = {}
        self._scopes.append(scope)
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for key, entry in node.entries:
            written = self.expression(entry)
            local = scope[key] = self.local()
            keys.append(ast.Constant(key))
            values.append(ast.NamedExpr(ast.Name(local, ast.Store()), written))
        self._scopes.pop()
        return ast.Dict(keys, values)

    @_write.register
    def _(self, node: nodes.RangeOf) -> ast.expr:
        ends = [self.expression(node.low), self.expression(node.high)]
        included = [ast.Constant(node.includes_low), ast.Constant(node.includes_high)]
        return self.helper(feel_operators.span, *ends, *included)

    @_write.register
    def _(self, node: nodes.Negative) -> ast.expr:
        if isinstance(node.operand, nodes.Literal) and type(node.operand.value) is int:
            return ast.Constant(-node.operand.value)
        return self.helper(feel_operators.negative, self.expression(node.operand))

    @_write.register
    def _(self, node: nodes.Operation) -> ast.expr:
        left, right = self.expression(node.left), self.expression(node.right)
        return self.compared(node.operator, left, right)

    @_write.register
    def _(self, node: nodes.Logic) -> ast.expr:
        function = feel_operators.both if node.operator == "and" else feel_operators.either
        return self.helper(function, *map(self.expression, node.operands))

    @_write.register
    def _(self, node: nodes.In) -> ast.expr:
        value = self.expression(node.value)
        if len(node.tests) == 1:
            return self.fitting(value, node.tests[0])
        local = self.local()
        first = ast.NamedExpr(ast.Name(local, ast.Store()), value)
        tests = [
            self.fitting(load(local) if index else first, test)
            for index, test in enumerate(node.tests)
        ]
        return self.helper(feel_operators.either, *tests)

    @_write.register
    def _(self, node: nodes.InstanceOf) -> ast.expr:
        types = [ast.Constant(node.type_name), ast.Constant(node.item_type)]
        value = self.expression(node.value)
        return self.helper(feel_loops.instance_of, value, *types, takes_budget=True)

    @_write.register
    def _(self, node: nodes.If) -> ast.expr:
        if isinstance(written := self.expression(node.condition), ast.Constant):
            written = ast.Constant(written.value is True)  # Python warns of "text" is True
        condition = ast.Compare(written, [ast.Is()], [ast.Constant(True)])
        return ast.IfExp(condition, self.expression(node.then), self.expression(node.otherwise))

    @_write.register
    def _(self, node: nodes.Loop) -> ast.expr:
        is_hidden = any(name == "partial" for name, _ in node.sources)
        has_partial = node.keyword == "for" and nodes.mentions(node.body, "partial")
        has_partial = has_partial and not is_hidden
        return self._loop(node, 0, self.local() if has_partial else "")

    def _loop(self, node: nodes.Loop, level: int, found: str) -> ast.expr:
        """Write one level of a loop; ``found`` is the list that ``partial`` shows."""
        name, source = node.sources[level]
        is_last = level == len(node.sources) - 1
        written = self._source(source)
        before = self._nodes
        scope = {name: self.local(), **({"partial": self.local()} if found else {})}
        self._scopes.append(scope)
        body = self.expression(node.body) if is_last else self._loop(node, level + 1, found)
        self._scopes.pop()
        code, parts = lambda_of(list(scope.values()), body), self._parts_since(before)
        if found:
            empty = ast.NamedExpr(ast.Name(found, ast.Store()), ast.List([], ast.Load()))
            results, last = load(found) if level else empty, ast.Constant(is_last)
            arguments = (results, written, code, parts, last)
            return self.helper(feel_loops.fill, *arguments, takes_budget=True)
        loop = _LOOPS.get(node.keyword, feel_loops.collect if is_last else feel_loops.gather)
        return self.helper(loop, written, code, parts, takes_budget=True)

    def _source(self, source: nodes.Node) -> ast.expr:
        if not isinstance(source, nodes.RangeOf) or not (
            source.includes_low and source.includes_high
        ):
            return self.expression(source)
        ends = [self.expression(source.low), self.expression(source.high)]
        return self.helper(feel_loops.steps, *ends)

    @_write.register
    def _(self, node: nodes.Path) -> ast.expr:
        value, key = self.expression(node.value), ast.Constant(node.name)
        return self.helper(feel_loops.field, value, key, takes_budget=True)

    @_write.register
    def _(self, node: nodes.Filter) -> ast.expr:
        value = self.expression(node.value)
        if isinstance(node.condition, nodes.Literal) and number(node.condition.value) is not None:
            return self.helper(feel_loops.nth, value, self.expression(node.condition))
        local, before = self.local(), self._nodes
        self._scopes.append(local)
        code = lambda_of([local], self.expression(node.condition))
        self._scopes.pop()
        parts = self._parts_since(before)
        return self.helper(feel_loops.select, value, code, parts, takes_budget=True)

    @_write.register
    def _(self, node: nodes.Definition) -> ast.expr:
        names = ast.Tuple([ast.Constant(name) for name in node.parameters], ast.Load())
        before = self._nodes
        code = self._inner(node.parameters, node.body)
        return self.helper(FeelFunction, names, code, self._parts_since(before))

    def _parts_since(self, before: int) -> ast.expr:
        """Write what a body is worth in steps: the parts written since then."""
        return ast.Constant(self._nodes - before + 1)

    @_write.register
    def _(self, node: nodes.Call) -> ast.expr:
        function = node.function
        if isinstance(function, nodes.Name) and not self._is_value(function.name):
            return self._builtin(node, function.name)
        shown = ast.Constant(function.name if isinstance(function, nodes.Name) else "this")
        names = ast.Tuple([ast.Constant(name) for name in node.names], ast.Load())
        called, arguments = self.expression(function), map(self.expression, node.arguments)
        return self.helper(invoke, called, shown, names, *arguments, takes_budget=True)

    def _is_value(self, name: str) -> bool:
        is_local = any(isinstance(scope, dict) and name in scope for scope in self._scopes)
        return is_local or (name in self._known and name not in _OFFERED)

    def _builtin(self, node: nodes.Call, name: str) -> ast.expr:
        if name in _OF_THE_MOMENT and not node.arguments:
            return self.helper(_OF_THE_MOMENT[name], load(VALUES))
        builtin, ordered = resolved(node, name, self._text)
        arguments = [self.expression(argument) for argument in ordered]
        return self.helper(call, self.constant(builtin), *arguments, takes_budget=True)
