"""Which function of the library a call means, and its arguments in order."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from engine.expressions import feel_nodes as nodes
from engine.expressions.errors import InvalidExpression
from engine.expressions.feel_functions import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.expressions.feel_library import Builtin


# Functions with several signatures have several names for one place (DMN 1.3, tables 71 to 78).
_OTHER_NAMES: Mapping[tuple[str, str], str] = {
    ("date", "year"): "from",
    ("time", "hour"): "from",
    ("date and time", "from"): "date",
    ("abs", "number"): "n",
    ("append", "item"): "items",
}
_OF_RANGES = frozenset({"point", "point1", "point2", "range", "range1", "range2", "value"})


def resolved(call: nodes.Call, name: str, text: str) -> tuple[Builtin, list[nodes.Node]]:
    """Return the function a call means and what it is given, or refuse the call."""
    builtin = BUILTINS.get(name)
    if builtin is None:
        near = get_close_matches(name, BUILTINS, n=1)
        hint = f"; did you mean {near[0]}()?" if near else ""
        reason = f"there is no function {name!r}{hint}"
        raise InvalidExpression(text, call.function.position, reason)
    names = _names(call, builtin)
    if names and _is_misnamed(names, builtin):
        raise _misfit(call, builtin, text)
    arguments = _ordered(call, names, builtin)
    is_short = len(arguments) < builtin.required
    is_long = not builtin.is_variadic and len(arguments) > len(builtin.parameters)
    if is_short or is_long:
        raise _misfit(call, builtin, text)
    return builtin, arguments


def _misfit(call: nodes.Call, builtin: Builtin, text: str) -> InvalidExpression:
    reason = f"{builtin.name}() is called as {builtin.signature()}"
    return InvalidExpression(text, call.function.position, reason)


def _names(call: nodes.Call, builtin: Builtin) -> tuple[str, ...]:
    """Return the names of the arguments as the parameters are called here."""
    if len(call.names) == 2 and _OF_RANGES.issuperset({*call.names, *builtin.parameters}):
        return builtin.parameters  # before(point, range) and before(range, point) are both there
    return tuple(_OTHER_NAMES.get((builtin.name, name), name) for name in call.names)


def _is_misnamed(names: tuple[str, ...], builtin: Builtin) -> bool:
    required = builtin.parameters[: builtin.required]
    is_known = set(required) <= set(names) <= set(builtin.parameters)
    return not is_known or len(set(names)) < len(names)


def _ordered(call: nodes.Call, names: tuple[str, ...], builtin: Builtin) -> list[nodes.Node]:
    """Return the arguments in the order of the parameters; null where one is left out."""
    if not names:
        return list(call.arguments)
    given = dict(zip(names, call.arguments, strict=True))
    last = max(place for place, name in enumerate(builtin.parameters) if name in given)
    empty = nodes.Literal(call.position, None)
    return [given.get(name, empty) for name in builtin.parameters[: last + 1]]
