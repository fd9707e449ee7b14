"""What a case may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.values import ensure_json
from engine.connectors.call import ServiceFailed
from engine.domain.vault import has_reserved_key
from engine.errors import ExecutionFailed, FieldError, InvalidForm
from engine.store.types import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_VALUES_BYTES = 256 * 1024
LARGEST_ANSWER_BYTES = 1024 * 1024


def ensure_case_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return values that come without a form, or raise InvalidForm: named JSON, not too large."""
    expected = f"named JSON values of at most {LARGEST_VALUES_BYTES // 1024} KB"
    try:
        copied = ensure_json(values, element_id="")
    except ExecutionFailed as error:
        expected += f"; {error.reason}"
        raise InvalidForm({"values": FieldError("type", {"expected": expected})}) from error
    is_named = all(key.isidentifier() for key in copied) and not has_reserved_key(copied)
    if not is_named or len(to_json(copied)) > LARGEST_VALUES_BYTES:
        raise InvalidForm({"values": FieldError("type", {"expected": expected})})
    return copied


def ensure_case_fits(state: bytes, *, allowed_bytes: int, element_id: str) -> None:
    """Refuse a step that makes a case too large: every command reads and writes all of it."""
    if len(state) > allowed_bytes:
        reason = (
            f"the case would hold {_kilobytes(len(state))}; allowed: {_kilobytes(allowed_bytes)}."
            " Keep large values elsewhere, and a reference to them in the case"
        )
        raise ExecutionFailed(element_id, reason)


def _kilobytes(size_bytes: int) -> str:
    return f"{-(-size_bytes // 1024)} KB"


def ensure_fits(values: Mapping[str, object]) -> None:
    """Refuse the answer of a service that is too large to be kept with a case."""
    try:
        size_bytes = len(to_json(values))
    except TypeError:
        return  # the step says what is wrong with it
    if size_bytes > LARGEST_ANSWER_BYTES:
        sizes = f"{_kilobytes(size_bytes)}; allowed: {_kilobytes(LARGEST_ANSWER_BYTES)}"
        raise ServiceFailed(f"the answer has {sizes}", is_permanent=True)
