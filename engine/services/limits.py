"""What a case may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.vault import has_reserved_key
from engine.errors import FieldError, InvalidForm
from engine.store.types import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_VALUES_BYTES = 256 * 1024


def ensure_case_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return values that come without a form, or raise InvalidForm: named JSON, not too large."""
    try:
        size_bytes = len(to_json(values))
    except TypeError:
        size_bytes = LARGEST_VALUES_BYTES + 1
    is_named = all(key.isidentifier() for key in values) and not has_reserved_key(dict(values))
    if size_bytes > LARGEST_VALUES_BYTES or not is_named:
        expected = f"named JSON values of at most {LARGEST_VALUES_BYTES // 1024} KB"
        raise InvalidForm({"values": FieldError("type", {"expected": expected})})
    return dict(values)
