"""The imported scenario as YAML that people read, with the guesses and losses beside the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.calibration.writing import flow, quoted
from simulation.exchange.notes import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.exchange.notes import Draft

__all__ = ["flow", "scenario_text"]


def scenario_text(draft: Draft, *, kind: str) -> str:
    """Return the text of the scenario file."""
    lines = list(_head(draft, kind))
    for section, value in draft.raw.items():
        lines += [f"# {line}" for line in draft.comments.get((section, ""), ())]
        if not isinstance(value, dict):
            lines.append(f"{section}: {flow(value)}")
            continue
        lines.append(f"{section}:")
        for key, item in value.items():
            lines += [f"  # {_line(words)}" for words in draft.comments.get((section, key), ())]
            lines.append(f"  {quoted(key)}: {flow(item)}")
    return "\n".join(lines) + "\n"


def _head(draft: Draft, kind: str) -> Iterator[str]:
    yield f"# Imported from {_line(draft.source)} ({kind})."
    yield "# A line with ? is a guess: the file does not say it. A line with ! tells what is lost."
    for note in draft.notes.of(Fate.LOST):
        yield f"# ! {_line(f'{note.field}: {note.words}')}"


def _line(words: str) -> str:
    """Return words on one line, whatever a foreign file has in them."""
    return "".join(c if c.isprintable() else " " for c in " ".join(words.split()))
