"""Pieces of Markdown that the report and the verdict share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.calibration.writing import time_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Values = dict[str, Any]


def mean_words(mean: Values) -> str:
    """Tell a mean time with its interval."""
    low, high = time_text(mean["low"]), time_text(mean["high"])
    return f"{time_text(mean['mean'])} ({low} to {high})"


def range_words(found: Values, style: str) -> str:
    """Tell a figure with its interval, in the given format."""
    mean, low, high = (format(found[end], style) for end in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"


def fit_words(fit: Values) -> str:
    """Tell a fitted distribution and how good it is."""
    tested = "" if fit["p_value"] is None else f", p {fit['p_value']:.2f}"
    return f"{fit['family']}, mean {mean_words(fit['mean_s'])}, KS {fit['ks']:.3f}{tested}"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        cells = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in row)
        lines.append(f"| {' | '.join(cells)} |")
    return lines
