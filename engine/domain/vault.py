"""References to personal values: what a case holds in their place, and what people see.

A reference is the JSON object ``{"$vault": "…"}``. Only the vault knows the value behind it, so
that erasing it there erases it everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from engine.domain.instance import InstanceState

_HOLDERS = (dict, list, tuple)
KEY = "$vault"
ERASED_TEXT = "[erased]"
_PSEUDONYM_CHARACTERS = 8
_SHORTEST_TEXT, _SHORTEST_ASCII_TEXT = 2, 4


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """A value in the vault; erased, it is None and keeps who erased it, when and why."""

    reference: str
    instance_id: int
    field: str
    value: object
    stored_at: datetime
    erased_at: datetime | None = None
    erased_by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectCase:
    """A case in which a person was found: by a personal value, or by a text elsewhere in it."""

    instance_id: int
    process_key: str
    business_key: str
    state: InstanceState
    fields: tuple[str, ...]  # personal ones, not erased yet
    is_in_plain_values: bool  # the text stands where nobody marked it as personal


@dataclass(frozen=True, slots=True)
class ErasedValue:
    """An entry of the ledger of erasures: no name, no case, only what is to be empty."""

    reference: str
    erased_at: datetime
    erased_by: str | None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased, or would be: how many of each, and what stays."""

    instance_ids: tuple[int, ...]
    values: int
    drafts: int
    mails: int
    texts: int  # copies in other places, such as the reason of an incident
    left_in_cases: tuple[int, ...]  # active cases that hold a copy where nobody marked it
    left_in_history: int  # events that quote a value: history never changes
    is_done: bool  # not a dry run
    is_scrubbed: bool = False  # no trace is left in the pages of the database file either


def reference(value: object) -> str | None:
    """Return the reference that a value is, if it is one."""
    if isinstance(value, dict) and len(value) == 1:
        name = value.get(KEY)
        return name if isinstance(name, str) else None
    return None


def references_in(value: object) -> Iterator[str]:
    """Yield the references in a value, however deep, in no order.

    Not by recursion: every command looks through all values of its case.
    """
    waiting = [value]
    while waiting:
        here = waiting.pop()
        name = reference(here)
        if name is not None:
            yield name
        elif isinstance(here, dict):
            waiting += [item for item in here.values() if isinstance(item, _HOLDERS)]
        elif isinstance(here, list | tuple):
            waiting += [item for item in here if isinstance(item, _HOLDERS)]


def replaced(value: Any, stand_in: Callable[[str], object]) -> Any:
    """Return a value with something in place of each reference."""
    name = reference(value)
    if name is not None:
        return stand_in(name)
    if isinstance(value, dict):
        return {key: replaced(item, stand_in) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(item, stand_in) for item in value]
    return value


def has_reserved_key(value: object) -> bool:
    """Return whether a value looks like a reference: it must not come from outside."""
    if isinstance(value, dict):
        return KEY in value or any(has_reserved_key(item) for item in value.values())
    return isinstance(value, list | tuple) and any(has_reserved_key(item) for item in value)


def pseudonym(name: str) -> str:
    """Return what people see of a personal value who may not see it: the same for the same."""
    return f"person-{name[:_PSEUDONYM_CHARACTERS]}"


def texts_in(values: Iterable[object]) -> list[str]:
    """Return the texts among values that tell somebody apart, the longest first.

    Numbers, choices of a letter or two and the like stand in too many other places.
    """
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            text = value.strip()
            shortest = _SHORTEST_ASCII_TEXT if text.isascii() else _SHORTEST_TEXT
            if len(text) >= shortest:
                found.add(text)
        elif isinstance(value, list):
            found.update(texts_in(value))
    return sorted(found, key=lambda text: (-len(text), text))


def without_texts(value: Any, texts: Iterable[str]) -> Any:
    """Return a value in which no text stands any more, however deep."""
    if isinstance(value, str):
        for text in texts:
            value = value.replace(text, ERASED_TEXT)
        return value
    if isinstance(value, dict):
        return {key: without_texts(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [without_texts(item, texts) for item in value]
    return value


def is_told(value: object) -> bool:
    """Return whether somebody filled in a value at all."""
    return value is not None and value not in ("", [])


def personal_keys(values: Mapping[str, object]) -> set[str]:
    """Return the names whose values are references."""
    return {key for key, value in values.items() if reference(value) is not None}
