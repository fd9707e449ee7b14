"""Boxed expressions that are no tables: each gives a value over a scope (DMN 1.5, 10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn.dmn_run import LogicFailed
from engine.bpmn.dmn_types import TypeMismatch
from engine.expressions import EvaluationFailed
from engine.expressions.feel_values import LONGEST, FeelFunction, number

if TYPE_CHECKING:
    from engine.bpmn.dmn_run import Logic, Run, Scope
    from engine.bpmn.dmn_types import Types
    from engine.expressions import Expression


@dataclass(frozen=True)
class Parameter:
    """A formal parameter, a variable or a column: a name, perhaps with a type."""

    name: str
    type_name: str | None = None


@dataclass(frozen=True)
class Typed:
    """Logic whose value must be of a type."""

    logic: Logic
    type_name: str
    types: Types

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return the value as the type wants it."""
        try:
            return self.types.coerced(self.logic.evaluate(scope, run), self.type_name)
        except TypeMismatch as mismatch:
            raise LogicFailed(f"the result does not fit: {mismatch}") from None


@dataclass(frozen=True)
class Literal:
    """An expression of FEEL."""

    expression: Expression

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return what the expression gives."""
        run.spend()
        try:
            value = self.expression.evaluate_native(scope)
        except EvaluationFailed as failure:
            raise LogicFailed(str(failure)) from None
        return list(value) if isinstance(value, tuple | range) else value


@dataclass(frozen=True)
class Nothing:
    """An empty cell."""

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return null."""
        return None


@dataclass(frozen=True)
class BoxedContext:
    """Entries that build on each other; the last may be the result."""

    entries: tuple[tuple[str, Logic], ...]
    result: Logic | None

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return the object of the entries, or the result over them."""
        found: dict[str, object] = {}
        for name, logic in self.entries:
            found[name] = logic.evaluate({**scope, **found}, run)
        return found if self.result is None else self.result.evaluate({**scope, **found}, run)


@dataclass(frozen=True)
class BoxedList:
    """A list of expressions."""

    items: tuple[Logic, ...]

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return the list of values."""
        return [item.evaluate(scope, run) for item in self.items]


@dataclass(frozen=True)
class BoxedFunction:
    """A function over formal parameters: a business knowledge model's logic."""

    parameters: tuple[Parameter, ...]
    body: Logic
    types: Types

    def evaluate(self, scope: Scope, run: Run) -> FeelFunction:
        """Return the function, closed over the scope."""

        def call(*arguments: object) -> object:
            own: dict[str, object] = dict.fromkeys(each.name for each in self.parameters)
            for parameter, value in zip(self.parameters, arguments, strict=False):
                own[parameter.name] = self.types.fitting(value, parameter.type_name)
            with run.call():
                return self.body.evaluate({**scope, **own}, run)

        return FeelFunction(tuple(each.name for each in self.parameters), call)


@dataclass(frozen=True)
class Invocation:
    """A call of a function with values bound to its parameters by name."""

    function: Logic
    name: str
    bindings: tuple[tuple[str, Logic], ...]

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return what the function gives."""
        function = self.function.evaluate(scope, run)
        if not isinstance(function, FeelFunction):
            raise LogicFailed(f"there is no function {self.name!r}")
        bound = {name: logic.evaluate(scope, run) for name, logic in self.bindings}
        if unknown := sorted(set(bound) - set(function.parameters)):
            offered = ", ".join(function.parameters)
            raise LogicFailed(f"{self.name!r} has no parameter {unknown[0]!r}; it has {offered}")
        return function.body(*(bound.get(name) for name in function.parameters))


@dataclass(frozen=True)
class Conditional:
    """One of two values; anything but true is otherwise."""

    condition: Logic
    then: Logic
    otherwise: Logic

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return the value of the branch."""
        branch = self.then if self.condition.evaluate(scope, run) is True else self.otherwise
        return branch.evaluate(scope, run)


@dataclass(frozen=True)
class Iteration:
    """``for``, ``some``, ``every`` and ``filter`` as boxes."""

    keyword: str
    variable: str
    source: Logic
    body: Logic

    def evaluate(self, scope: Scope, run: Run) -> object:
        """Return the list, or whether some or every item satisfies the body."""
        source = self.source.evaluate(scope, run)
        items = _items(source)
        if self.keyword == "filter":
            return self._filtered(items, scope, run)
        results: list[object] = []
        for item in items:
            inner = {**scope, self.variable: item, "partial": results}
            results.append(self.body.evaluate(inner, run))
        if self.keyword == "for":
            return results
        return _verdict(results, decisive=self.keyword == "some")

    def _filtered(self, items: list[object], scope: Scope, run: Run) -> object:
        kept = []
        for position, item in enumerate(items, start=1):
            fields = item if isinstance(item, Mapping) else {}
            match = self.body.evaluate({**scope, **fields, "item": item}, run)
            if match is True:
                kept.append(item)
            elif number(match) in {position, position - len(items) - 1}:
                return item
        return kept


def _items(source: object) -> list[object]:
    if source is None:
        return []
    items = source if isinstance(source, list) else [source]
    if len(items) > LONGEST:
        raise LogicFailed(f"goes through more than {LONGEST:,} items")
    return items


def _verdict(results: list[object], *, decisive: bool) -> bool | None:
    """Return the answer of ``some`` (one true decides) or ``every`` (one false decides)."""
    if any(result is decisive for result in results):
        return decisive
    return None if any(result is not (not decisive) for result in results) else not decisive
