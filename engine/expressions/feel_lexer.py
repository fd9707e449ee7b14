"""From the text of a FEEL expression to tokens.

Nothing is refused here: a character that means nothing becomes a token of its own, so that a
name from a model, whatever it is made of, can be found again in the tokens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

# DMN 1.3, clause 10.3.1.2, rules 28 and 29, without the punctuation of East Asian scripts.
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3004-\u3007\u3012-\u3013\u3020-\ud7ff\uf900-\ufdcf\ufdf0-\ufeff"
    "\uff21-\uff3a\uff41-\uff5a\uff66-\uffef\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040\uff10-\uff19"
_TOKEN = re.compile(
    rf"""
    (?P<BLANK>(?:\s|\ufeff|//[^\n]*|/\*.*?\*/)+)
  | (?P<NUMBER>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<TEXT>"(?:[^"\\]|\\.)*")
  | (?P<QUOTED>`[^`\n]+`)
  | (?P<WORD>\?|[{_START}][{_PART}]*)
  | (?P<SYMBOL>\*\*|\.\.|<=|>=|!=|->|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class TokenKind(Enum):
    """What a token is."""

    NUMBER = auto()
    TEXT = auto()
    QUOTED = auto()  # a name in backquotes
    WORD = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text and where it begins."""

    kind: TokenKind
    text: str
    start: int


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, an END token last."""
    found = [
        Token(TokenKind[str(match.lastgroup)], match[0], match.start())
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "BLANK"
    ]
    return [*found, Token(TokenKind.END, "", len(text))]
