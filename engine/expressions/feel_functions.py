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


@offered("context put", "context: context, key: text, value: any")
def _context_put(context: Mapping[str, Any], key: str, value: Any) -> object:
    return {**context, key: value}


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
