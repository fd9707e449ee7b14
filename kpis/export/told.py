"""Told: an event of the history in the words of an export, whatever its form.

People stand under a code that holds within one file (P1, P2, … in the order in which they
appear), unless their user names are asked for. Details of events stay in the database: reasons
and notes are free text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.domain.label import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.domain.history import HistoryEvent

Scalar = bool | int | float | str
BOTH = "both"
LANGUAGES = ("en", "zh", BOTH)

# The transitions of IEEE 1849-2016, 6.2; "unknown" is its word for those it does not have.
UNKNOWN = "unknown"
_TRANSITIONS = {
    EventType.SCHEDULED: "schedule",
    EventType.OFFERED: "assign",
    EventType.CLAIMED: "assign",
    EventType.RELEASED: "reassign",
    EventType.DELEGATED: "reassign",
    EventType.REASSIGNED: "reassign",
    EventType.STARTED: "start",
    EventType.COMPLETED: "complete",
}
_CASE_BEGINS_OR_ENDS = frozenset(
    {EventType.CASE_STARTED, EventType.CASE_COMPLETED, EventType.CASE_CANCELLED}
)
_ABANDONED = "abandoned"
_OUTCOMES = {EventType.CASE_COMPLETED: "completed", EventType.CASE_CANCELLED: "cancelled"}


@dataclass(frozen=True, slots=True)
class Told:
    """One event; ``activity`` is the name of the element, or of what happened to the case."""

    history: HistoryEvent
    activity: str
    transition: str
    person: str | None

    @property
    def is_of_case(self) -> bool:
        """Return whether it tells the beginning or end of the case, and no more."""
        return self.history.type in _CASE_BEGINS_OR_ENDS


@dataclass(frozen=True, slots=True)
class ToldCase:
    """The events of one case, in order."""

    process_key: str
    case_id: str
    events: tuple[Told, ...]
    attributes: Mapping[str, Scalar] = field(default_factory=dict)  # what it came with

    @property
    def outcome(self) -> str:
        """Return how the case ended, or that it is open."""
        last = self.events[-1].history
        if last.type is EventType.CASE_CANCELLED and last.detail.get("outcome") == _ABANDONED:
            return _ABANDONED
        return _OUTCOMES.get(last.type, "open")


@dataclass(slots=True)
class Teller:
    """Tells events: names of elements in a language, people by a code or by name."""

    names: Mapping[str, str] = field(default_factory=dict)  # of elements, maybe bilingual
    language: str = BOTH
    has_user_names: bool = False
    codes: dict[str, str] = field(default_factory=dict)

    def cases(self, events: Iterable[HistoryEvent]) -> Iterator[ToldCase]:
        """Yield case after case; the events of a case follow each other."""
        for (process_key, case_id), of_case in groupby(
            events, key=attrgetter("process_key", "case_id")
        ):
            yield ToldCase(process_key, case_id, tuple(self._tell_case(of_case)))

    def _tell_case(self, events: Iterable[HistoryEvent]) -> Iterator[Told]:
        started: set[str | None] = set()  # visits that somebody works on
        for event in events:
            if event.type is EventType.STARTED:
                started.add(event.token)
            elif event.type is EventType.CANCELLED:
                aborted = "ate_abort" if event.token in started else "withdraw"
                yield Told(event, self._activity(event), aborted, self._person(event.actor))
                continue
            transition = _TRANSITIONS.get(event.type, UNKNOWN)
            yield Told(event, self._activity(event), transition, self._person(event.actor))

    def _activity(self, event: HistoryEvent) -> str:
        if event.element_id is None:
            return str(event.type)
        name = self.names.get(event.element_id) or event.element_id
        return name if self.language == BOTH else label(name, self.language)

    def _person(self, actor: str | None) -> str | None:
        if actor is None or self.has_user_names:
            return actor
        return self.codes.setdefault(actor, f"P{len(self.codes) + 1}")
