"""What expressions may ask about their case by name, beside its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

BUSINESS_KEY = "business_key"  # of the case
COMPLETED_BY = "completed_by"  # by id of each user task: who did it last, null as long as nobody
CASE_NAMES = frozenset({BUSINESS_KEY, COMPLETED_BY})


def seen(
    names: Collection[str], values: Mapping[str, object], facts: Mapping[str, object]
) -> Mapping[str, object]:
    """Return the values that an expression sees: a value of the case hides a fact of its name."""
    asked = [name for name in names if name in CASE_NAMES and name not in values]
    if not asked:
        return values
    return {**values, **{name: facts[name] for name in asked if name in facts}}
