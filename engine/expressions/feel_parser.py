"""The grammar of FEEL (DMN 1.3, clause 10.3.1.2): operations, statements and unary tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.expressions import feel_nodes as nodes
from engine.expressions.feel_functions import BUILTINS
from engine.expressions.feel_lexer import TokenKind
from engine.expressions.feel_names import KnownNames
from engine.expressions.feel_operands import Operands

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")
_LEVELS = {"+": 0, "-": 0, "*": 1, "/": 1, "**": 2}
_TYPES = KnownNames(
    ("date and time", "days and time duration", "day time duration", "years and months duration",
     "year month duration")
)  # fmt: skip
TYPE_NAMES = frozenset(
    {"Any", "Null", "boolean", "context", "date", "date and time", "day time duration",
     "days and time duration", "function", "list", "number", "range", "string", "time",
     "year month duration", "years and months duration"}
)  # fmt: skip


def parse_expression(text: str, names: Iterable[str]) -> nodes.Node:
    """Read an expression."""
    parser = _Parser(text, names)
    node = parser.expression()
    parser.ensure_end()
    return node


def parse_unary_tests(text: str, names: Iterable[str]) -> nodes.UnaryTests:
    """Read the unary tests of a cell."""
    return _Parser(text, names).unary_tests()


def _logic(operator: str, operands: list[nodes.Node], position: int) -> nodes.Node:
    if len(operands) == 1:
        return operands[0]
    return nodes.Logic(position, operator, tuple(operands))


class _Parser(Operands):
    """Reads operations and statements."""

    functions = KnownNames(BUILTINS)

    def expression(self) -> nodes.Node:
        """Read a whole expression: the alternatives of ``or``, or a statement."""
        self.deeper()
        position = self.position
        groups = [[self._comparison()]]
        while True:
            if self.accept("and"):
                groups[-1].append(self._comparison())
            elif self.accept("or"):
                groups.append([self._comparison()])
            else:
                break
        self.shallower()
        return _logic("or", [_logic("and", group, position) for group in groups], position)

    def _comparison(self) -> nodes.Node:
        left = self._arithmetic()
        position = self.position
        for operator in _COMPARISONS:
            if self.accept(operator):
                return self._compared(operator, left, position)
        if self.accept("between"):
            low = self._arithmetic()
            self.expect("and", "the lower end of 'between'")
            limits = nodes.RangeOf(position, low, self._arithmetic())
            return nodes.In(position, left, (nodes.Test(position, "", limits),))
        if self.accept("in"):
            return nodes.In(position, left, self._tests_of_in())
        return left

    def _compared(self, operator: str, left: nodes.Node, position: int) -> nodes.Node:
        if operator == "=" and self.accept("="):
            self.refuse("compare with one =, not with ==", position=position)
        if operator == "<" and self.accept(">"):
            self.refuse("write != instead of <>", position=position)
        right = self._arithmetic()
        if any(self.follows(other) for other in _COMPARISONS):
            self.refuse("one comparison at a time: a < b and b < c")
        return nodes.Operation(position, operator, left, right)

    def _arithmetic(self, lowest: int = 0) -> nodes.Node:
        left = self._negative()
        while (level := _LEVELS.get(self.token.text, -1)) >= lowest:
            position, operator = self.position, self.take().text
            left = nodes.Operation(position, operator, left, self._arithmetic(level + 1))
        return left

    def _negative(self) -> nodes.Node:
        position = self.position
        signs = 0
        while self.accept("-"):
            signs += 1
        node = self._typed()
        return nodes.Negative(position, node) if signs % 2 else node

    def _typed(self) -> nodes.Node:
        node = self.operand()
        position = self.position
        if not self.accept("instance", "of"):
            return node
        type_name = self._type_name()
        item_type = ""
        if type_name in ("list", "range") and self.accept("<"):
            item_type = self._type_name()
            self.expect(">", "the type of the items")
        return nodes.InstanceOf(position, node, type_name, item_type)

    def _type_name(self) -> str:
        found = _TYPES.find(self.tokens, self.at)
        name, size = found or (self.token.text, 1)
        if name not in TYPE_NAMES:
            self.refuse(f"no type {name!r}; there are {', '.join(sorted(TYPE_NAMES))}")
        self.at += size
        return name

    def statement(self) -> nodes.Node | None:
        """Read ``if``, ``for``, ``some``, ``every`` or ``function``, if one comes next."""
        position, keyword = self.position, self.token.text
        if self.accept("if"):
            condition = self.inner()
            self.expect("then", "the condition of 'if'")
            then = self.inner()
            self.expect("else", "the value of 'then'")
            return nodes.If(position, condition, then, self.expression())
        if keyword in ("for", "some", "every"):
            self.take()
            return self._loop(keyword, position)
        if self.accept("function"):
            return self._definition(position)
        return None

    def _loop(self, keyword: str, position: int) -> nodes.Node:
        sources = [self._source()]
        while self.accept(","):
            sources.append(self._source())
        word = "return" if keyword == "for" else "satisfies"
        self.expect(word, f"what {keyword!r} goes through")
        return nodes.Loop(position, keyword, tuple(sources), self.expression())

    def _source(self) -> tuple[str, nodes.Node]:
        name = self.until("in")
        self.expect("in", f"the name {name!r}")
        position = self.position
        source = self.inner()
        if self.accept(".."):
            source = nodes.RangeOf(position, source, self.inner())
        return name, source

    def _definition(self, position: int) -> nodes.Node:
        self.expect("(", "'function'")
        parameters: list[str] = []
        while not self.accept(")"):
            if parameters:
                self.expect(",", "a parameter")
            parameters.append(self.until(",", ")", ":"))
            if self.accept(":"):
                self._type_name()
        if self.follows("external"):
            self.refuse("external functions are not supported")
        return nodes.Definition(position, tuple(parameters), self.expression())

    def _tests_of_in(self) -> tuple[nodes.Test, ...]:
        start = self.at
        if self.accept("("):
            tests = self._tests()
            if self.accept(")"):
                return tests
            self.at = start  # a range such as (1..5]
        return (self._test(is_alone=True),)

    def unary_tests(self) -> nodes.UnaryTests:
        """Read the tests of a cell, to the end of the text."""
        if self.accept("-") and self.token.kind is TokenKind.END:
            return nodes.UnaryTests(1, ())
        self.at = 0
        if self.accept("not", "("):
            tests = self._tests()
            if self.accept(")") and self.token.kind is TokenKind.END:
                return nodes.UnaryTests(1, tests, is_negated=True)
            self.at = 0  # not(…) is only the beginning of an expression
        tests = self._tests()
        self.ensure_end()
        return nodes.UnaryTests(1, tests)

    def _tests(self) -> tuple[nodes.Test, ...]:
        tests = [self._test()]
        while self.accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self, *, is_alone: bool = False) -> nodes.Test:
        position = self.position
        for operator in _COMPARISONS:
            if self.accept(operator):
                return nodes.Test(position, operator, self._arithmetic())
        operand = self._arithmetic() if is_alone else self.inner()
        return nodes.Test(position, "", operand)
