"""Patterns of form fields: JavaScript's regular expressions as the server can run them safely.

The browser tests ``new RegExp(pattern)``; the server must say the same, and must not be kept
busy by a pattern whose search time explodes (a repeat inside a repeat).
"""

from __future__ import annotations

import re

LONGEST_PATTERN = 300
LONGEST_VALUE = 500  # keeps the search short where several repeats follow each other

_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<\w+>))?|.", re.DOTALL)
_UNBOUNDED = re.compile(r"\{\d+,\}")
_REPEAT = re.compile(r"[*+]|\{\d+(,\d*)?\}")
_BACK_REFERENCE = re.compile(r"\\[1-9k]")
_PROPERTY = re.compile(r"\\[pPc]")


def compile_pattern(text: str) -> re.Pattern[str]:
    """Compile the pattern of a field; ValueError in words if the server cannot run it."""
    if len(text) > LONGEST_PATTERN:
        raise ValueError(f"it is longer than {LONGEST_PATTERN} characters")
    pieces = [match[0] for match in _PIECE.finditer(text)]
    _ensure_plain(pieces)
    _ensure_no_nested_repeats(text, pieces)
    try:
        # In JavaScript \d and \w are ASCII, and $ is the very end.
        return re.compile("".join(r"\Z" if piece == "$" else piece for piece in pieces), re.ASCII)
    except re.error as error:
        raise ValueError(f"it is not a regular expression: {error}") from error


def _ensure_plain(pieces: list[str]) -> None:
    for piece in pieces:
        if _BACK_REFERENCE.match(piece) or _PROPERTY.match(piece) or piece.startswith("(?<"):
            raise ValueError(f"{piece!r} is not supported")


def _ensure_no_nested_repeats(text: str, pieces: list[str]) -> None:
    """Refuse a repeated group that has a repeat or alternatives in it."""
    position = 0
    open_groups: list[bool] = []  # whether each has a repeat or alternatives so far
    for piece in pieces:
        position += len(piece)
        if piece.startswith("("):
            open_groups.append(False)
        elif open_groups and (
            piece in ("|", "*", "+") or _UNBOUNDED.match(text, position - len(piece))
        ):
            open_groups[-1] = True
        elif piece == ")" and open_groups:
            is_risky = open_groups.pop()
            if is_risky and _REPEAT.match(text, position):
                raise ValueError("a repeat inside a repeated group can take forever")
            if is_risky and open_groups:
                open_groups[-1] = True
