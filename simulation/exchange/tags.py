"""An element of a foreign XML file: its children and attributes, which know their place."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default
from typing import TYPE_CHECKING, Any

from simulation.errors import Problem, ScenarioInvalid
from simulation.exchange.entries import Entry, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = "text"
_NAMES = ("elementRef", "elementId", "id", "name")


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


@dataclass(frozen=True, slots=True)
class Tag:
    """One element, read whatever its namespace is."""

    source: str
    element: Any
    field: str
    reads: dict[Any, set[str]] = default(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, element: Any, *, source: str) -> Tag:
        """Return an element as the root of what is read."""
        return cls(source, element, local_name(element), {element: set()})

    @property
    def name(self) -> str:
        """Return the element's name."""
        return local_name(self.element)

    @property
    def line(self) -> int | None:
        """Return the line where it begins."""
        line: int | None = self.element.sourceline
        return line

    def refused(self, words: str) -> ScenarioInvalid:
        """Return the error about this element."""
        return ScenarioInvalid([Problem(self.source, self.field, None, words, self.line)])

    def children(self, name: str | None = None) -> Iterator[Tag]:
        """Yield the elements in this one, all or those of a name."""
        for element in self.element:
            found = local_name(element)
            if name is None or found == name:
                known = next((element.get(n) for n in _NAMES if element.get(n)), "")
                place = f"{self.field}.{found}" + (f"[{known}]" if known else "")
                self.reads.setdefault(element, set())
                yield Tag(self.source, element, place, self.reads)

    def child(self, name: str) -> Tag | None:
        """Return the one element of a name. Raises ScenarioInvalid if there are several."""
        found = list(self.children(name))
        if len(found) > 1:
            raise found[1].refused("stands here a second time")
        return found[0] if found else None

    def below(self, *names: str) -> Iterator[Tag]:
        """Yield the elements that a path of names leads to."""
        here = [self]
        for name in names:
            here = [child for tag in here for child in tag.children(name)]
        yield from here

    def text(self) -> str:
        """Return the text in the element."""
        self.reads[self.element].add(TEXT)
        return (self.element.text or "").strip()

    def skip(self) -> None:
        """Take everything in this element as read: what became of it is said elsewhere."""
        for element in self.element.iter():
            self.reads[element] = {TEXT, *map(str, element.attrib)}

    def get(self, name: str) -> Entry | None:
        """Return an attribute, or None if it is not there or empty."""
        self.reads[self.element].add(name)
        return self.peek(name)

    def peek(self, name: str) -> Entry | None:
        """Return an attribute without taking it as read."""
        value = self.element.get(name)
        return None if value is None or not value.strip() else self._entry(name, value.strip())

    def need(self, name: str) -> Entry:
        """Return an attribute that must be there."""
        found = self.get(name)
        if found is None:
            raise refused(self.source, f"{self.field}.{name}", None, "is required")
        return found

    def _entry(self, name: str, value: str) -> Entry:
        return Entry(self.source, (f"{self.field}.{name}",), value)
