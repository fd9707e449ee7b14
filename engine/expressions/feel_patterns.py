"""Regular expressions of ``matches``, ``replace`` and ``split``, kept from exploding.

Python's matcher tries again and again. Repeats within repeats are refused; what is left takes
at most the length of the text to the power of the repeats, and that is taken from the budget
before the search begins.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial

from engine.domain.form_pattern import compile_pattern
from engine.expressions.feel_values import Budget, EvaluationStopped, ensure_short, spend

_REPEAT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|([*+]|\{\d+,\d*\})", re.DOTALL)
_ATTEMPTS_PER_STEP = 50  # those of Python's matcher are cheap
_GROUP = re.compile(r"\$(\d)|\\\$|\\")
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE}


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> tuple[re.Pattern[str], int]:
    """Return the pattern and the power of its work."""
    if "x" in flags:
        pattern = re.sub(r"\s+", "", pattern)
        flags = flags.replace("x", "")
    meant = 0
    for flag in flags:
        if flag not in _FLAGS:
            raise EvaluationStopped(
                f"there is no flag {flag!r} of a pattern; there are i, m, s and x"
            )
        meant |= _FLAGS[flag]
    try:
        plain = compile_pattern(pattern).pattern
    except ValueError as error:
        raise EvaluationStopped(f"the pattern {pattern!r}: {error}") from None
    repeats = sum(1 for match in _REPEAT.finditer(pattern) if match[1])
    return re.compile(plain, meant), repeats + (not pattern.startswith("^"))


def _prepared(budget: Budget, text: str, pattern: str, flags: object) -> re.Pattern[str]:
    spend(budget, 3 * len(pattern))  # what it takes to read it
    compiled, power = _compiled(pattern, str(flags or ""))
    spend(budget, (len(text) ** min(power, 20)) // _ATTEMPTS_PER_STEP)
    return compiled


def find(budget: Budget, text: str, pattern: str, flags: object) -> bool:
    """Return whether a text has the pattern in it."""
    return _prepared(budget, text, pattern, flags).search(text) is not None


def pieces(budget: Budget, text: str, pattern: str) -> list[str]:
    """Split a text wherever the pattern is; what a group matched is no piece."""
    compiled = _prepared(budget, text, pattern, None)
    found, start = [], 0
    for match in compiled.finditer(text):
        if match.end() > match.start():
            found.append(text[start : match.start()])
            start = match.end()
    return [*found, text[start:]]


def replaced(budget: Budget, text: str, pattern: str, replacement: str, flags: object) -> str:
    """Put the replacement wherever the pattern is; ``$1`` means its first group."""
    compiled = _prepared(budget, text, pattern, flags)
    found: list[str] = []
    start, size = 0, len(text)
    for match in compiled.finditer(text):
        part = _GROUP.sub(partial(_meant, match), replacement)
        found += [text[start : match.start()], part]
        start, size = match.end(), size + len(part)
        ensure_short(size, "the text")
    return "".join([*found, text[start:]])


def _meant(match: re.Match[str], mark: re.Match[str]) -> str:
    if mark[1] is None:
        return mark[0][1:]
    group = int(mark[1])
    return (match[group] or "") if group <= (match.re.groups or 0) else ""
