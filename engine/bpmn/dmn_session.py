"""One call of ``decide``: what is required is worked out first, each decision once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.bpmn.dmn_read import Decision, InputData, Knowledge, Model, Part, Service
from engine.bpmn.dmn_run import DecisionFailed, LogicFailed, Run
from engine.bpmn.dmn_types import TypeMismatch
from engine.expressions.feel_values import MOMENT_KEY, FeelFunction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


class Session:
    """The results of decisions by id, in FEEL's own kinds, and the rules that hit."""

    def __init__(self, model: Model, values: Mapping[str, object], at: datetime | None) -> None:
        self._parts, self._types = model.parts, model.types
        self._values = values
        self._at: dict[str, object] = {MOMENT_KEY: at} if at else {}
        self.run = Run()
        self.results: dict[str, object] = {}

    def result_of(self, part: Decision | Service) -> object:
        """Return the result of a decision or a service over the values of the case."""
        if isinstance(part, Decision):
            return self._decided((part.id,), self._values, self.results)[part.id]
        arguments = (self._values.get(self._parts[each].name) for each in part.parameters)
        return self._service(part).body(*arguments)

    def _decided(
        self, wanted: tuple[str, ...], values: Mapping[str, object], results: dict[str, object]
    ) -> dict[str, object]:
        """Work out decisions and what they require; ``results`` may hold some already."""
        needed = self._needed(wanted, results)
        found: dict[str, object] = dict(results)
        for part in self._parts.values():  # each comes after what it requires
            if part.id in needed and isinstance(part, Decision):
                found[part.id] = results[part.id] = self._result(part, values, found)
            elif part.id in needed:
                found[part.id] = self._offered(part, values, found)
        return found

    def _needed(self, wanted: tuple[str, ...], known: Mapping[str, object]) -> set[str]:
        needed: set[str] = set()
        waiting = [each for each in wanted if each not in known]
        while waiting:
            identifier = waiting.pop()
            if identifier not in needed:
                needed.add(identifier)
                requirements = self._parts[identifier].requirements
                waiting += [each for each in requirements if each not in known]
        return needed

    def _offered(
        self, part: Part, values: Mapping[str, object], found: Mapping[str, object]
    ) -> object:
        if isinstance(part, Knowledge):
            return self._function(part, found)
        if isinstance(part, Service):
            return self._service(part)
        return self._checked(part, partial(self._types.taken, values.get(part.name)))

    def _checked(self, part: InputData | Decision, typed: Callable[[str | None], object]) -> object:
        try:
            return typed(part.type_name)
        except TypeMismatch as mismatch:
            raise LogicFailed(f"{part.name!r} does not fit: {mismatch}") from None

    def _named(
        self, requirements: tuple[str, ...], found: Mapping[str, object]
    ) -> dict[str, object]:
        """Return what an element requires, under the names its logic may use."""
        by_id = {each: found[each] for each in requirements}
        return by_id | {self._parts[each].name: found[each] for each in requirements}

    def _function(self, part: Knowledge, found: Mapping[str, object]) -> object:
        others = tuple(each for each in part.requirements if each != part.id)
        scope = {**self._named(others, found), **self._at}
        function = part.function.evaluate(scope, self.run)
        scope[part.name] = function  # it is closed over the scope, and may call itself
        return function

    def _service(self, service: Service) -> FeelFunction:
        parameters = [self._parts[each] for each in service.parameters]
        outputs = [self._parts[each] for each in service.outputs]

        def call(*arguments: object) -> object:
            values: dict[str, object] = {}
            known: dict[str, object] = {}
            for part, value in zip(parameters, arguments, strict=False):
                if isinstance(part, Decision):
                    known[part.id] = self._types.fitting(value, part.type_name)
                elif isinstance(part, InputData):
                    values[part.name] = self._types.fitting(value, part.type_name)
            with self.run.call():
                found = self._decided(service.outputs, values, known)
            if len(outputs) == 1:
                return found[outputs[0].id]
            return {output.name: found[output.id] for output in outputs}

        return FeelFunction(tuple(each.name for each in parameters), call)

    def _result(
        self, part: Decision, values: Mapping[str, object], found: Mapping[str, object]
    ) -> object:
        scope = {**values, **self._named(part.requirements, found), **self._at}
        with self.run.deciding(part.name, part.id):
            try:
                value = part.logic.evaluate(scope, self.run)
                return self._checked(part, partial(self._types.coerced, value))
            except LogicFailed as failure:
                raise DecisionFailed(part.name, failure.reason) from None
