"""Values that no form describes, as people type them."""

from __future__ import annotations

import orjson


def json_or_text(text: str) -> object:
    """Return a number, yes or no, list or object where the text is one in JSON, else the text."""
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value
