"""Where the reading of a FEEL expression stands, and how it complains."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from engine.expressions.errors import InvalidExpression
from engine.expressions.feel_lexer import Token, TokenKind, tokens
from engine.expressions.feel_names import KnownNames

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_TEXT = 10_000
DEEPEST = 30  # a level takes a dozen of Python's frames
KEYWORDS = frozenset(
    {"and", "between", "else", "every", "external", "false", "for", "function", "if", "in",
     "instance", "null", "or", "return", "satisfies", "some", "then", "true"}
)  # fmt: skip
# What people write who know another language, or whose keyboard is set to Chinese.
_HINTS = {
    "'": 'texts stand in "double quotes"',
    '"': "the text is not closed",
    "“": 'texts stand in straight "double quotes"',
    "”": 'texts stand in straight "double quotes"',
    "&": "write 'and' instead of &&",
    "|": "write 'or' instead of ||",
    "!": "write not(…) instead of !",
    "%": "write modulo(a, b) instead of a % b",
    "$": "an expression of FEEL is not wrapped in ${…}",
    "（": "use the ASCII parenthesis ( instead of （",
    "）": "use the ASCII parenthesis ) instead of ）",
    "，": "use the ASCII comma , instead of ，",
    "：": "use the ASCII colon : instead of ：",
    "`": "the name in backquotes is not closed",
}


class Cursor:
    """A place in the tokens of an expression."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        if len(text) > LONGEST_TEXT:
            raise InvalidExpression(text, LONGEST_TEXT, f"longer than {LONGEST_TEXT} characters")
        if not text.strip():
            raise InvalidExpression(text, 1, "the expression is empty")
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.known = KnownNames(names)
        self._depth = 0

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.at]

    @property
    def position(self) -> int:
        """The place of the next token in the text, from 1."""
        return self.token.start + 1

    def take(self) -> Token:
        """Return the next token and go past it."""
        token = self.token
        if token.kind is not TokenKind.END:
            self.at += 1
        return token

    def follows(self, *texts: str) -> bool:
        """Return whether these tokens come next."""
        return all(
            self.at + offset < len(self.tokens) and self.tokens[self.at + offset].text == text
            for offset, text in enumerate(texts)
        )

    def accept(self, *texts: str) -> bool:
        """Go past these tokens if they come next."""
        if not self.follows(*texts):
            return False
        self.at += len(texts)
        return True

    def expect(self, text: str, after: str) -> None:
        """Go past a token that must come next."""
        if not self.accept(text):
            self.refuse(f"{text!r} is missing after {after}")

    def ensure_end(self) -> None:
        """Refuse anything that is left."""
        if self.token.kind is TokenKind.END:
            return
        is_second_name = self.token.kind is TokenKind.WORD and self.at > 0
        if is_second_name and self.tokens[self.at - 1].kind is TokenKind.WORD:
            first = self.tokens[self.at - 1].text
            self.refuse(
                f"no operator between {first!r} and {self.token.text!r}; a name with blanks that "
                "is not known here is written in `backquotes`"
            )
        self.refuse()

    def refuse(self, reason: str = "", *, position: int = 0) -> NoReturn:
        """Refuse the expression at the next token, or at a position."""
        token = self.token
        if not reason or (not position and token.text in _HINTS):
            what = f"{token.text!r} is not expected here" if token.text else "the end is missing"
            reason = _HINTS.get(token.text, what)
        raise InvalidExpression(self.text, position or self.position, reason)

    def deeper(self) -> None:
        """Enter a nested expression."""
        self._depth += 1
        if self._depth > DEEPEST:
            self.refuse(f"nested more than {DEEPEST} deep", position=self.position)

    def shallower(self) -> None:
        """Leave a nested expression."""
        self._depth -= 1

    def until(self, *ends: str) -> str:
        """Go past a name of any tokens up to one of the ends; return it as it is written."""
        start = self.at
        while self.token.kind is not TokenKind.END and self.token.text not in ends:
            self.at += 1
        if self.at == start or self.token.kind is TokenKind.END:
            self.at = start
            self.refuse(f"a name and {ends[0]!r} are expected here")
        first, last = self.tokens[start], self.tokens[self.at - 1]
        written = self.text[first.start : last.start + len(last.text)]
        name = " ".join(written.split()).strip("`")
        self.known.add(name)
        return name
