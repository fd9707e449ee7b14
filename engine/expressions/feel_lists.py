"""FEEL's functions of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cmp_to_key, partial
from typing import Any

from engine.expressions.feel_library import Offer
from engine.expressions.feel_operators import add, both, divide, either, equal, less, multiply
from engine.expressions.feel_values import (
    CONTEXT,
    Budget,
    FeelFunction,
    Number,
    number,
    spend,
    whole,
)

offered = Offer()


def key(budget: Budget, value: object) -> object:
    """Return something hashable that is the same for equal values."""
    spend(budget, 3)
    if isinstance(value, list | tuple):
        return ("list", *(key(budget, item) for item in value))
    if isinstance(value, Mapping):
        return frozenset((name, key(budget, item)) for name, item in value.items())
    exact = number(value)
    return (type(value).__name__ if exact is None else "number", value if exact is None else exact)


@offered("count", "list: list")
def _count(items: list[Any]) -> int:
    return len(items)


def _best(items: list[Any], is_better: Callable[[Any, Any], bool | None]) -> object:
    best = items[0] if items else None
    for item in items[1:]:
        better = is_better(item, best)
        if better is None:
            return None
        best = item if better else best
    return best if best is not None and less(best, best) is not None else None


@offered("min", "list...: any")
def _min(items: list[Any]) -> object:
    return _best(items, less)


@offered("max", "list...: any")
def _max(items: list[Any]) -> object:
    return _best(items, lambda one, other: less(other, one))


@offered("sum", "list...: any", takes_budget=True)
def _sum(budget: Budget, items: list[Any]) -> object:
    return _folded(items, partial(_plus, budget))


def _plus(budget: Budget, one: Any, other: Any) -> object:
    return add(one, other, budget)


@offered("product", "list...: any")
def _product(items: list[Any]) -> object:
    return _folded(items, multiply)


def _folded(items: list[Any], operation: Callable[[Any, Any], object]) -> object:
    if not items or any(isinstance(item, str) for item in items):
        return None
    total = items[0]
    for item in items[1:]:
        total = operation(total, item)
    return None if isinstance(total, bool | list | Mapping) else total


def _numbers(items: list[Any]) -> list[Number]:
    found = [number(item) for item in items]
    exact = [item for item in found if item is not None]
    if len(exact) < len(items) or not exact:
        raise TypeError("numbers")
    return exact


@offered("mean", "list...: any", takes_budget=True)
def _mean(budget: Budget, items: list[Any]) -> object:
    return divide(_sum(budget, items), len(items)) if items else None


@offered("median", "list...: any", takes_budget=True)
def _median(budget: Budget, items: list[Any]) -> object:
    ordered = sorted(_numbers(items))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return divide(add(ordered[middle - 1], ordered[middle], budget), 2)


@offered("stddev", "list...: any")
def _stddev(items: list[Any]) -> object:
    """The deviation of a sample: divided by one less than its size."""
    values = [Decimal(item) for item in _numbers(items)]
    if len(values) < 2:
        return None
    mean = CONTEXT.divide(_total(values), len(values))
    squares = [CONTEXT.power(CONTEXT.subtract(value, mean), 2) for value in values]
    return CONTEXT.sqrt(CONTEXT.divide(_total(squares), len(values) - 1))


def _total(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = CONTEXT.add(total, value)
    return total


@offered("mode", "list...: any")
def _mode(items: list[Any]) -> object:
    counts: dict[Number, int] = {}
    for item in _numbers(items) if items else []:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


@offered("all", "list...: any")
def _all(items: list[Any]) -> bool | None:
    return both(*items)


@offered("any", "list...: any")
def _any(items: list[Any]) -> bool | None:
    return either(*items)


@offered("list contains", "list: list, element: any", takes_budget=True)
def _contains(budget: Budget, items: list[Any], element: object) -> bool:
    return any(equal(item, element, budget) is True for item in items)


@offered("index of", "list: list, match: any", takes_budget=True)
def _index_of(budget: Budget, items: list[Any], match: object) -> list[int]:
    return [place for place, item in enumerate(items, 1) if equal(item, match, budget) is True]


@offered("sublist", "list: list, start position: number, length?: number")
def _sublist(items: list[Any], start: Number, length: Number | None = None) -> object:
    begin, size = whole(start), len(items) if length is None else whole(length)
    if begin is None or size is None or begin == 0 or size < 0 or abs(begin) > len(items):
        return None
    first = begin - 1 if begin > 0 else len(items) + begin
    return items[first : first + size]


@offered("append", "list: list, items...: any")
def _append(values: list[Any]) -> object:
    first = values[0] if isinstance(values[0], list) else [values[0]]
    return [*first, *values[1:]]


@offered("concatenate", "lists...: any")
def _concatenate(lists: list[Any]) -> object:
    return [item for one in lists for item in (one if isinstance(one, list) else [one])]


@offered("union", "lists...: any", takes_budget=True)
def _union(budget: Budget, lists: list[Any]) -> object:
    return _distinct(
        budget, [x for one in lists for x in (one if isinstance(one, list) else [one])]
    )


@offered("distinct values", "list: list", takes_budget=True)
def _distinct(budget: Budget, items: list[Any]) -> object:
    first: dict[object, object] = {}
    for item in items:
        first.setdefault(key(budget, item), item)
    return list(first.values())


@offered("duplicate values", "list: list", takes_budget=True)
def _duplicates(budget: Budget, items: list[Any]) -> object:
    seen: dict[object, list[object]] = {}
    for item in items:
        seen.setdefault(key(budget, item), []).append(item)
    return [same[0] for same in seen.values() if len(same) > 1]


@offered("flatten", "list: list", takes_budget=True)
def _flatten(budget: Budget, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in items:
        spend(budget)
        flat += _flatten(budget, item) if isinstance(item, list) else [item]
    return flat


@offered("reverse", "list: list")
def _reverse(items: list[Any]) -> object:
    return items[::-1]


@offered("insert before", "list: list, position: number, newItem: any")
def _insert(items: list[Any], position: Number, item: object) -> object:
    place = _place(items, position, extra=1)
    return None if place is None else [*items[:place], item, *items[place:]]


@offered("remove", "list: list, position: number")
def _remove(items: list[Any], position: Number) -> object:
    place = _place(items, position)
    return None if place is None else [*items[:place], *items[place + 1 :]]


@offered("list replace", "list: list, position: any, newItem: any", takes_budget=True)
def _list_replace(budget: Budget, items: list[Any], position: object, item: object) -> object:
    """Replace the item of a number, or those for which a function of old and new is true."""
    if isinstance(position, FeelFunction):
        if len(position.parameters) != 2:
            raise TypeError("a function of two")
        spend(budget, len(items) * position.steps)
        return [item if position.body(one, item) is True else one for one in items]
    exact = number(position)
    place = None if exact is None else _place(items, exact)
    return None if place is None else [*items[:place], item, *items[place + 1 :]]


def _place(items: list[Any], position: Number, *, extra: int = 0) -> int | None:
    found = whole(position)
    if found is None or found == 0 or not -len(items) <= found <= len(items) + extra:
        return None
    return found - 1 if found > 0 else len(items) + found


@offered("partition", "list: list, size: number")
def _partition(items: list[Any], size: Number) -> object:
    step = whole(size)
    if step is None or step < 1:
        return None
    return [items[start : start + step] for start in range(0, len(items), step)]


@offered("is empty", "list: list")
def _is_empty(items: list[Any]) -> bool:
    return not items


@offered("sort", "list: list, precedes?: function", takes_budget=True)
def _sort(budget: Budget, items: list[Any], precedes: FeelFunction | None = None) -> object:
    def before(one: Any, other: Any) -> object:
        spend(budget, 2 if precedes is None else precedes.steps)
        return less(one, other) if precedes is None else precedes.body(one, other)

    def compare(one: Any, other: Any) -> int:
        if before(one, other) is True:
            return -1
        return 1 if before(other, one) is True else 0

    if precedes is None and any(less(item, items[0]) is None for item in items):
        return None
    return sorted(items, key=cmp_to_key(compare))
