"""What nobody read of a foreign file: told, so that nothing of it is lost in silence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from simulation.exchange.notes import Fate
from simulation.exchange.tags import TEXT, local_name
from simulation.scenario.yaml_lines import dotted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from simulation.exchange.entries import Entry
    from simulation.exchange.notes import Notes
    from simulation.exchange.tags import Tag
    from simulation.scenario.yaml_lines import Key


def tell_unread(document: Entry, notes: Notes, *, inert: Collection[str]) -> None:
    """Note the fields of a JSON document that nobody read; ``inert`` ones say nothing."""
    _tell(_fields(document.value, (), document.reads, inert), notes)


def tell_unread_tags(root: Tag, notes: Notes, *, inert: Collection[str]) -> None:
    """Note the elements, attributes and texts that nobody read."""
    _tell(_parts(root.element, root.name, root.reads, inert), notes)


def _tell(found: Iterator[str], notes: Notes) -> None:
    """Note each kind of field once; where the whole of it is lost already, that is enough."""
    lost = {note.field for note in notes.of(Fate.LOST)}
    for field, count in Counter(found).items():
        if field not in lost:
            times = f" ({count} times)" if count > 1 else ""
            notes.lost(field, f"is not read: it has no counterpart{times}")


def _fields(value: Any, path: Key, reads: set[Key], inert: Collection[str]) -> Iterator[str]:
    items: Any = enumerate(value) if isinstance(value, list) else ()
    for key, item in value.items() if isinstance(value, dict) else items:
        here = (*path, key)
        if here in reads:
            yield from _fields(item, here, reads, inert)
        elif key not in inert and item not in (None, "", [], {}):
            yield dotted(tuple(part if isinstance(part, str) else "*" for part in here))


def _parts(
    element: Any, path: str, reads: dict[Any, set[str]], inert: Collection[str]
) -> Iterator[str]:
    """Yield the names without the places of single elements, so that equal ones are counted."""
    for name, value in element.attrib.items():
        known = name in reads[element] or name in inert or str(name).startswith("{")
        if not known and str(value).strip():
            yield f"{path}.{name}"
    if (element.text or "").strip() and TEXT not in reads[element]:
        yield f"{path} (its text)"
    for child in element:
        if not isinstance(child.tag, str):  # a comment
            continue
        here = f"{path}.{local_name(child)}"
        if child in reads:
            yield from _parts(child, here, reads, inert)
        elif local_name(child) not in inert and _says_something(child):
            yield here


def _says_something(element: Any) -> bool:
    return bool(element.attrib or len(element) or (element.text or "").strip())
