"""From the XML of one piece of logic to what evaluates it; what cannot be kept is a finding."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.bpmn.dmn_boxed import (
    BoxedContext,
    BoxedFunction,
    BoxedList,
    Conditional,
    Invocation,
    Iteration,
    Literal,
    Nothing,
    Parameter,
    Typed,
)
from engine.bpmn.dmn_compile_table import TableCompiler
from engine.bpmn.dmn_vocabulary import (
    EXPRESSIONS,
    child,
    children,
    finding,
    is_feel,
    name_of,
    text_of,
)
from engine.errors import Severity
from engine.expressions import InvalidExpression, compile_feel, compile_unary_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.bpmn.dmn_run import Logic
    from engine.bpmn.dmn_types import Types
    from engine.errors import Finding
    from engine.expressions import UnaryTests

MOST_NAMES = 2_000
Names = frozenset[str]
NOTHING = Nothing()


class Compiler:
    """Compiles the logic of one file; findings are collected, not raised."""

    def __init__(self, types: Types, field_names: Names) -> None:
        self.types = types
        self.findings: list[Finding] = []
        self._field_names = field_names  # of structures: they may follow any dot
        self._tables = TableCompiler(self)
        self._makers: Mapping[str, Callable[[Any, Names], Logic]] = {
            "literalExpression": self.literal,
            "decisionTable": self._tables.table,
            "context": self._context,
            "invocation": self._invocation,
            "functionDefinition": self.function,
            "list": self._list,
            "relation": self._relation,
            "conditional": self._conditional,
            "for": self._iteration,
            "some": self._iteration,
            "every": self._iteration,
            "filter": self._iteration,
        }

    def note(self, rule: str, message: str, element: Any) -> None:
        """Add an error at an element."""
        self.findings.append(finding(rule, message, element))

    def logic_in(self, holder: Any, names: Names) -> Logic | None:
        """Return the logic among the children of an element, or None."""
        element = child(holder, *EXPRESSIONS)
        return None if element is None else self.logic(element, names)

    def logic(self, element: Any, names: Names) -> Logic:
        """Compile one expression with the names it may use."""
        made = self._makers[name_of(element)](element, names)
        is_table = name_of(element) == "decisionTable"  # its outputs have types of their own
        return made if is_table else self.typed(made, element, element.get("typeRef"))

    def typed(self, logic: Logic, element: Any, type_name: str | None) -> Logic:
        """Return the logic with its type checked, if it has one."""
        found = self.type_name(element, type_name)
        return logic if found is None else Typed(logic, found, self.types)

    def type_name(self, element: Any, given: str | None) -> str | None:
        """Return the type a name means; an unknown one is a warning and means any."""
        found = self.types.canonical(given)
        if given and found is None:
            message = f"the type {given!r} is not defined in this file; its values are not checked"
            self.findings.append(finding("unknown-type", message, element, Severity.WARNING))
        return found

    def feel(self, text: str, element: Any, names: Names) -> Logic:
        """Compile a text of FEEL."""
        try:
            return Literal(compile_feel(text, names=self._used(text, names)))
        except InvalidExpression as refusal:
            self.note("expression", str(refusal), element)
            return NOTHING

    def _used(self, text: str, names: Names) -> Names:
        """Return the names that may occur in a text: to know all of a large file takes long."""
        known = names | self._field_names
        if len(known) > MOST_NAMES:
            raise InvalidExpression(text, 1, f"may use more than {MOST_NAMES:,} names; split it")
        close = _without_blanks(text)
        return frozenset(name for name in known if _without_blanks(name) in close)

    def tests(self, text: str, element: Any, names: Names) -> UnaryTests | None:
        """Compile a cell of tests; None means any value."""
        if text in {"", "-"}:
            return None
        try:
            return compile_unary_tests(text, names=self._used(text, names))
        except InvalidExpression as refusal:
            self.note("expression", str(refusal), element)
            return None

    def literal(self, element: Any, names: Names) -> Logic:
        """Compile a literal expression."""
        language = element.get("expressionLanguage")
        if language and not is_feel(language):
            message = f"the expression language {language!r} is not offered; write FEEL"
            self.note("expression-language", message, element)
            return NOTHING
        text = text_of(element)
        if not text:
            self.note("no-expression", "the expression is empty", element)
            return NOTHING
        return self.feel(text, element, names)

    def _required(self, holder: Any, names: Names, what: str) -> Logic:
        logic = None if holder is None else self.logic_in(holder, names)
        if logic is None and holder is not None:
            self.note("no-expression", f"there is no {what}", holder)
        return logic or NOTHING

    def _variable(self, holder: Any, names: Names) -> tuple[str, Logic]:
        variable = child(holder, "variable")
        logic = self._required(holder, names, "expression of the entry")
        return variable.get("name", ""), self.typed(logic, variable, variable.get("typeRef"))

    def _context(self, element: Any, names: Names) -> Logic:
        entries: list[tuple[str, Logic]] = []
        result: Logic | None = None
        for entry in children(element, "contextEntry"):
            if child(entry, "variable") is None:
                result = self._required(entry, names, "expression of the result")
                continue
            name, logic = self._variable(entry, names)
            names |= {name}
            entries.append((name, logic))
        return BoxedContext(tuple(entries), result)

    def _invocation(self, element: Any, names: Names) -> Logic:
        function = child(element, *EXPRESSIONS)
        if function is None:
            self.note("no-expression", "the invocation names no function", element)
            return NOTHING
        bindings = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            name = "" if parameter is None else parameter.get("name", "")
            bindings.append((name, self.logic_in(binding, names) or NOTHING))
        return Invocation(self.logic(function, names), text_of(function), tuple(bindings))

    def function(self, element: Any, names: Names) -> Logic:
        """Compile a function definition, also that of a business knowledge model."""
        if element.get("kind", "FEEL") != "FEEL":
            message = f"functions of kind {element.get('kind')!r} are not offered; write FEEL"
            self.note("function-kind", message, element)
        parameters = tuple(
            Parameter(each.get("name", ""), self.type_name(each, each.get("typeRef")))
            for each in children(element, "formalParameter")
        )
        inner = names | {parameter.name for parameter in parameters}
        return BoxedFunction(parameters, self._required(element, inner, "body"), self.types)

    def _list(self, element: Any, names: Names) -> Logic:
        return BoxedList(tuple(self.logic(each, names) for each in children(element, *EXPRESSIONS)))

    def _relation(self, element: Any, names: Names) -> Logic:
        columns = [column.get("name", "") for column in children(element, "column")]
        rows: list[Logic] = []
        for row in children(element, "row"):
            cells = [self.logic(cell, names) for cell in children(row, *EXPRESSIONS)]
            if len(cells) != len(columns):
                message = f"the row has {len(cells)} cells, the relation {len(columns)} columns"
                self.note("relation", message, row)
            rows.append(BoxedContext(tuple(zip(columns, cells, strict=False)), None))
        return BoxedList(tuple(rows))

    def _conditional(self, element: Any, names: Names) -> Logic:
        parts = [self._part(element, name, names) for name in ("if", "then", "else")]
        return Conditional(*parts)

    def _part(self, element: Any, name: str, names: Names) -> Logic:
        part = child(element, name)
        if part is None:
            self.note("no-expression", f"there is no <{name}>", element)
        return self._required(part, names, f"expression in <{name}>")

    def _iteration(self, element: Any, names: Names) -> Logic:
        keyword = name_of(element)
        variable = element.get("iteratorVariable", "item")
        body = {"for": "return", "filter": "match"}.get(keyword, "satisfies")
        source = self._part(element, "in", names)
        inner = names | {variable, "partial", "item"}
        return Iteration(keyword, variable, source, self._part(element, body, inner))


@lru_cache(maxsize=8_192)
def _without_blanks(text: str) -> str:
    return "".join(text.split())
