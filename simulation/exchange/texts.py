"""Values as a scenario writes them: times with a unit, shares that add up, names, clock times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simulation.scenario.values import duration_s

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_DIGITS = 6
_UNITS = ((3600, "h"), (60, "min"))


def time_text(seconds: float) -> str:
    """Write a time in the largest unit in which it is a short number."""
    for size, unit in _UNITS:
        if seconds and abs(seconds) >= size and round(seconds / size, 2) * size == seconds:
            return f"{_plain(seconds / size)}{unit}"
    return f"{_plain(seconds)}s"


def _plain(value: float) -> str:
    """Write a number without an exponent."""
    text = f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def whole_shares(shares: Mapping[str, float]) -> dict[str, float]:
    """Round shares so that they still add up to 1; the largest takes what is left."""
    total = sum(shares.values())
    rounded = {name: round(share / total, _DIGITS) for name, share in shares.items()}
    largest = max(rounded, key=lambda name: rounded[name])
    rest = 1 - sum(share for name, share in rounded.items() if name != largest)
    return rounded | {largest: round(rest, _DIGITS)}


def unique(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken yet."""
    wanted = " ".join(name.split()) or "unnamed"
    wanted = "".join(c if c.isprintable() else " " for c in wanted)
    text, number = wanted, 1
    while text in taken:
        number += 1
        text = f"{wanted} {number}"
    return text


def identifier(name: str) -> str:
    """Return a name that expressions can use."""
    text = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
    return text if text and not text[0].isdigit() else f"a_{text}"


def scaled_text(time: str, factor: float) -> str:
    """Return so many times a time as a scenario writes it."""
    return time_text(duration_s(time) * factor)
