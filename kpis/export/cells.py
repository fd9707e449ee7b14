"""Cells of CSV files: a text that a spreadsheet would carry out as a formula is told as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """Return a text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(_BEGINS_FORMULA) else text


def plain_cell(text: str) -> str:
    """Return the text that was made safe."""
    is_safe = text.startswith("'") and text.lstrip("'").startswith(_BEGINS_FORMULA)
    return text[1:] if is_safe else text


def attribute_name(name: str, *, taken: Collection[str]) -> str:
    """Return the name under which an attribute of a case stands beside the fields of a form."""
    return f"attribute_{name}" if name in taken else name
