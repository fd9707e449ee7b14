"""Three-way merge of case data where branches of a process meet.

Each branch works on its own copy of the data. When branches meet, a value counts as written by
a branch only if it differs from the data at the fork, so that a branch that never touched a
value cannot undo what another one wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Values: TypeAlias = "Mapping[str, object]"


def three_way(base: Values, sides: Iterable[Values]) -> Values:
    """Return the base with what the sides wrote; of two who wrote the same, the later wins.

    Objects are merged key by key; two lists that both grew at their end keep both ends.
    """
    merged: dict[str, object] | None = None
    for side in sides:
        if side is base:
            continue
        if merged is None:
            merged = dict(base)
        for key, value in side.items():
            if key not in base:
                merged[key] = _merged(None, merged.get(key), value)
            elif not _same(base[key], value):
                merged[key] = _merged(base[key], merged.get(key), value)
    return base if merged is None else merged


def rebased(base: Values, side: Values, onto: Values) -> Values:
    """Return other data with what a side wrote since its base, and nothing else of it."""
    if side is base:
        return onto
    moved: dict[str, object] = {}
    for key, value in side.items():
        before = base.get(key)
        if key not in base or not _same(before, value):
            moved[key] = _moved(before, onto.get(key), value)
    return {**onto, **moved} if moved else onto


def _moved(before: object, present: object, value: object) -> object:
    """One value: as it was at the base, as it is elsewhere, as the side wrote it."""
    if isinstance(value, dict) and isinstance(present, dict):
        return rebased(before if isinstance(before, dict) else {}, value, present)
    if isinstance(value, list) and isinstance(present, list):
        start = [] if before is None else before
        if isinstance(start, list) and value[: len(start)] == start:  # grew at its end
            return present + value[len(start) :]
    return value


def _same(left: object, right: object) -> bool:
    return left is right or (type(left) is type(right) and left == right)


def _merged(base: object, present: object, value: object) -> object:
    """One value: as it was at the fork, as other branches left it, as this branch wrote it."""
    if isinstance(value, dict) and isinstance(present, dict):
        return three_way(base if isinstance(base, dict) else {}, [present, value])
    if isinstance(value, list) and isinstance(present, list):
        fork = base if isinstance(base, list) else []
        if not _same(fork, present) and value[: len(fork)] == fork == present[: len(fork)]:
            return present + value[len(fork) :]
    return value
