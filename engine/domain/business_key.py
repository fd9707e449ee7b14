"""Business keys: the name of a case that people read out on the telephone."""

from __future__ import annotations

import re

from engine.errors import FieldError, InvalidForm

LONGEST_KEY = 100

_WORDS = re.compile(r"[^\W\d_]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def generated_key(process_key: str, year: int, number: int) -> str:
    """Return a readable key: the initials of the process, the year and a running number."""
    words = _WORDS.findall(process_key)
    initials = "".join(word[0] for word in words) if len(words) > 1 else process_key[:3]
    return f"{initials.upper()}-{year}-{number:05d}"


def ensure_key(text: str) -> str:
    """Return a key that a person or another system chose, or raise InvalidForm."""
    key = text.strip()
    if not key:
        raise InvalidForm({"business_key": FieldError("required")})
    if len(key) > LONGEST_KEY:
        raise InvalidForm({"business_key": FieldError("max_length", {"max_length": LONGEST_KEY})})
    if _UNPRINTABLE.search(key):
        raise InvalidForm({"business_key": FieldError("type", {"expected": "a line of text"})})
    return key
