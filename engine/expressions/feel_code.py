"""Python code made of calls: the only kind that is ever compiled from FEEL."""

from __future__ import annotations

import ast
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VALUES, BUDGET, INPUT = "_values", "_budget", "_input"
_CONSTANTS = (int, str, bool, type(None))


def load(name: str) -> ast.Name:
    """Write the use of a name."""
    return ast.Name(name, ast.Load())


def lambda_of(parameters: Sequence[str], body: ast.expr) -> ast.Lambda:
    """Write a function."""
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(name) for name in parameters],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    return ast.Lambda(arguments, body)


class Code:
    """The helpers and constants that the code of one expression uses, and nothing else."""

    def __init__(self, *parameters: str) -> None:
        self._parameters = parameters
        self._globals: dict[str, object] = {"__builtins__": {}}
        self._locals = 0

    def function(self, body: ast.expr) -> Callable[..., Any]:
        """Return the function that gives the result of a written body."""
        written = ast.Expression(lambda_of(self._parameters, body))
        outer = compile(ast.fix_missing_locations(written), "<feel>", "eval")
        code = next(part for part in outer.co_consts if isinstance(part, CodeType))
        return FunctionType(code, self._globals)

    def helper(
        self, function: Callable[..., object], *arguments: ast.expr, takes_budget: bool = False
    ) -> ast.Call:
        """Write the call of a helper."""
        name = f"_{function.__name__}"
        self._globals[name] = function
        first = [load(BUDGET)] if takes_budget else []
        return ast.Call(load(name), [*first, *arguments], [])

    def constant(self, value: object) -> ast.expr:
        """Write a value that does not change."""
        if isinstance(value, _CONSTANTS):  # what a code object may hold
            return ast.Constant(value)
        name = f"_c{len(self._globals)}"
        self._globals[name] = value
        return load(name)

    def local(self) -> str:
        """Return the name of a new local."""
        self._locals += 1
        return f"_l{self._locals}"
