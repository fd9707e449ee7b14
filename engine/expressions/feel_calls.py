"""Which function of the library a call means, and its arguments in order."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from engine.expressions import feel_nodes as nodes
from engine.expressions.errors import InvalidExpression
from engine.expressions.feel_functions import BUILTINS

if TYPE_CHECKING:
    from engine.expressions.feel_library import Builtin


def resolved(call: nodes.Call, name: str, text: str) -> tuple[Builtin, list[nodes.Node]]:
    """Return the function a call means and what it is given, or refuse the call."""
    builtin = BUILTINS.get(name)
    if builtin is None:
        near = get_close_matches(name, BUILTINS, n=1)
        hint = f"; did you mean {near[0]}()?" if near else ""
        reason = f"there is no function {name!r}{hint}"
        raise InvalidExpression(text, call.function.position, reason)
    if call.names and _is_misnamed(call, builtin):
        raise _misfit(call, builtin, text)
    arguments = _ordered(call, builtin)
    is_short = len(arguments) < builtin.required
    is_long = not builtin.is_variadic and len(arguments) > len(builtin.parameters)
    if is_short or is_long:
        raise _misfit(call, builtin, text)
    return builtin, arguments


def _misfit(call: nodes.Call, builtin: Builtin, text: str) -> InvalidExpression:
    reason = f"{builtin.name}() is called as {builtin.signature()}"
    return InvalidExpression(text, call.function.position, reason)


def _is_misnamed(call: nodes.Call, builtin: Builtin) -> bool:
    required = builtin.parameters[: builtin.required]
    return not (
        set(required) <= set(call.names) <= set(builtin.parameters)
        and len(set(call.names)) == len(call.names)
    )


def _ordered(call: nodes.Call, builtin: Builtin) -> list[nodes.Node]:
    """Return the arguments in the order of the parameters; null where one is left out."""
    if not call.names:
        return list(call.arguments)
    given = dict(zip(call.names, call.arguments, strict=True))
    last = max(place for place, name in enumerate(builtin.parameters) if name in given)
    empty = nodes.Literal(call.position, None)
    return [given.get(name, empty) for name in builtin.parameters[: last + 1]]
