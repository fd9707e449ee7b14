"""What becomes of each field of a foreign file, in words, and the scenario that is being made."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.domain.process_graph import ProcessGraph

Place = tuple[str, str]  # section and key of the scenario


class Fate(StrEnum):
    """What became of a field."""

    KEPT = "kept"  # it means the same here
    TRANSLATED = "translated"  # it is written otherwise, or means nearly the same
    GUESSED = "guessed"  # the file does not say it
    LOST = "lost"  # it has no counterpart


@dataclass(frozen=True, slots=True)
class Note:
    """One field and its fate."""

    field: str
    fate: Fate
    words: str

    def __str__(self) -> str:
        return f"{self.fate:<10} {self.field}: {self.words}"


@dataclass
class Notes:
    """The report of one import or export."""

    entries: list[Note] = field(default_factory=list)

    def kept(self, field_name: str, words: str) -> None:
        """Say that a field means the same on both sides."""
        self._add(Note(field_name, Fate.KEPT, words))

    def translated(self, field_name: str, words: str) -> None:
        """Say how a field is written otherwise."""
        self._add(Note(field_name, Fate.TRANSLATED, words))

    def guessed(self, field_name: str, words: str) -> None:
        """Say what stands for something that the file does not say."""
        self._add(Note(field_name, Fate.GUESSED, words))

    def lost(self, field_name: str, words: str) -> None:
        """Say what has no counterpart on the other side."""
        self._add(Note(field_name, Fate.LOST, words))

    def of(self, fate: Fate) -> list[Note]:
        """Return the notes with one fate."""
        return [note for note in self.entries if note.fate is fate]

    def _add(self, note: Note) -> None:
        if note not in self.entries:
            self.entries.append(note)


@dataclass
class Draft:
    """A scenario that is being made of a foreign file."""

    source: str
    graph: ProcessGraph
    raw: dict[str, Any]
    notes: Notes = field(default_factory=Notes)
    comments: dict[Place, list[str]] = field(default_factory=dict)

    def put(self, section: str, key: str, value: object) -> None:
        """Write an entry of a section."""
        self.raw.setdefault(section, {})[key] = value

    def has(self, section: str, key: str) -> bool:
        """Whether an entry is written already."""
        return key in self.raw.get(section, {})

    def comment(self, place: Place, words: str) -> None:
        """Write words above an entry."""
        lines = self.comments.setdefault(place, [])
        if words not in lines:
            lines.append(words)
