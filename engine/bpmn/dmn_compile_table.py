"""From the XML of a decision table to the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from engine.bpmn.dmn_boxed import Nothing
from engine.bpmn.dmn_run import LogicFailed, Run
from engine.bpmn.dmn_table import (
    RANKED,
    Aggregation,
    DecisionTable,
    HitPolicy,
    Input,
    Output,
    Rule,
)
from engine.bpmn.dmn_vocabulary import child, children, label_of, text_of

if TYPE_CHECKING:
    from engine.bpmn.dmn_run import Logic
    from engine.bpmn.dmn_types import Types
    from engine.expressions import UnaryTests

Names = frozenset[str]


class CellCompiler(Protocol):
    """What compiles the texts of a table, and takes its findings."""

    types: Types

    def note(self, rule: str, message: str, element: Any) -> None:
        """Add an error at an element."""
        ...

    def type_name(self, element: Any, given: str | None) -> str | None:
        """Return the type a name means."""
        ...

    def feel(self, text: str, element: Any, names: Names) -> Logic:
        """Compile a text of FEEL."""
        ...

    def literal(self, element: Any, names: Names) -> Logic:
        """Compile a literal expression."""
        ...

    def tests(self, text: str, element: Any, names: Names) -> UnaryTests | None:
        """Compile a cell of tests; None means any value."""
        ...


class TableCompiler:
    """Compiles decision tables; its findings go to the compiler of the file."""

    def __init__(self, compiler: CellCompiler) -> None:
        self._compiler = compiler

    def table(self, element: Any, names: Names) -> DecisionTable:
        """Compile one table."""
        policy = self._choice(element, "hitPolicy", HitPolicy) or HitPolicy.UNIQUE
        aggregation = self._choice(element, "aggregation", Aggregation)
        inputs = tuple(self._input(each, names) for each in children(element, "input"))
        names |= {column.variable for column in inputs if column.variable}
        outputs = tuple(self._output(each, names) for each in children(element, "output"))
        rules = tuple(
            self._rule(rule, number, (len(inputs), len(outputs)), names)
            for number, rule in enumerate(children(element, "rule"), start=1)
        )
        table = DecisionTable(
            label_of(element) or "",
            HitPolicy(policy),
            Aggregation(aggregation) if aggregation else None,
            inputs,
            outputs,
            rules,
            self._compiler.types,
        )
        self._check(element, table)
        return table

    def _choice(
        self, element: Any, name: str, allowed: type[HitPolicy] | type[Aggregation]
    ) -> str | None:
        given = element.get(name)
        if given is None or given in set(allowed):
            return None if given is None else str(given)
        words = ", ".join(allowed)
        self._compiler.note("hit-policy", f"{name} is {given!r}; allowed: {words}", element)
        return None

    def _check(self, element: Any, table: DecisionTable) -> None:
        problems = {
            "the table has no output column": not table.outputs,
            "an aggregation needs the hit policy COLLECT": bool(
                table.aggregation and table.policy is not HitPolicy.COLLECT
            ),
            "an aggregation takes one output column": bool(
                table.aggregation and len(table.outputs) > 1
            ),
            "each of several output columns needs a name of its own": len(
                {column.name for column in table.outputs if column.name}
            )
            < len(table.outputs)
            > 1,
            f"the hit policy {table.policy} needs output values, in their order": (
                table.policy in RANKED and not any(column.ranking for column in table.outputs)
            ),
        }
        for message, is_wrong in problems.items():
            if is_wrong:
                self._compiler.note("decision-table", message, element)

    def _input(self, element: Any, names: Names) -> Input:
        expression = child(element, "inputExpression")
        text = text_of(expression)
        if not text:
            self._compiler.note("no-expression", "the input has no expression", element)
            return Input("", Nothing())
        given = expression.get("typeRef")
        allowed_text = text_of(child(element, "inputValues"))
        return Input(
            text,
            self._compiler.literal(expression, names),
            self._compiler.type_name(expression, given),
            self._compiler.tests(allowed_text, element, names),
            allowed_text,
            next((v for k, v in element.items() if k.endswith("}inputVariable")), None),
        )

    def _output(self, element: Any, names: Names) -> Output:
        type_name = self._compiler.type_name(element, element.get("typeRef"))
        allowed_text = text_of(child(element, "outputValues"))
        if not allowed_text and (item := self._compiler.types.item(type_name)):
            allowed_text = item.allowed_text
        allowed = self._compiler.tests(allowed_text, element, names)
        default = child(element, "defaultOutputEntry")
        default_text = text_of(default)
        return Output(
            element.get("name") or element.get("label") or "",
            type_name,
            allowed,
            allowed_text,
            self._ranking(allowed_text, element) if allowed else (),
            self._compiler.feel(default_text, default, names) if default_text else None,
        )

    def _ranking(self, text: str, element: Any) -> tuple[object, ...]:
        """Return the listed values in their order; tests such as ranges have none."""
        if text.startswith(("<", ">", "not", "[", "(", "]")):
            return ()
        try:
            values = self._compiler.feel(f"[{text}]", element, frozenset()).evaluate({}, Run())
        except LogicFailed:
            return ()
        return tuple(values) if isinstance(values, list) else ()

    def _rule(self, element: Any, number: int, sizes: tuple[int, int], names: Names) -> Rule:
        conditions = list(children(element, "inputEntry"))
        conclusions = list(children(element, "outputEntry"))
        if (len(conditions), len(conclusions)) != sizes:
            message = (
                f"rule {number} has {len(conditions)} input and {len(conclusions)} output cells;"
                f" the table has {sizes[0]} input and {sizes[1]} output columns"
            )
            self._compiler.note("decision-table", message, element)
        return Rule(
            element.get("id") or f"rule {number}",
            number,
            tuple(self._condition(cell, names) for cell in conditions),
            tuple(
                self._compiler.feel(text, cell, names) if (text := text_of(cell)) else Nothing()
                for cell in conclusions
            ),
        )

    def _condition(self, cell: Any, names: Names) -> UnaryTests | None:
        return self._compiler.tests(text_of(cell), cell, names)
