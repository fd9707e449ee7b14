"""The few words of JUEL, as models for Camunda 7 and Flowable use them, in our own language.

``${amount ge 1000 && !booked}`` means ``amount >= 1000 and not booked``. A word is taken for an
operator only where one can stand: a value may be called ``empty`` or ``eq``.
"""

from __future__ import annotations

import re

_BETWEEN = {
    "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "div": "/", "mod": "%", "&&": " and ", "||": " or ",
}  # fmt: skip
_KEYWORDS = frozenset({"and", "or", "not", "in", "if", "else", "for"})
_ENDS = frozenset({")", "]"})
_NO_PATH = "|".join((*_KEYWORDS, *filter(str.isalpha, _BETWEEN)))
_PIECE = re.compile(
    rf"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      |(?P<empty>empty\s+(?!(?:{_NO_PATH})\b)(?P<path>[^\W\d]\w*(?:\.\w+|\[[^\[\]]*\])*))
      |(?P<word>[^\W\d]\w*)
      |(?P<number>\d[\w.]*)
      |(?P<symbol>\s*(?:&&|\|\|)\s*)
      |(?P<blank>\s+)
      |(?P<other>[!=<>]=|.)""",
    re.VERBOSE | re.DOTALL,
)


def translated(text: str) -> str:
    """Return an expression of JUEL's few words in our own language."""
    written: list[str] = []
    follows_operand = False
    for match in _PIECE.finditer(text):
        written.append(_meant(match, follows_operand=follows_operand))
        if match.lastgroup != "blank":
            is_operator = follows_operand and match[0] in _BETWEEN
            is_operand = match.lastgroup not in ("symbol", "other") or match[0] in _ENDS
            follows_operand = is_operand and not is_operator and match[0] not in _KEYWORDS
    return "".join(written)


def _meant(match: re.Match[str], *, follows_operand: bool) -> str:
    """Return a piece in our own language."""
    if follows_operand:
        return _BETWEEN.get(match[0].strip(), match[0])
    if match["path"]:
        return f"empty({match['path']})"
    return "not " if match[0] == "!" else match[0]
