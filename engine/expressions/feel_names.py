"""Names of more than one token, found again in the tokens of an expression: the longest wins.

FEEL allows blanks and symbols in names (``Monthly Salary``, ``Approved/Declined``), so only who
knows the names can read an expression that uses them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engine.expressions.feel_lexer import Token, TokenKind, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@lru_cache(maxsize=4096)  # the cells of a table know the same names
def _parts(name: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokens(name) if token.kind is not TokenKind.END)


class KnownNames:
    """The names with blanks or symbols that an expression may use."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know one more name; a name of one word needs no knowing."""
        parts = _parts(name)
        if len(parts) < 2:
            return
        same_first = self._by_first.setdefault(parts[0], [])
        if (parts, name) not in same_first:
            same_first.append((parts, name))
            same_first.sort(key=lambda entry: -len(entry[0]))

    def find(self, found: Sequence[Token], at: int) -> tuple[str, int] | None:
        """Return the longest known name that begins at a token, and its number of tokens."""
        for parts, name in self._by_first.get(found[at].text, ()):
            if all(
                at + offset < len(found) and found[at + offset].text == part
                for offset, part in enumerate(parts)
            ):
                return name, len(parts)
        return None
