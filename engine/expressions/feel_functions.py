"""The library of FEEL: all functions by name, and the few that fit nowhere else."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from engine.expressions import feel_lists, feel_moments, feel_numbers, feel_ranges, feel_text
from engine.expressions.feel_library import Builtin, Offer
from engine.expressions.feel_values import spend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.expressions.feel_values import Budget

offered = Offer()


@offered("not", "negand: any")
def _not(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


@offered("is defined", "value: any")
def _is_defined(value: Any) -> bool:
    return value is not None


@offered("get or else", "value: any, default: any")
def _get_or_else(value: Any, default: Any) -> object:
    return default if value is None else value


@offered("get value", "m: context, key: text")
def _get_value(context: Mapping[str, Any], key: str) -> object:
    return context.get(key)


@offered("get entries", "m: context")
def _get_entries(context: Mapping[str, Any]) -> object:
    return [{"key": key, "value": value} for key, value in context.items()]


@offered("context", "entries: list")
def _context(entries: list[Any]) -> object:
    """Make a context of entries with a key and a value each; no key may come twice."""
    made = {entry["key"]: entry["value"] for entry in entries}
    if len(made) < len(entries) or not all(isinstance(key, str) for key in made):
        raise ValueError("a key for each")
    return made


@offered("context put", "context: context, keys: any, value: any")
def _context_put(context: Mapping[str, Any], keys: Any, value: Any) -> object:
    """Set an entry; several keys lead to one of a context within."""
    path = [keys] if isinstance(keys, str) else list(keys)
    if not path or not all(isinstance(key, str) for key in path):
        raise TypeError("a text")
    around = [context]
    for key in path[:-1]:
        around.append(around[-1].get(key, {}))
    for outer, key in zip(reversed(around), reversed(path), strict=True):
        value = {**outer, key: value}
    return value


@offered("context merge", "contexts: list", takes_budget=True)
def _context_merge(budget: Budget, contexts: list[Any]) -> object:
    spend(budget, sum(map(len, contexts)))
    return {key: value for context in contexts for key, value in context.items()}


BUILTINS: Mapping[str, Builtin] = MappingProxyType(
    {
        **offered.functions,
        **feel_numbers.offered.functions,
        **feel_text.offered.functions,
        **feel_lists.offered.functions,
        **feel_moments.offered.functions,
        **feel_ranges.offered.functions,
    }
)
