"""Decision tables: which rules hit, and what the hit policy makes of them (DMN 1.5, 8.2.10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

from engine.bpmn.dmn_run import DecisionFailed, HitRule, LogicFailed
from engine.bpmn.dmn_types import TypeMismatch, shown
from engine.expressions import EvaluationFailed, compile_feel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.bpmn.dmn_run import Logic, Run, Scope
    from engine.bpmn.dmn_types import Types
    from engine.expressions import UnaryTests


class HitPolicy(StrEnum):
    """What a table does with the rules that hit."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(StrEnum):
    """What COLLECT makes of the outputs it collected."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


_AGGREGATE = {
    Aggregation.SUM: compile_feel("sum(values)"),
    Aggregation.MIN: compile_feel("min(values)"),
    Aggregation.MAX: compile_feel("max(values)"),
    Aggregation.COUNT: compile_feel("count(values)"),
}
_IS_SAME = compile_feel("one = other")
LISTS = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER})
RANKED = frozenset({HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER})
Outputs = tuple[object, ...]


@dataclass(frozen=True)
class Input:
    """A column of conditions; ``variable`` is another name of its value inside the cells."""

    text: str
    logic: Logic
    type_name: str | None = None
    allowed: UnaryTests | None = None
    allowed_text: str = ""
    variable: str | None = None


@dataclass(frozen=True)
class Output:
    """A column of conclusions; ``ranking`` lists its values, the most important first."""

    name: str
    type_name: str | None = None
    allowed: UnaryTests | None = None
    allowed_text: str = ""
    ranking: tuple[object, ...] = ()
    default: Logic | None = None


@dataclass(frozen=True)
class Rule:
    """A row: a test per input, None for any value, and an expression per output."""

    id: str
    number: int
    tests: tuple[UnaryTests | None, ...]
    outputs: tuple[Logic, ...]

    def __str__(self) -> str:
        return f"{self.number} ({self.id})"


@dataclass(frozen=True)
class DecisionTable:
    """A decision table, compiled."""

    id: str
    policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    types: Types

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return the result of the table, or raise DecisionFailed."""
        return _Evaluation(self, scope, run).result()


class _Evaluation:
    """One evaluation of a table."""

    def __init__(self, table: DecisionTable, scope: Scope, run: Run) -> None:
        run.spend()
        self._table, self._run = table, run
        self._given: dict[str, object] = {}
        self._values = [self._input(column, scope) for column in table.inputs]
        names = {
            column.variable: value
            for column, value in zip(table.inputs, self._values, strict=True)
            if column.variable
        }
        self._scope = {**scope, **names}

    def _fail(self, reason: str, *rules: Rule) -> NoReturn:
        raise DecisionFailed(
            self._run.decision,
            reason,
            table=self._table.id,
            rules=tuple(map(str, rules)),
            inputs=self._given,
        )

    def _input(self, column: Input, scope: Scope) -> object:
        try:
            value = column.logic.evaluate(scope, self._run)
            self._given[column.text] = value
            value = self._table.types.coerced(value, column.type_name)
        except LogicFailed as failure:
            self._fail(f"input {column.text!r}: {failure.reason}")
        except TypeMismatch as mismatch:
            self._fail(f"input {column.text!r}: {mismatch}")
        self._given[column.text] = value
        if column.allowed and value is not None and not column.allowed.matches(value, scope):
            self._fail(f"input {column.text!r} is {shown(value)}; allowed: {column.allowed_text}")
        return value

    def _is_hit(self, rule: Rule) -> bool:
        try:
            for test, value in zip(rule.tests, self._values, strict=True):
                if test is not None and not test.matches(value, self._scope):
                    return False
        except EvaluationFailed as failure:
            self._fail(str(failure), rule)
        return True

    def _hits(self) -> list[Rule]:
        hits = []
        for rule in self._table.rules:
            if self._is_hit(rule):
                hits.append(rule)
                if self._table.policy is HitPolicy.FIRST:
                    break
        return hits

    def _outputs(self, rule: Rule) -> Outputs:
        return tuple(
            self._output(column, logic, rule)
            for column, logic in zip(self._table.outputs, rule.outputs, strict=True)
        )

    def _output(self, column: Output, logic: Logic, *rules: Rule) -> object:
        try:
            value = logic.evaluate(self._scope, self._run)
            value = self._table.types.coerced(value, column.type_name)
        except LogicFailed as failure:
            self._fail(f"output {column.name!r}: {failure.reason}", *rules)
        except TypeMismatch as mismatch:
            self._fail(f"output {column.name!r}: {mismatch}", *rules)
        values = value if isinstance(value, list) else [value]
        if column.allowed and not all(
            each is None or column.allowed.matches(each, self._scope) for each in values
        ):
            words = f"{shown(value)} is not among the output values {column.allowed_text}"
            self._fail(f"output {column.name!r}: {words}", *rules)
        return value

    def _whole(self, outputs: Outputs) -> object:
        if len(outputs) == 1:
            return outputs[0]
        return {
            column.name: value for column, value in zip(self._table.outputs, outputs, strict=True)
        }

    def result(self) -> object:
        """Return what the hit policy makes of the rules that hit."""
        hits = self._hits()
        if not hits:
            return self._without_hit()
        if self._table.policy is HitPolicy.UNIQUE and len(hits) > 1:
            self._fail("more than one rule hits, and the hit policy is UNIQUE", *hits)
        found = [(rule, self._outputs(rule)) for rule in hits]
        if self._table.policy in RANKED:
            found.sort(key=lambda entry: self._rank(*entry))
        if self._table.policy is HitPolicy.ANY:
            self._ensure_same(found)
        if self._table.policy in LISTS:
            self._record(hits)
            return self._collected([self._whole(outputs) for _, outputs in found])
        rule, outputs = found[0]
        self._record([rule])
        return self._whole(outputs)

    def _record(self, rules: Sequence[Rule]) -> None:
        self._run.rules += [
            HitRule(self._run.decision_id, self._table.id, rule.id, rule.number) for rule in rules
        ]

    def _without_hit(self) -> object:
        table = self._table
        if any(column.default for column in table.outputs):
            defaults = tuple(
                self._output(column, column.default) if column.default else None
                for column in table.outputs
            )
            whole = self._whole(defaults)
            return [whole] if table.policy in LISTS and not table.aggregation else whole
        if table.policy not in LISTS:
            self._fail("no rule hits these inputs, and there is no default output")
        return self._collected([])

    def _ensure_same(self, found: Sequence[tuple[Rule, Outputs]]) -> None:
        [(first, expected), *others] = found
        for rule, outputs in others:
            pair = {"one": list(outputs), "other": list(expected)}
            if _IS_SAME.evaluate_native(pair) is not True:
                words = "rules with different outputs hit, and the hit policy is ANY"
                self._fail(words, first, rule)

    def _rank(self, rule: Rule, outputs: Outputs) -> list[int]:
        """Return the places of the outputs in their columns' orders, the first column first."""
        ranks = []
        for column, value in zip(self._table.outputs, outputs, strict=True):
            if column.ranking:
                if value not in column.ranking:
                    words = f"{shown(value)} has no place in the order {column.allowed_text}"
                    self._fail(f"output {column.name!r}: {words}", rule)
                ranks.append(column.ranking.index(value))
        return ranks

    def _collected(self, values: list[object]) -> object:
        aggregation = self._table.aggregation
        if aggregation is None:
            return values
        result = _AGGREGATE[aggregation].evaluate_native({"values": values})
        if result is None and values:
            self._fail(f"the outputs {shown(values)} have no {aggregation}")
        return result
