"""How the functions of FEEL are offered: their parameters by name and kind, and the call.

A module of functions says ``@offered("substring", "string: text, start position: number, …")``.
What does not fit its parameter makes the result null, as FEEL wants; the functions themselves
need not look. Work and sizes are bounded here, for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from engine.expressions.feel_values import (
    Budget,
    FeelFunction,
    MonthsDuration,
    Range,
    ensure_short,
    number,
    spend,
)

_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of the library; a variadic one takes its values as one list."""

    name: str
    parameters: tuple[str, ...]
    kinds: tuple[Callable[[Any], Any], ...]
    required: int
    is_variadic: bool
    takes_budget: bool
    steps: int
    function: Callable[..., Any]

    def signature(self) -> str:
        """Return the call as a reader writes it."""
        shown = [
            name if index < self.required else f"[{name}]"
            for index, name in enumerate(self.parameters)
        ]
        return f"{self.name}({', '.join(shown)}{', …' if self.is_variadic else ''})"


def _anything(value: Any) -> Any:
    return value


def _number(value: Any) -> Any:
    found = number(_alone(value))
    if found is None:
        raise TypeError("a number")
    return found


def _alone(value: Any) -> Any:
    """Return the item of a list of one, which FEEL takes for the item."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _of(*types: type) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        value = _alone(value)
        if not isinstance(value, types):
            raise TypeError(types[0].__name__)
        return value

    return checked


def _list(value: Any) -> Any:
    if value is None:
        raise TypeError("a list")
    return list(value) if isinstance(value, list | tuple) else [value]


_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "any": _anything,
    "number": _number,
    "text": _of(str),
    "boolean": _of(bool),
    "list": _list,
    "context": _of(Mapping),
    "date": _of(date),  # a moment too
    "moment": _of(datetime, date, time),
    "duration": _of(timedelta, MonthsDuration),
    "function": _of(FeelFunction),
    "range": _of(Range),
}


def builtin(
    name: str,
    parameters: str,
    function: Callable[..., Any],
    *,
    takes_budget: bool,
    steps: int,
) -> Builtin:
    """Read the parameters "string: text, start position: number, length?: number"."""
    names, kinds, required = [], [], 0
    for part in filter(None, parameters.split(", ")):
        parameter, _, kind = part.partition(": ")
        names.append(parameter.rstrip("?."))
        kinds.append(_KINDS[kind])
        required += not parameter.endswith("?")
    is_variadic = "...:" in parameters
    return Builtin(
        name, tuple(names), tuple(kinds), required, is_variadic, takes_budget, steps, function
    )


class Offer:
    """The functions of one module."""

    def __init__(self) -> None:
        self.functions: dict[str, Builtin] = {}

    def __call__(
        self, name: str, parameters: str, *, takes_budget: bool = False, steps: int = 5
    ) -> Callable[[_Function], _Function]:
        """Offer the function below under a name; ``steps`` is what a call of it is worth."""

        def offered(function: _Function) -> _Function:
            self.functions[name] = builtin(
                name, parameters, function, takes_budget=takes_budget, steps=steps
            )
            return function

        return offered


def call(budget: Budget, function: Builtin, *arguments: Any) -> object:
    """Call a function of the library; null if it has no result for these values."""
    steps = function.steps
    for argument in arguments:
        if isinstance(argument, str):
            steps += len(argument) // 32
        elif isinstance(argument, list | tuple | Mapping):
            steps += len(argument)
    spend(budget, steps)
    try:
        if function.is_variadic:
            is_one = len(arguments) == 1 and function.parameters == ("list",)
            is_list = is_one and isinstance(arguments[0], list | tuple)
            prepared = [list(arguments[0] if is_list else arguments)]
        else:
            prepared = [
                kind(argument) for kind, argument in zip(function.kinds, arguments, strict=False)
            ]
        if function.takes_budget:
            prepared.insert(0, budget)
        result: object = function.function(*prepared)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        return None
    if isinstance(result, str | list):
        ensure_short(len(result), f"the result of {function.name}()")
        spend(budget, len(result) // 8)
    return result


def invoke(
    budget: Budget, function: object, name: str, names: tuple[str, ...], *arguments: Any
) -> object:
    """Call a function that is a value, made by the expression or handed in.

    ``names`` says which parameters the arguments are for; without them the order does.
    """
    if not isinstance(function, FeelFunction):
        raise TypeError(f"{name!r} is no function")
    is_misnamed = names and sorted(names) != sorted(function.parameters)
    if is_misnamed or len(arguments) != len(function.parameters):
        wanted = ", ".join(function.parameters)
        given = ", ".join(names) or f"{len(arguments)} values"
        raise TypeError(f"{name!r} takes ({wanted}), not {given}")
    spend(budget, function.steps)
    if names:
        arguments = tuple(arguments[names.index(one)] for one in function.parameters)
    return function.body(*arguments)
